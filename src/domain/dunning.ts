import { addDays, dayOf, instantOn } from "./calendar.ts";
import type { Decline, DeclineKind } from "./decline.ts";

/** When declined charges are tried again, and what follows the last one. */
export interface DunningPolicy {
  /** Days after the first decline, ascending; one step each. */
  stepDays: readonly number[];
  /** Local hour of each new attempt. */
  hour: number;
  zone: string;
  /** What becomes of a subscription whose ladder is used up. */
  finalState: "unpaid" | "canceled";
}

/** Where an invoice stands on the ladder. */
export interface DunningProgress {
  /** Steps used so far; 0 before the first decline. */
  step: number;
  firstDeclinedAt: Date | null;
}

export type DunningDecision =
  | { kind: "retry"; dueAt: Date; progress: DunningProgress }
  | { kind: "exhausted"; progress: DunningProgress };

/** Nothing but another card, or the customer, changes the answer. */
const FINAL_KINDS: readonly DeclineKind[] = ["hard", "customer"];
/** The customer's card is not at fault. */
const BLAMELESS_KINDS: readonly DeclineKind[] = ["merchant", "gateway"];

/**
 * What a decline leads to. Only a decline of the card uses a step; one on the merchant's or the
 * gateway's side uses none and is tried again on the next day.
 */
export function decideDunning(
  policy: DunningPolicy,
  progress: DunningProgress,
  declined: { decline: Decline; at: Date },
): DunningDecision {
  const firstDeclinedAt = progress.firstDeclinedAt ?? declined.at;
  const today = dayOf(declined.at, policy.zone);
  if (FINAL_KINDS.includes(declined.decline.kind)) {
    return { kind: "exhausted", progress: { ...progress, firstDeclinedAt } };
  }
  if (BLAMELESS_KINDS.includes(declined.decline.kind)) {
    const dueAt = instantOn(addDays(today, 1), policy.hour, policy.zone);
    return { kind: "retry", dueAt, progress };
  }
  // Steps whose day has passed while nobody could charge are skipped, never run in a burst.
  const firstOn = dayOf(firstDeclinedAt, policy.zone);
  for (let step = progress.step; step < policy.stepDays.length; step += 1) {
    const dueAt = instantOn(addDays(firstOn, policy.stepDays[step] ?? 0), policy.hour, policy.zone);
    if (dueAt > declined.at) {
      return { kind: "retry", dueAt, progress: { step: step + 1, firstDeclinedAt } };
    }
  }
  return { kind: "exhausted", progress: { step: policy.stepDays.length, firstDeclinedAt } };
}
