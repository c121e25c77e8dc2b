import { type TProperties, Type } from "typebox";
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

export const PayBody = strict(
  {
    billingKey: fields.billingKey,
    amount: fields.amount,
    productName: fields.productName,
    customerId: Type.Optional(fields.customerId),
  },
  { billingKey: "BILL_KEY", amount: 9900, productName: "프리미엄 구독" },
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
