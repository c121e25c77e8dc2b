import type { OutboxEntry } from "./events.ts";

/** An entry that waits in the outbox of a document. */
export interface WaitingEntry {
  documentId: string;
  entry: OutboxEntry;
}

/**
 * The order in which the waiting entries of one stream are numbered: by the instant of writing, of
 * one document always by its running number, whatever the clocks of its writers said.
 */
export function inOrderOfWriting<Waiting extends WaitingEntry>(
  documents: readonly (readonly Waiting[])[],
): Waiting[] {
  const timed = documents.flatMap((waiting) => {
    let latestMs = Number.NEGATIVE_INFINITY;
    return waiting.map((one) => {
      latestMs = Math.max(latestMs, one.entry.recordedAt.getTime());
      return { one, atMs: latestMs };
    });
  });
  return timed.toSorted((one, other) => one.atMs - other.atMs).map(({ one }) => one);
}

/** Longest time by which the clocks of two machines are thought to differ, milliseconds. */
const SKEW_MAX_MS = 60_000;

/**
 * Of a document's waiting entries, those that may be numbered in a pass that began at `beganAt`. What
 * was written meanwhile waits for the next pass: what led to it may stand in a document that was read
 * before. An entry from far ahead is the work of a wrong clock and waits for nothing.
 */
export function writtenBefore(entries: readonly OutboxEntry[], beganAt: Date): OutboxEntry[] {
  const first = entries.findIndex(({ recordedAt }) => {
    const aheadMs = recordedAt.getTime() - beganAt.getTime();
    return aheadMs > 0 && aheadMs < SKEW_MAX_MS;
  });
  return first === -1 ? [...entries] : entries.slice(0, first);
}
