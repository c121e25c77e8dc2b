import type { OperationalClock } from "../../lib/clock.ts";
import { MongoError } from "./errors.ts";
import type { RawDoc } from "./values.ts";

const IDLE_MS_MAX = 10 * 60 * 1000;
const CURSORS_MAX = 10_000;
const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** The rest of an answer that did not fit into its first batch; it shows one instant. */
interface Cursor {
  readonly namespace: string;
  readonly rest: readonly RawDoc[];
  position: number;
  usedAtMs: number;
}

export interface Batch {
  readonly cursorId: bigint;
  readonly documents: readonly RawDoc[];
}

/** The open cursors of all connections. */
export interface Cursors {
  /** The first batch, and a cursor for the rest unless `isSingle`. */
  open(
    namespace: string,
    all: readonly RawDoc[],
    size: { batch: number; isSingle: boolean },
  ): Batch;
  /** The next batch; `batch` of 0 takes what fits into one message. */
  next(namespace: string, cursorId: bigint, batch: number): Batch;
  /** Forgets a cursor; false where there is none. */
  kill(cursorId: bigint): boolean;
}

export function createCursors(clock: OperationalClock): Cursors {
  const cursors = new Map<bigint, Cursor>();
  let lastId = 0n;

  const dropIdle = (): void => {
    const now = clock.monotonicMs();
    for (const [id, { usedAtMs }] of cursors) if (now - usedAtMs > IDLE_MS_MAX) cursors.delete(id);
  };

  return {
    open(namespace, all, { batch, isSingle }) {
      const documents = takeBatch(all, 0, batch);
      if (isSingle || documents.length === all.length) return { cursorId: 0n, documents };
      dropIdle();
      if (cursors.size >= CURSORS_MAX) {
        throw new MongoError("BadValue", `too many open cursors (${CURSORS_MAX})`);
      }
      lastId += 1n;
      const usedAtMs = clock.monotonicMs();
      cursors.set(lastId, { namespace, rest: all, position: documents.length, usedAtMs });
      return { cursorId: lastId, documents };
    },

    next(namespace, cursorId, batch) {
      const cursor = cursors.get(cursorId);
      if (cursor === undefined) {
        throw new MongoError("CursorNotFound", `cursor id ${cursorId} not found`);
      }
      if (cursor.namespace !== namespace) {
        throw new MongoError(
          "Unauthorized",
          `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
        );
      }
      const size = batch === 0 ? cursor.rest.length : batch;
      const documents = takeBatch(cursor.rest, cursor.position, size);
      cursor.position += documents.length;
      cursor.usedAtMs = clock.monotonicMs();
      const isDone = cursor.position === cursor.rest.length;
      if (isDone) cursors.delete(cursorId);
      return { cursorId: isDone ? 0n : cursorId, documents };
    },

    kill: (cursorId) => cursors.delete(cursorId),
  };
}

/** As many documents as asked for and as one message may hold. */
function takeBatch(all: readonly RawDoc[], from: number, count: number): RawDoc[] {
  let bytes = 0;
  let end = from;
  while (end < all.length && end - from < count) {
    bytes += (all[end] as RawDoc).length;
    if (bytes > BATCH_BYTES_MAX && end > from) break;
    end += 1;
  }
  return all.slice(from, end);
}
