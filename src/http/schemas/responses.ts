import { type Static, type TSchema, Type } from "typebox";

/** What callers are answered with. Whatever a schema does not name never leaves the server. */

function nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

const instant = Type.String({ format: "date-time", examples: ["2027-03-15T01:00:00.000Z"] });
const day = Type.String({ format: "date", examples: ["2027-03-15"] });
const won = Type.Integer({ examples: [9900] });
const currency = Type.Literal("KRW");

export const BillingKeyResponse = Type.Object({
  billingKey: Type.String({ examples: ["key_4k2v9x7c1m3n5b8q"] }),
  gateway: Type.String({ examples: ["cookiepay"] }),
  cardName: nullable(Type.String({ examples: ["신한"] })),
  maskedNumber: Type.String({ examples: ["411111******1111"] }),
  customerId: Type.String({ examples: ["user123"] }),
  state: Type.Enum(["registering", "active", "refused", "unknown", "revoked"]),
  createdAt: instant,
});

const DeclineResponse = Type.Object({
  code: Type.String({ examples: ["limit_exceeded"] }),
  kind: Type.Enum(["soft", "hard", "customer", "merchant", "gateway"]),
  rawCode: Type.String({ description: "The gateway's own code.", examples: ["2002"] }),
  message: Type.String({ examples: ["The card's limit is used up."] }),
});

const AttemptResponse = Type.Object({
  number: Type.Integer({ examples: [1] }),
  orderNumber: Type.String({ examples: ["KB4K2V9X7C1M3N01"] }),
  state: Type.Enum([
    "initiated",
    "not_sent",
    "unknown",
    "pending",
    "approved",
    "declined",
    "absent",
    "abandoned",
  ]),
  initiatedAt: instant,
  decline: Type.Optional(DeclineResponse),
  transactionId: Type.Optional(Type.String()),
  approvedAt: Type.Optional(instant),
});

export const RefundResponse = Type.Object({
  refundId: Type.String({ examples: ["ref_4k2v9x7c1m3n5b8q"] }),
  paymentId: Type.String({ examples: ["pay_4k2v9x7c1m3n5b8q"] }),
  amount: won,
  state: Type.Enum(["queued", "initiated", "unknown", "done", "failed"]),
  reason: Type.String({ examples: ["고객 요청"] }),
  requestedAt: instant,
  refundedAt: nullable(instant),
  decline: Type.Optional(DeclineResponse),
});

export const InvoiceResponse = Type.Object({
  id: Type.String({ examples: ["pay_4k2v9x7c1m3n5b8q"] }),
  kind: Type.Enum(["period", "payment"]),
  state: Type.Enum(["open", "paid", "void", "failed"]),
  held: nullable(Type.String({ description: "Why it waits for a person." })),
  customerId: Type.String({ examples: ["user123"] }),
  subscriptionId: nullable(Type.String()),
  billingKey: nullable(
    Type.String({
      description: "Null where a card was keyed in and not saved.",
      examples: ["key_4k2v9x7c1m3n5b8q"],
    }),
  ),
  gateway: Type.String({ examples: ["cookiepay"] }),
  productName: Type.String({ examples: ["월간 구독"] }),
  amount: won,
  currency,
  refundedAmount: Type.Integer({ examples: [0] }),
  refundable: won,
  period: Type.Optional(
    Type.Object({
      number: Type.Integer({ examples: [0] }),
      startOn: day,
      endOn: Type.String({ format: "date", description: "First day of the next period." }),
    }),
  ),
  dueAt: instant,
  nextAttemptAt: nullable(instant),
  attempts: Type.Array(AttemptResponse),
  refunds: Type.Array(RefundResponse),
  createdAt: instant,
});

export const SubscriptionResponse = Type.Object({
  id: Type.String({ examples: ["sub_4k2v9x7c1m3n5b8q"] }),
  state: Type.Enum(["trialing", "active", "past_due", "paused", "canceled", "unpaid"]),
  parked: nullable(Type.String({ description: "Why it is stopped until a person releases it." })),
  customerId: Type.String({ examples: ["user123"] }),
  planId: Type.String({ examples: ["monthly"] }),
  productName: Type.String({ examples: ["월간 구독"] }),
  amount: won,
  currency,
  cycleDay: Type.Integer({ examples: [15] }),
  billingKey: Type.String({ examples: ["key_4k2v9x7c1m3n5b8q"] }),
  gateway: Type.String({ examples: ["cookiepay"] }),
  nextPeriod: Type.Integer({ description: "Number of the period that is charged next." }),
  nextChargeAt: nullable(instant),
  cancelAtPeriodEnd: Type.Boolean(),
  endsOn: Type.Optional(day),
  canceledAt: nullable(instant),
  metadata: Type.Record(Type.String(), Type.String()),
  createdAt: instant,
  invoices: Type.Optional(Type.Array(InvoiceResponse)),
});

export const SubscriptionListResponse = Type.Object({
  items: Type.Array(SubscriptionResponse),
  next: nullable(Type.String({ description: "Send it as after to get the following page." })),
});

export const ClockResponse = Type.Object({
  now: instant,
  frozen: Type.Boolean({ description: "Whether business time stands until it is moved." }),
});

export const AdvanceResponse = Type.Object({
  now: instant,
  visited: Type.Integer({ description: "Instants at which something fell due." }),
});

export const ProblemResponse = Type.Object(
  {
    type: Type.String({ examples: ["/problems/validation-failed"] }),
    title: Type.String({ examples: ["The request is not valid"] }),
    status: Type.Integer({ examples: [400] }),
    code: Type.String({ examples: ["VALIDATION_FAILED"] }),
    detail: Type.String(),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ examples: ["/amount"] }),
          expected: Type.String(),
        }),
      ),
    ),
    decline: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    requestId: Type.String(),
  },
  { $id: "Problem" },
);

export type BillingKeyView = Static<typeof BillingKeyResponse>;
export type DeclineView = Static<typeof DeclineResponse>;
export type AttemptView = Static<typeof AttemptResponse>;
export type RefundView = Static<typeof RefundResponse>;
export type InvoiceView = Static<typeof InvoiceResponse>;
export type SubscriptionView = Static<typeof SubscriptionResponse>;
