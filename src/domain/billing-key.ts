import { type Cause, type HasOutbox, type Instants, withEvent } from "./events.ts";
import type { IdempotencyMark } from "./idempotency.ts";

/** `registering`: the gateway is being asked · `unknown`: its reply was lost. */
export type BillingKeyState = "registering" | "active" | "refused" | "unknown" | "revoked";

/** A value encrypted for one record, with the id of the key that opens it. */
export interface EncryptedValue {
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}

/** A saved card: the gateway's token, encrypted, and what may be shown of the card. */
export interface BillingKey extends HasOutbox {
  id: string;
  gateway: string;
  account: string;
  customerId: string;
  customerName: string;
  customerEmail: string | null;
  customerPhone: string | null;
  locale: "ko" | "en";
  state: BillingKeyState;
  /** Order number of the registration at the gateway. */
  orderNumber: string;
  secret: EncryptedValue | null;
  cardName: string | null;
  /** Masked: first six and last four digits. */
  maskedNumber: string;
  /** Why it was refused, or what is not known. */
  reason: string | null;
  createdAt: Date;
  /** Business instant at which the customer is told that the card ends soon; null: never, or told. */
  remindAt: Date | null;
  /** Operational instant at which the registration was begun. */
  startedAt: Date;
  idempotency: IdempotencyMark | null;
  revision: number;
}

/** Shows at most the first six and last four digits. */
export function maskCardNumber(number: string): string {
  return `${number.slice(0, 6)}${"*".repeat(Math.max(number.length - 10, 0))}${number.slice(-4)}`;
}

/** A registration that is about to be sent to the gateway. */
export function beginRegistration(
  input: Pick<
    BillingKey,
    | "id"
    | "gateway"
    | "account"
    | "customerId"
    | "customerName"
    | "customerEmail"
    | "customerPhone"
    | "locale"
    | "orderNumber"
    | "maskedNumber"
    | "idempotency"
  > & { at: Instants; remindAt?: Date | null },
): BillingKey {
  const { at, ...given } = input;
  return {
    ...given,
    state: "registering",
    secret: null,
    cardName: null,
    reason: null,
    createdAt: at.business,
    remindAt: given.remindAt ?? null,
    startedAt: at.operational,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
}

export type RegistrationResult =
  | { state: "active"; secret: EncryptedValue; cardName: string }
  | { state: "refused" | "unknown"; reason: string };

/** The billing key once the gateway has answered, or has not. */
export function finishRegistration(
  key: BillingKey,
  result: RegistrationResult,
  cause: Cause,
): BillingKey {
  const changes =
    result.state === "active"
      ? { secret: result.secret, cardName: result.cardName, reason: null }
      : { reason: result.reason };
  return withEvent<BillingKey>(
    { ...key, ...changes, state: result.state },
    {
      type: `billing_key.${result.state === "active" ? "registered" : result.state}`,
      ...cause,
      before: key.state,
      after: result.state,
      data: { billingKeyId: key.id, customerId: key.customerId },
    },
  );
}
