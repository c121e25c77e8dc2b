import { type TProperties, Type } from "typebox";
import { FIELD_TEXTS } from "./field-texts.ts";
import { fields } from "./fields.ts";

/** An object with these fields and no others. */
function strict<P extends TProperties>(properties: P, example?: object) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(example === undefined ? {} : { examples: [example] }),
  });
}

export const RegisterBody = strict(
  {
    cardNumber: fields.cardNumber,
    expireDate: fields.expireDate,
    cardPassword: fields.cardPassword,
    birthDate: fields.birthDate,
    customerName: fields.customerName,
    customerId: fields.customerId,
    gateway: Type.Optional(fields.gateway),
    account: Type.Optional(fields.account),
    customerEmail: Type.Optional(fields.customerEmail),
    customerPhone: Type.Optional(fields.customerPhone),
    locale: Type.Optional(fields.locale),
  },
  {
    cardNumber: "4111111111111111",
    expireDate: "2512",
    cardPassword: "12",
    birthDate: "901231",
    customerName: "홍길동",
    customerId: "user123",
  },
);

export const SubscribeBody = strict(
  {
    billingKey: fields.billingKey,
    customerId: fields.customerId,
    planId: fields.planId,
    amount: fields.amount,
    productName: fields.productName,
    cycleDay: fields.cycleDay,
    trialDays: Type.Optional(fields.trialDays),
    startOn: Type.Optional(fields.startOn),
    firstCharge: Type.Optional(fields.firstCharge),
    metadata: Type.Optional(fields.metadata),
    customerEmail: Type.Optional(fields.customerEmail),
    customerPhone: Type.Optional(fields.customerPhone),
    locale: Type.Optional(fields.locale),
  },
  {
    billingKey: "BILL_KEY",
    customerId: "user123",
    planId: "monthly",
    amount: 9900,
    productName: "월간 구독",
    cycleDay: 15,
  },
);

/** A card in the clear; it passes through. */
const CardFields = Type.Object(
  {
    cardNumber: fields.cardNumber,
    expireDate: fields.expireDate,
    cardPassword: fields.cardPassword,
    birthDate: fields.birthDate,
  },
  {
    additionalProperties: false,
    description: FIELD_TEXTS.card.en,
    examples: [
      {
        cardNumber: "4111111111111111",
        expireDate: "2512",
        cardPassword: "12",
        birthDate: "901231",
      },
    ],
  },
);

/**
 * A one-off charge of a saved card (the first three fields) or of a card that is keyed in, or what a
 * subscription owes (its id alone).
 */
export const PayBody = strict(
  {
    billingKey: Type.Optional(fields.billingKey),
    card: Type.Optional(CardFields),
    saveCard: Type.Optional(fields.saveCard),
    gateway: Type.Optional(fields.gateway),
    account: Type.Optional(fields.account),
    customerName: Type.Optional(fields.customerName),
    amount: Type.Optional(fields.amount),
    productName: Type.Optional(fields.productName),
    customerId: Type.Optional(fields.customerId),
    subscriptionId: Type.Optional(fields.subscriptionId),
  },
  { billingKey: "BILL_KEY", amount: 9900, productName: "프리미엄 구독" },
);

export const CardBody = strict(
  { subscriptionId: fields.subscriptionId, billingKey: fields.billingKey },
  { subscriptionId: "sub_4k2v9x7c1m3n5b8q", billingKey: "BILL_KEY" },
);

export const ReleaseBody = strict(
  { id: fields.heldId, reason: fields.reason },
  { id: "sub_4k2v9x7c1m3n5b8q", reason: "기록 확인 완료" },
);

export const ResolveBody = strict(
  {
    id: fields.id,
    outcome: fields.outcome,
    transactionId: Type.Optional(fields.transactionId),
    reason: fields.reason,
  },
  { id: "KB-4K2V9X7C1M3N-1", outcome: "approved", transactionId: "T2027", reason: "콘솔 확인" },
);

export const CancelBody = strict(
  {
    subscriptionId: fields.subscriptionId,
    atPeriodEnd: Type.Optional(fields.atPeriodEnd),
    reason: Type.Optional(fields.reason),
  },
  { subscriptionId: "sub_4k2v9x7c1m3n5b8q", atPeriodEnd: true, reason: "고객 요청" },
);

export const RefundBody = strict(
  {
    paymentId: fields.paymentId,
    amount: Type.Optional(fields.amount),
    reason: fields.reason,
  },
  { paymentId: "pay_4k2v9x7c1m3n5b8q", amount: 4900, reason: "부분 환불 요청" },
);

export const AdvanceBody = strict(
  {
    to: Type.Optional(fields.to),
    days: Type.Optional(fields.days),
    months: Type.Optional(fields.months),
  },
  { months: 1 },
);

export const IdParams = strict({ id: fields.id });

export const ListQuery = strict({
  customerId: Type.Optional(fields.customerId),
  state: Type.Optional(fields.state),
  planId: Type.Optional(fields.planId),
  limit: Type.Optional(fields.limit),
  after: Type.Optional(fields.after),
});

export const NoQuery = strict({});
