/** What a payment request asks for: a one-off charge, or what a subscription owes. */
import { type FieldFault, ProblemError } from "./problem-error.ts";
import { FIELD_TEXTS } from "./schemas/field-texts.ts";
import { asRequired } from "./validation.ts";

export interface PayFields {
  billingKey?: string;
  amount?: number;
  productName?: string;
  customerId?: string;
  subscriptionId?: string;
}

export type PayOrder =
  | { kind: "subscription"; subscriptionId: string }
  | {
      kind: "one-off";
      billingKey: string;
      amount: number;
      productName: string;
      customerId: string | null;
    };

const ONE_OFF_ONLY = ["billingKey", "amount", "productName", "customerId"] as const;
const ONE_OFF_NEEDED = ["billingKey", "amount", "productName"] as const;

const LEAVE_OUT = {
  en: "left out: a subscription's own card and amount are used with subscriptionId",
  ko: "subscriptionId와 함께 쓸 수 없음 (구독의 카드와 금액으로 결제)",
};

/** Reads the request, or throws VALIDATION_FAILED with a fault for each field at fault. */
export function readPayOrder(body: PayFields): PayOrder {
  const { subscriptionId, billingKey, amount, productName, customerId } = body;
  if (subscriptionId !== undefined) {
    const superfluous = ONE_OFF_ONLY.filter((name) => body[name] !== undefined);
    refuse(superfluous.map((name) => ({ pointer: `/${name}`, expected: LEAVE_OUT })));
    return { kind: "subscription", subscriptionId };
  }
  if (billingKey === undefined || amount === undefined || productName === undefined) {
    const missing = ONE_OFF_NEEDED.filter((name) => body[name] === undefined);
    const faults = missing.map((name) => ({
      pointer: `/${name}`,
      expected: asRequired(FIELD_TEXTS[name]),
    }));
    throw new ProblemError("VALIDATION_FAILED", { faults });
  }
  return { kind: "one-off", billingKey, amount, productName, customerId: customerId ?? null };
}

function refuse(faults: FieldFault[]): void {
  if (faults.length > 0) throw new ProblemError("VALIDATION_FAILED", { faults });
}
