import { addDays, dayOf, instantOn } from "./calendar.ts";
import { type Decline, type DeclineKind, stopsAccount } from "./decline.ts";

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
  /** Declines of the card in a row, up to now, with a code that no map knows; absent where there are none. */
  unrecognized?: number;
}

export type DunningDecision =
  | { kind: "retry"; dueAt: Date; progress: DunningProgress }
  | { kind: "exhausted"; progress: DunningProgress };

/** Nothing but another card, or the customer, changes the answer. */
const FINAL_KINDS: readonly DeclineKind[] = ["hard", "customer"];
/** The customer's card is not at fault. */
const BLAMELESS_KINDS: readonly DeclineKind[] = ["merchant", "gateway"];

/** A code that no map knows is tried so often in all: the second time nobody knows any better. */
const UNRECOGNIZED_MAX = 2;

/**
 * What a decline leads to. Only a decline of the card uses a step; one on the merchant's or the
 * gateway's side uses none and is tried again on the next day, or at once where it stops the whole
 * account: then the account's pause says when.
 */
export function decideDunning(
  policy: DunningPolicy,
  progress: DunningProgress,
  declined: { decline: Decline; at: Date },
): DunningDecision {
  const { decline, at } = declined;
  if (stopsAccount(decline)) return { kind: "retry", dueAt: at, progress };
  if (BLAMELESS_KINDS.includes(decline.kind)) {
    const tomorrow = addDays(dayOf(at, policy.zone), 1);
    return { kind: "retry", dueAt: instantOn(tomorrow, policy.hour, policy.zone), progress };
  }
  const counted = countUnrecognized(progress, declined);
  const isFinal = FINAL_KINDS.includes(decline.kind);
  if (isFinal || (counted.unrecognized ?? 0) >= UNRECOGNIZED_MAX) {
    return { kind: "exhausted", progress: counted };
  }
  return nextStep(policy, counted, at);
}

/** The progress with this decline of the card in it. */
function countUnrecognized(
  progress: DunningProgress,
  { decline, at }: { decline: Decline; at: Date },
): DunningProgress {
  const { step, firstDeclinedAt, unrecognized = 0 } = progress;
  const known = { step, firstDeclinedAt: firstDeclinedAt ?? at };
  return decline.code === "unrecognized" ? { ...known, unrecognized: unrecognized + 1 } : known;
}

function nextStep(policy: DunningPolicy, progress: DunningProgress, at: Date): DunningDecision {
  // Steps whose day has passed while nobody could charge are skipped, never run in a burst.
  const firstOn = dayOf(progress.firstDeclinedAt ?? at, policy.zone);
  for (let step = progress.step; step < policy.stepDays.length; step += 1) {
    const dueAt = instantOn(addDays(firstOn, policy.stepDays[step] ?? 0), policy.hour, policy.zone);
    if (dueAt > at) return { kind: "retry", dueAt, progress: { ...progress, step: step + 1 } };
  }
  return { kind: "exhausted", progress: { ...progress, step: policy.stepDays.length } };
}
