import type { Decline } from "../domain/decline.ts";
import type { ChargeOutcome } from "../domain/outcome.ts";
import type { CallWait } from "../traffic/traffic.ts";

/** What came of one try to charge or to refund. */
export type AttemptResult =
  /** Nothing was to be done: somebody else has it, or it is not due. */
  | { kind: "skipped"; why: string }
  /** It is not the time for any call of this account; nothing was written. */
  | CallWait
  /** It could not even be claimed; the invoice says when to try again. */
  | { kind: "deferred"; why: string; retryAt: Date }
  | {
      kind: "charged";
      outcome: ChargeOutcome["kind"];
      retryAt: Date | null;
      /** What was declined, and to which order; null where nothing was. */
      decline: { decline: Decline; orderNumber: string } | null;
    };
