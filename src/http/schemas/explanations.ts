import { Type } from "typebox";
import { WHY_REASON_NAMES } from "../../domain/why-reason.ts";
import { FIELD_TEXTS } from "./field-texts.ts";
import { fields } from "./fields.ts";

/** What is asked and answered about "why" and about the history. */

const instant = Type.String({ format: "date-time", examples: ["2027-03-15T01:00:00.000Z"] });
const day = Type.String({ format: "date", examples: ["2027-03-15"] });
const nullableText = Type.Union([Type.String(), Type.Null()]);
const nullableInstant = Type.Union([instant, Type.Null()]);

export const WhyQuery = Type.Object(
  {
    on: Type.Optional(
      Type.String({
        description: FIELD_TEXTS.on.en,
        examples: ["2027-03-15"],
        format: "calendar-day",
      }),
    ),
  },
  { additionalProperties: false },
);

/** An entry's id: of its document, and its running number there. */
const CURSOR = "^[A-Za-z0-9_-]{1,80}:[0-9]{1,9}$";

export const HistoryQuery = Type.Object(
  {
    limit: Type.Optional(fields.limit),
    after: Type.Optional(
      Type.String({
        description: FIELD_TEXTS.after.en,
        examples: ["sub_4k2v9x7c1m3n5b8q:12"],
        pattern: CURSOR,
      }),
    ),
  },
  { additionalProperties: false },
);

const Evidence = Type.Object({
  number: Type.Integer({ examples: [1] }),
  orderNumber: Type.String({ examples: ["KB-4K2V9X7C1M3N-1"] }),
  state: Type.String({ examples: ["declined"] }),
  amount: Type.Integer({ examples: [9900] }),
  declineCode: nullableText,
  rawCode: nullableText,
  initiatedAt: instant,
  closedAt: nullableInstant,
  transactionId: nullableText,
  approvedAt: nullableInstant,
});

export const ExplanationResponse = Type.Object({
  subscriptionId: nullableText,
  invoiceId: nullableText,
  period: Type.Union([
    Type.Object({ number: Type.Integer(), startOn: day, endOn: day, dueAt: instant }),
    Type.Null(),
  ]),
  amount: Type.Integer({ examples: [9900] }),
  claim: Type.Enum(["charged", "not_charged", "not_yet_known"]),
  reason: Type.Enum([...WHY_REASON_NAMES]),
  sentence: Type.String({
    examples: [
      "15 March 10:00: not charged, the card had insufficient funds; tried again on 16 March at 10:00.",
    ],
  }),
  next: Type.Union([
    Type.Object({
      what: Type.Enum(["charge", "look_up", "refund", "decision", "renewal", "end"]),
      at: nullableInstant,
    }),
    Type.Null(),
  ]),
  whoCanChange: Type.Array(Type.Enum(["customer", "merchant", "operator"])),
  attempts: Type.Array(Evidence),
});

export const HistoryResponse = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String({ examples: ["sub_4k2v9x7c1m3n5b8q:12"] }),
      at: instant,
      recordedAt: instant,
      type: Type.String({ examples: ["invoice.paid"] }),
      actor: Type.Enum(["api", "sweep", "charge", "reconcile", "operator", "clock"]),
      by: nullableText,
      sentence: Type.String({ examples: ["15 March 10:00: 9,900 won were charged"] }),
      reason: nullableText,
      before: nullableText,
      after: nullableText,
      data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
    }),
  ),
  next: Type.Union([
    Type.String({ description: "Send it as after to get the following page." }),
    Type.Null(),
  ]),
});
