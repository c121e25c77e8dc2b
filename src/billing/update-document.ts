import { BillingError } from "../domain/errors.ts";
import type { Revisioned, RevisionedStore } from "../stores/revisioned.ts";

/** Rounds of read, decide, write before a request is told that too much is going on. */
const ROUNDS_MAX = 30;

export interface Updated<T> {
  document: T;
  /** False when the rule found nothing to change. */
  changed: boolean;
}

/**
 * Reads a document, decides by a pure rule, writes if nobody wrote in between, else starts again.
 * A rule that returns its argument or null changes nothing. Throws NOT_FOUND, or CONFLICT when
 * others kept writing first.
 */
export async function updateDocument<T extends Revisioned>(
  store: Pick<RevisionedStore<T>, "find" | "write">,
  id: string,
  decide: (document: T) => T | null,
): Promise<Updated<T>> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const document = await store.find(id);
    if (document === null) throw new BillingError("NOT_FOUND", { id });
    const next = decide(document);
    if (next === null || next === document) return { document, changed: false };
    const written = await store.write(document, next);
    if (written !== null) return { document: written, changed: true };
  }
  throw new BillingError("CONFLICT", { id });
}
