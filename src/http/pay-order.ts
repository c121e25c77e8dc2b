/** What a payment request asks for: a charge of a saved card or of one keyed in, or what a subscription owes. */
import { type FieldFault, ProblemError } from "./problem-error.ts";
import { FIELD_TEXTS } from "./schemas/field-texts.ts";
import { asRequired } from "./validation.ts";

interface CardFields {
  cardNumber: string;
  expireDate: string;
  cardPassword: string;
  birthDate: string;
}

export interface PayFields {
  billingKey?: string;
  card?: CardFields;
  saveCard?: boolean;
  gateway?: string;
  account?: string;
  amount?: number;
  productName?: string;
  customerId?: string;
  customerName?: string;
  subscriptionId?: string;
}

interface Goods {
  amount: number;
  productName: string;
}

export type PayOrder =
  | { kind: "subscription"; subscriptionId: string }
  | (Goods & { kind: "saved-card"; billingKey: string; customerId: string | null })
  | (Goods & {
      kind: "card";
      card: CardFields;
      saveCard: boolean;
      gateway: string | null;
      account: string | null;
      customerId: string;
      customerName: string;
    });

type FieldName = keyof PayFields;

const CARD_ONLY = ["saveCard", "gateway", "account", "customerName"] as const;
const NOT_OF_SUBSCRIPTION = [
  "billingKey",
  "card",
  "amount",
  "productName",
  "customerId",
  ...CARD_ONLY,
] as const;
const NEEDED_WITH_CARD = ["amount", "productName", "customerId", "customerName"] as const;
const NEEDED_WITH_KEY = ["billingKey", "amount", "productName"] as const;

const LEAVE_OUT = {
  subscription: {
    en: "left out: a subscription's own card and amount are used with subscriptionId",
    ko: "subscriptionId와 함께 쓸 수 없음 (구독의 카드와 금액으로 결제)",
  },
  savedCard: {
    en: "left out: it belongs to a payment with card, not with billingKey",
    ko: "card로 결제할 때만 쓰는 필드 (billingKey와 함께 쓸 수 없음)",
  },
  card: {
    en: "left out: card stands in its place",
    ko: "card와 함께 쓸 수 없음 (둘 중 하나만 사용)",
  },
};

/** Reads the request, or throws VALIDATION_FAILED with a fault for each field at fault. */
export function readPayOrder(body: PayFields): PayOrder {
  if (body.subscriptionId !== undefined) {
    refuseGiven(body, NOT_OF_SUBSCRIPTION, LEAVE_OUT.subscription);
    return { kind: "subscription", subscriptionId: body.subscriptionId };
  }
  return body.card === undefined ? readSavedCard(body) : readCard(body, body.card);
}

function readSavedCard(body: PayFields): PayOrder {
  const { billingKey, amount, productName, customerId } = body;
  refuseGiven(body, CARD_ONLY, LEAVE_OUT.savedCard);
  if (billingKey === undefined || amount === undefined || productName === undefined) {
    return refuseMissing(body, NEEDED_WITH_KEY);
  }
  return { kind: "saved-card", billingKey, amount, productName, customerId: customerId ?? null };
}

function readCard(body: PayFields, card: CardFields): PayOrder {
  const { amount, productName, customerId, customerName } = body;
  refuseGiven(body, ["billingKey"], LEAVE_OUT.card);
  if (
    amount === undefined ||
    productName === undefined ||
    customerId === undefined ||
    customerName === undefined
  ) {
    return refuseMissing(body, NEEDED_WITH_CARD);
  }
  return {
    kind: "card",
    card,
    saveCard: body.saveCard ?? false,
    gateway: body.gateway ?? null,
    account: body.account ?? null,
    amount,
    productName,
    customerId,
    customerName,
  };
}

function refuseGiven(
  body: PayFields,
  names: readonly FieldName[],
  expected: { en: string; ko: string },
): void {
  const given = names.filter((name) => body[name] !== undefined);
  refuse(given.map((name) => ({ pointer: `/${name}`, expected })));
}

function refuseMissing(body: PayFields, names: readonly FieldName[]): never {
  const missing = names.filter((name) => body[name] === undefined);
  const faults = missing.map((name) => ({
    pointer: `/${name}`,
    expected: asRequired(FIELD_TEXTS[name]),
  }));
  throw new ProblemError("VALIDATION_FAILED", { faults });
}

function refuse(faults: FieldFault[]): void {
  if (faults.length > 0) throw new ProblemError("VALIDATION_FAILED", { faults });
}
