import { type TSchemaOptions, Type } from "typebox";
import { FIELD_TEXTS, type FieldName } from "./field-texts.ts";

/** Documentation of a field: its sentence and an example. */
function about(name: FieldName, example: unknown): TSchemaOptions {
  return { description: FIELD_TEXTS[name].en, examples: [example] };
}

/** A text that reaches a gateway: printable, encodable, without blanks at its ends. */
function gatewayText(name: FieldName, lengthMax: number, example: string) {
  return Type.String({
    ...about(name, example),
    minLength: 1,
    maxLength: lengthMax,
    pattern: "^\\S(.*\\S)?$",
    format: "gateway-text",
  });
}

function idOf(name: FieldName, example: string) {
  return Type.String({ ...about(name, example), pattern: "^[A-Za-z0-9_-]{1,64}$" });
}

/** Most won of one charge: gateways take ten digits, the last one for safety. */
const AMOUNT_MAX = 999_999_999;

/** Every field of a request, once. */
export const fields = {
  cardNumber: Type.String({
    ...about("cardNumber", "4111111111111111"),
    pattern: "^[0-9]{13,19}$",
    format: "card-number",
    writeOnly: true,
  }),
  expireDate: Type.String({
    ...about("expireDate", "2512"),
    pattern: "^[0-9]{2}(0[1-9]|1[0-2])$",
    writeOnly: true,
  }),
  cardPassword: Type.String({
    ...about("cardPassword", "12"),
    pattern: "^[0-9]{2}$",
    writeOnly: true,
  }),
  birthDate: Type.String({
    ...about("birthDate", "901231"),
    pattern: "^([0-9]{6}|[0-9]{10})$",
    format: "holder-id",
    writeOnly: true,
  }),
  customerName: gatewayText("customerName", 50, "홍길동"),
  customerId: gatewayText("customerId", 50, "user123"),
  customerEmail: Type.String({
    ...about("customerEmail", "hong@example.com"),
    format: "email",
    maxLength: 254,
  }),
  customerPhone: Type.String({
    ...about("customerPhone", "010-1234-5678"),
    pattern: "^\\+?[0-9](-?[0-9]){7,18}$",
    maxLength: 20,
  }),
  locale: Type.Enum(["ko", "en"], about("locale", "ko")),
  gateway: Type.String({ ...about("gateway", "cookiepay"), pattern: "^[a-z0-9-]{1,20}$" }),
  account: Type.String({ ...about("account", "default"), pattern: "^[a-z0-9][a-z0-9_-]{0,31}$" }),
  saveCard: Type.Boolean(about("saveCard", true)),
  billingKey: idOf("billingKey", "key_4k2v9x7c1m3n5b8q"),
  planId: gatewayText("planId", 50, "monthly"),
  amount: Type.Integer({ ...about("amount", 9900), minimum: 1, maximum: AMOUNT_MAX }),
  productName: gatewayText("productName", 50, "월간 구독"),
  cycleDay: Type.Integer({ ...about("cycleDay", 15), minimum: 1, maximum: 31 }),
  trialDays: Type.Integer({ ...about("trialDays", 0), minimum: 0, maximum: 730 }),
  startOn: Type.String({ ...about("startOn", "2027-01-15"), format: "calendar-day" }),
  firstCharge: Type.Enum(["now", "cycleDay"], about("firstCharge", "cycleDay")),
  metadata: Type.Record(
    Type.String({ pattern: "^[\\p{L}\\p{N}_-]{1,40}$" }),
    Type.String({ maxLength: 200, format: "plain-text" }),
    {
      ...about("metadata", { campaign: "spring" }),
      maxProperties: 20,
      additionalProperties: false,
    },
  ),
  subscriptionId: idOf("subscriptionId", "sub_4k2v9x7c1m3n5b8q"),
  atPeriodEnd: Type.Boolean(about("atPeriodEnd", true)),
  reason: gatewayText("reason", 100, "고객 요청"),
  paymentId: idOf("paymentId", "pay_4k2v9x7c1m3n5b8q"),
  outcome: Type.Enum(
    ["approved", "not_charged", "refunded", "not_refunded"],
    about("outcome", "approved"),
  ),
  transactionId: Type.String({
    ...about("transactionId", "T2027031500001"),
    pattern: "^[A-Za-z0-9_-]{1,100}$",
  }),
  id: idOf("id", "sub_4k2v9x7c1m3n5b8q"),
  /** An id, or a gateway account as `gateway/account`. */
  heldId: Type.String({
    ...about("id", "cookiepay/default"),
    pattern: "^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64})?$",
  }),
  state: Type.Enum(
    ["trialing", "active", "past_due", "paused", "canceled", "unpaid"],
    about("state", "active"),
  ),
  limit: Type.Integer({ ...about("limit", 20), minimum: 1, maximum: 100 }),
  after: idOf("after", "sub_4k2v9x7c1m3n5b8q"),
  to: Type.String({ ...about("to", "2027-03-15T10:00:00+09:00"), format: "instant" }),
  days: Type.Integer({ ...about("days", 31), minimum: 1, maximum: 3650 }),
  months: Type.Integer({ ...about("months", 1), minimum: 1, maximum: 120 }),
};
