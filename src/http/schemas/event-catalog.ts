/** Every event that is delivered: what it means and what stands in it. */
import { type TSchema, Type } from "typebox";
import type { EventType } from "../../domain/event-types.ts";

const id = (example: string) => Type.String({ examples: [example] });
const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const won = Type.Integer({ minimum: 0, examples: [9900] });

/** Who did it, why, and between which states: every event has these. */
const cause = {
  actor: Type.Enum([
    "api",
    "sweep",
    "charge",
    "reconcile",
    "operator",
    "clock",
    "notice",
    "delivery",
    "config",
  ]),
  reason: nullable(Type.String({ examples: ["insufficient_funds"] })),
  before: nullable(Type.String({ examples: ["open"] })),
  after: nullable(Type.String({ examples: ["paid"] })),
};

function data<P extends Record<string, TSchema>>(fields: P) {
  return Type.Object({ ...fields, ...cause }, { additionalProperties: false });
}

const subscription = {
  subscriptionId: id("sub_4k2v9x7c1m3n5b8q"),
  customerId: id("user123"),
  planId: id("monthly"),
  amount: won,
};
const invoice = {
  invoiceId: id("sub_4k2v9x7c1m3n5b8q-p3"),
  subscriptionId: nullable(id("sub_4k2v9x7c1m3n5b8q")),
  customerId: id("user123"),
  periodNumber: nullable(Type.Integer({ minimum: 0, examples: [3] })),
  amount: won,
};
const orderNumber = id("KB-4K2V9X7C1M3N-1");
const ordered = { ...invoice, orderNumber };
const refund = { ...invoice, refundId: id("ref_4k2v9x7c1m3n5b8q"), refundAmount: won };
const billingKey = { billingKeyId: id("key_4k2v9x7c1m3n5b8q"), customerId: id("user123") };
const account = {
  gateway: id("cookiepay"),
  account: id("default"),
  queue: Type.Enum(["charge", "refund"]),
  orderNumber,
  rawCode: id("2002"),
};
const endpoint = { endpointId: id("we_4k2v9x7c1m3n5b8q"), host: id("shop.example.com") };
const notice = {
  noticeId: id("ntc_5f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5f6a7b8c9"),
  gateway: id("kiwoompay"),
  orderNumber: nullable(orderNumber),
  invoiceId: nullable(id("sub_4k2v9x7c1m3n5b8q-p3")),
};

const SHAPES = {
  subscription: data(subscription),
  invoice: data(invoice),
  ordered: data(ordered),
  refund: data(refund),
  billingKey: data(billingKey),
  account: data(account),
  endpoint: data(endpoint),
  notice: data(notice),
};

export interface CatalogEntry {
  /** What it means, in one sentence. */
  text: string;
  data: TSchema;
}

