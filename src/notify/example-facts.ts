/** Facts of an imaginary customer, for looking at texts before there is a real one. */
import { type MessageFacts, type MessageKind, NO_FACTS } from "../domain/message.ts";

const CUSTOMER: MessageFacts = {
  ...NO_FACTS,
  customerName: "홍길동",
  productName: "월간 구독",
  amount: 9900,
  at: new Date("2027-03-15T01:00:00Z"),
  cardName: "신한",
  cardLastFour: "1111",
};
const PERIOD = { periodStartOn: "2027-03-15", periodEndOn: "2027-04-15" };
const DECLINED: MessageFacts = {
  ...CUSTOMER,
  ...PERIOD,
  dueAt: new Date("2027-03-18T01:00:00Z"),
  declineCode: "limit_exceeded",
};
const OPERATOR = { ...NO_FACTS, at: CUSTOMER.at };

export const EXAMPLE_FACTS: Readonly<Record<MessageKind, MessageFacts>> = {
  receipt: { ...CUSTOMER, ...PERIOD, orderNumber: "KB-4K2V9X7C1M3N-1" },
  upcoming_charge: { ...CUSTOMER, dueAt: new Date("2027-03-22T01:00:00Z") },
  payment_failed: DECLINED,
  last_warning: DECLINED,
  card_expiring: { ...CUSTOMER, amount: null },
  ended_declined: CUSTOMER,
  ended_canceled: CUSTOMER,
  refund: { ...CUSTOMER, orderNumber: "KB-4K2V9X7C1M3N-1" },
  webhook_disabled: {
    ...OPERATOR,
    about: "shop.example (whe_4k2v9x7c1m3n5b8q)",
    reason: "failing",
  },
  account_paused: { ...OPERATOR, about: "cookiepay/default (charge)", reason: "merchant_limit" },
  subscription_parked: {
    ...OPERATOR,
    about: "sub_4k2v9x7c1m3n5b8q",
    reason: "two periods overlap",
  },
};
