import { BillingError } from "../domain/errors.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";

/**
 * The document that an earlier request with the same key made, or null where there is none. Throws
 * IDEMPOTENCY_KEY_REUSED when that request had another body.
 */
export function replayOf<T>(
  earlier: T | null,
  earlierMark: IdempotencyMark | null,
  mark: IdempotencyMark,
): T | null {
  if (earlier === null) return null;
  if (earlierMark?.bodyHash !== mark.bodyHash) throw new BillingError("IDEMPOTENCY_KEY_REUSED");
  return earlier;
}
