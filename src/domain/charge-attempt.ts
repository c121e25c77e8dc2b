import type { Decline } from "./decline.ts";
import type { Evidence, GatewayTransaction } from "./outcome.ts";
import { BrokenInvariantError } from "./errors.ts";

/**
 * One try at the gateway under one order number.
 *
 * `initiated` the call may be on its way · `not_sent` it provably never left · `unknown` it may have
 * moved money · `pending` the gateway has it in hand · `absent` asked twice, the gateway does not
 * know it · `abandoned` it never left and will not be sent, or the gateway
 * refused the window in which it could have been paid.
 */
export type ChargeAttemptState =
  | "initiated"
  | "not_sent"
  | "unknown"
  | "pending"
  | "approved"
  | "declined"
  | "absent"
  | "abandoned";

/** Every legal move of an attempt. A late approval may still correct `declined` and `absent`. */
export const CHARGE_ATTEMPT_TRANSITIONS = {
  initiated: ["approved", "declined", "not_sent", "unknown", "pending"],
  not_sent: ["initiated", "abandoned"],
  unknown: ["approved", "declined", "absent", "pending"],
  pending: ["approved", "declined", "absent", "unknown", "abandoned"],
  approved: [],
  declined: ["approved"],
  absent: ["approved"],
  abandoned: [],
} as const satisfies Record<ChargeAttemptState, readonly ChargeAttemptState[]>;

/** States in which an attempt stands in the way of another: it is open, or it took the money. */
export const BLOCKING_STATES: readonly ChargeAttemptState[] = [
  "initiated",
  "not_sent",
  "unknown",
  "pending",
  "approved",
];

export interface ChargeAttempt {
  /** From 1 within its invoice. */
  number: number;
  orderNumber: string;
  state: ChargeAttemptState;
  /** The billing key it charged: a card may be changed between two attempts. */
  billingKeyId: string | null;
  amount: number;
  /** Business instant of the claim: the look-up window starts on its day. */
  initiatedAt: Date;
  /** Operational instant of the last claim: settle delays count from here. */
  claimedAt: Date;
  /** Operational instant at which the worker said that its call has ended; null while nobody said so. */
  callEndedAt: Date | null;
  /** Operational instant after which no sender's credential is good any more. */
  credentialEndsAt: Date;
  /** How often it did not leave. */
  notSentCount: number;
  /** Why it is in the present state, in a short code. */
  reason: string | null;
  decline: Decline | null;
  transaction: GatewayTransaction | null;
  /** Answers kept to be read later. */
  evidence: Evidence[];
  /** Operational instant of the first moment nobody knew its outcome. */
  unknownSince: Date | null;
  lookUps: number;
  /** Consecutive look-ups that counted and found nothing. */
  missingReads: number;
  /** Business instant at which it was closed. */
  closedAt: Date | null;
  /** Business instant at which it is looked for once more; null when no more. */
  recheckAt: Date | null;
  rechecks: number;
}

/** An attempt of which nothing is known yet. */
export function newAttempt(
  given: Pick<
    ChargeAttempt,
    | "number"
    | "orderNumber"
    | "state"
    | "billingKeyId"
    | "amount"
    | "initiatedAt"
    | "claimedAt"
    | "credentialEndsAt"
    | "reason"
  >,
): ChargeAttempt {
  return {
    ...given,
    callEndedAt: null,
    notSentCount: 0,
    decline: null,
    transaction: null,
    evidence: [],
    unknownSince: null,
    lookUps: 0,
    missingReads: 0,
    closedAt: null,
    recheckAt: null,
    rechecks: 0,
  };
}

/** Moves an attempt, or throws: an illegal move is a fault of ours, not of the outside world. */
export function moveAttempt(
  attempt: ChargeAttempt,
  to: ChargeAttemptState,
  changes: Partial<Omit<ChargeAttempt, "state">> = {},
): ChargeAttempt {
  const legal: readonly ChargeAttemptState[] = CHARGE_ATTEMPT_TRANSITIONS[attempt.state];
  if (!legal.includes(to)) {
    throw new BrokenInvariantError(
      `attempt ${attempt.orderNumber} cannot go from ${attempt.state} to ${to}`,
    );
  }
  return { ...attempt, ...changes, state: to };
}
