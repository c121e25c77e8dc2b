/** The shape of the stored messages, as strict as those of schemas.ts. */
import { Schema } from "mongoose";
import { instant, number, part, strict, text } from "./schema-parts.ts";
import { common } from "./schemas.ts";

const subject = new Schema(
  { invoiceId: text, subscriptionId: text, billingKeyId: text, number },
  part,
);

const facts = new Schema(
  {
    customerName: text,
    productName: text,
    amount: number,
    at: instant,
    dueAt: instant,
    periodStartOn: text,
    periodEndOn: text,
    cardName: text,
    cardLastFour: text,
    declineCode: text,
    orderNumber: text,
    about: text,
    reason: text,
  },
  part,
);

export const messageSchema = new Schema(
  {
    ...common,
    kind: text,
    channel: text,
    language: text,
    to: text,
    subject: { type: subject },
    facts: { type: facts },
    state: text,
    reason: text,
    nextTryAt: instant,
    createdAt: instant,
    endedAt: instant,
    tries: number,
    claim: { type: new Schema({ token: text, leaseUntil: instant }, part) },
  },
  strict,
);
