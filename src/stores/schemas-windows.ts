import { Schema } from "mongoose";
import { flag, instant, part, text } from "./schema-parts.ts";

const depositAccount = new Schema(
  { bankName: text, accountNumber: text, holder: text, endsAt: instant },
  part,
);

/** A payment window, within its invoice. */
export const paymentWindow = new Schema(
  {
    orderId: text,
    requestHash: text,
    device: text,
    wallet: text,
    escrow: flag,
    returnUrl: text,
    endsAt: instant,
    askable: flag,
    gatewayOrderId: text,
    opened: text,
    returnedAt: instant,
    failure: text,
    virtualAccount: { type: depositAccount },
  },
  part,
);