/** By type; one that is not here does not compile. */
export const EVENT_CATALOG: Readonly<Record<EventType, CatalogEntry>> = {
  "subscription.created": { text: "A subscription began.", data: SHAPES.subscription },
  "subscription.trialing": { text: "A free trial began.", data: SHAPES.subscription },
  "subscription.activated": {
    text: "A subscription is in good standing: its trial is over, or what it owed is paid.",
    data: SHAPES.subscription,
  },
  "subscription.past_due": {
    text: "A charge was declined; it is tried again on other days.",
    data: SHAPES.subscription,
  },
  "subscription.paused": { text: "A subscription was paused.", data: SHAPES.subscription },
  "subscription.canceled": {
    text: "A subscription ended: nothing is charged any more.",
    data: SHAPES.subscription,
  },
  "subscription.unpaid": {
    text: "The last try was declined: the subscription stopped unpaid.",
    data: SHAPES.subscription,
  },
  "subscription.cancel_scheduled": {
    text: "A subscription ends with its present period, on the day endsOn.",
    data: data({
      ...subscription,
      endsOn: Type.String({ format: "date", examples: ["2027-04-15"] }),
    }),
  },
  "subscription.parked": {
    text: "A subscription contradicts itself and waits for an operator.",
    data: SHAPES.subscription,
  },
  "subscription.released": {
    text: "An operator let a parked subscription go on.",
    data: SHAPES.subscription,
  },
  "subscription.card_changed": {
    text: "A subscription is paid with another saved card; before and after are their ids.",
    data: SHAPES.subscription,
  },
  "subscription.reopened": {
    text: "An unpaid subscription owes again: its customer pays now.",
    data: data({ ...subscription, invoiceId: invoice.invoiceId }),
  },
  "invoice.opened": { text: "A billing period is owed from now on.", data: SHAPES.invoice },
  "invoice.held": {
    text: "An invoice waits for an operator; reason says why.",
    data: data({ ...invoice, orderNumber: Type.Optional(orderNumber) }),
  },
  "invoice.released": { text: "An operator let a held invoice go on.", data: SHAPES.invoice },
  "invoice.payment_requested": {
    text: "The customer pays an invoice now.",
    data: SHAPES.invoice,
  },
  "invoice.paid": { text: "A billing period is paid.", data: SHAPES.ordered },
  "invoice.voided": { text: "A billing period is not charged any more.", data: SHAPES.invoice },
  "invoice.failed": {
    text: "A billing period stays unpaid: no further try is made.",
    data: SHAPES.invoice,
  },
  "payment.requested": { text: "A one-off payment was asked for.", data: SHAPES.invoice },
  "payment.paid": { text: "A one-off payment is paid.", data: SHAPES.ordered },
  "payment.voided": { text: "A one-off payment was given up.", data: SHAPES.invoice },
  "payment.failed": { text: "A one-off payment was declined.", data: SHAPES.invoice },
  "charge_attempt.declined": {
    text: "A gateway declined a charge; reason is our code, rawCode the gateway's own.",
    data: data({
      ...ordered,
      rawCode: id("2002"),
      declineKind: Type.Enum(["soft", "hard", "customer", "merchant", "gateway"]),
    }),
  },
  "charge_attempt.unknown": {
    text: "Nobody knows yet whether a charge took the money; it is found out, never sent again.",
    data: SHAPES.ordered,
  },
  "charge_attempt.pending": {
    text: "A gateway has taken a charge and answers later.",
    data: SHAPES.ordered,
  },
  "charge_attempt.absent": {
    text: "A charge whose outcome was unknown never reached the gateway.",
    data: SHAPES.ordered,
  },
  "charge_attempt.resolved": {
    text: "An operator said what came of a charge.",
    data: SHAPES.ordered,
  },
  "charge_attempt.surplus_found": {
    text: "An approval was found beyond the one that was owed; it is refunded.",
    data: data({ ...ordered, refundId: refund.refundId }),
  },
  "refund.requested": { text: "A refund was asked for.", data: SHAPES.refund },
  "refund.completed": { text: "The money went back.", data: SHAPES.refund },
  "refund.failed": { text: "A gateway refused a refund.", data: SHAPES.refund },
  "refund.resolved": { text: "An operator said what came of a refund.", data: SHAPES.refund },
  "billing_key.registered": { text: "A card was saved.", data: SHAPES.billingKey },
  "billing_key.refused": { text: "A gateway refused to save a card.", data: SHAPES.billingKey },
  "billing_key.unknown": {
    text: "The answer to the saving of a card was lost.",
    data: SHAPES.billingKey,
  },
  "billing_key.revoked": { text: "A saved card was removed.", data: SHAPES.billingKey },
  "account.paused": {
    text: "A gateway refuses a whole account: its charges or refunds stand still.",
    data: SHAPES.account,
  },
  "account.released": { text: "An account's charges or refunds go on.", data: SHAPES.account },
  "notice.replayed": {
    text: "An operator had a gateway's notice looked at once more.",
    data: SHAPES.notice,
  },
  "notice.seen": { text: "An operator has seen a gateway's notice.", data: SHAPES.notice },
  "webhook_endpoint.created": { text: "An endpoint was added.", data: SHAPES.endpoint },
  "webhook_endpoint.enabled": { text: "An endpoint is delivered to again.", data: SHAPES.endpoint },
  "webhook_endpoint.disabled": {
    text: "An endpoint is delivered to no more; reason: operator, gone, failing or removed.",
    data: data({ ...endpoint, failures: Type.Integer({ minimum: 0, examples: [50] }) }),
  },
  "webhook_endpoint.rotated": { text: "An endpoint got a new secret.", data: SHAPES.endpoint },
  "webhook_endpoint.tested": {
    text: "A test that somebody asked for; it goes to its own endpoint alone.",
    data: SHAPES.endpoint,
  },
};

/** The body of a delivery of this type. */
export function payloadSchema(type: EventType): TSchema {
  const entry = EVENT_CATALOG[type];
  return Type.Object(
    {
      id: Type.String({
        description: "The webhook-id: the same however often the event is delivered.",
        examples: ["sub_4k2v9x7c1m3n5b8q-p3:2"],
      }),
      type: Type.Literal(type),
      timestamp: Type.String({
        format: "date-time",
        description: "Business instant at which it happened.",
        examples: ["2027-03-15T01:00:00.000Z"],
      }),
      stream: Type.String({
        description: "What sequence counts within: the subscription, or else the thing itself.",
        examples: ["sub_4k2v9x7c1m3n5b8q"],
      }),
      sequence: Type.Integer({ minimum: 1, examples: [7] }),
      subscriptionId: nullable(id("sub_4k2v9x7c1m3n5b8q")),
      data: entry.data,
    },
    { additionalProperties: false, description: entry.text },
  );
}
