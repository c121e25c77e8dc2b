import type { InboxEntry, InboxState } from "../domain/inbox.ts";
import type { InboxReason } from "../domain/notice-judgement.ts";
import type { Database } from "./connection.ts";
import { type Joining, joinCalls } from "./join-calls.ts";
import { collectionOf } from "./joined-operations.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
  findStored,
} from "./revisioned.ts";
import { inboxSchema } from "./schemas.ts";

/** Notices of gateways, each once: the inbox. */
export interface InboxStore extends Omit<RevisionedStore<InboxEntry>, "insert"> {
  /** Durable when it resolves. `again`: the same text was there, and is counted. */
  receive(entry: InboxEntry): Promise<"new" | "again">;
  /** Those that are to be looked at. */
  listDue(now: Date, limit: number): Promise<{ id: string; revision: number }[]>;
  /** The newest first. */
  list(
    filter: { gateway?: string; state?: InboxState },
    limit: number,
  ): Promise<Omit<InboxEntry, "raw">[]>;
  /** Flagged ones of an order for this reason. */
  listFlagged(orderNumber: string, reason: InboxReason, limit: number): Promise<InboxEntry[]>;
  /** Flagged ones that belong to one of these invoices. */
  listFlaggedOfInvoices(invoiceIds: readonly string[], limit: number): Promise<InboxEntry[]>;
  /** Flagged or unreadable, and not seen by anybody. */
  countUnseen(limit: number): Promise<number>;
  /**
   * Takes the sealed bytes away of those that came before; of those that wait for a person's eyes
   * only what came before `unseenBefore`. At most so many a call; returns how many.
   */
  removeRaw(before: Date, unseenBefore: Date, limit: number): Promise<number>;
}

type StoredEntry = Stored<InboxEntry>;

const WAITING_FOR_EYES = ["flagged", "unreadable"] as const satisfies readonly InboxState[];
const DONE = ["applied", "nothing_to_do"] as const satisfies readonly InboxState[];

export function createInboxStore(database: Database, joining: Joining = JOINING): InboxStore {
  const model = database.model<StoredEntry>("InboxEntry", inboxSchema, "inbox");
  const base = createRevisionedStore<InboxEntry>(model, joining);
  const { many } = createFinders<InboxEntry>(model);
  const count = joinCalls(async (seen: { id: string; at: Date }[]) => {
    await collectionOf(model).bulkWrite(
      seen.map(({ id, at }) => ({
        // Not the revision: whoever is looking at it meanwhile loses nothing by it.
        updateOne: {
          filter: { _id: id },
          update: { $inc: { timesSeen: 1 }, $max: { lastSeenAt: at } },
        },
      })) as never,
      { ordered: false },
    );
    return seen.map(() => ({ answer: undefined }));
  }, joining);
  return {
    find: (id) => base.find(id),
    write: (read, next, guard) => base.write(read, next, guard),
    async receive(entry) {
      if (await base.insert(entry)) return "new";
      await count({ id: entry.id, at: entry.receivedAt });
      return "again";
    },
    async listDue(now, limit) {
      const found = await findStored<Pick<StoredEntry, "_id" | "revision">>(
        model,
        { state: "received", nextActionAt: { $lte: now } },
        { projection: { revision: 1 }, sort: { nextActionAt: 1 }, limit },
      );
      return found.map(({ _id, revision }) => ({ id: _id, revision }));
    },
    async list(filter, limit) {
      const found = await findStored<Omit<StoredEntry, "raw">>(model, filter, {
        projection: { raw: 0 },
        sort: { receivedAt: -1 },
        limit,
      });
      return found.map(({ _id, ...rest }) => ({ id: _id, ...rest }));
    },
    listFlagged: (orderNumber, reason, limit) =>
      many({ "facts.orderNumber": orderNumber, state: "flagged", reason }, { _id: 1 }, limit),
    listFlaggedOfInvoices: (invoiceIds, limit) =>
      many({ invoiceId: { $in: [...invoiceIds] }, state: "flagged" }, { _id: 1 }, limit),
    async countUnseen(limit) {
      const filter = { state: { $in: [...WAITING_FOR_EYES] }, seen: false };
      return (await findStored(model, filter, { projection: { _id: 1 }, limit })).length;
    },
    removeRaw: (before, unseenBefore, limit) => removeRaw(model, { before, unseenBefore, limit }),
  };
}

const came = (until: Date) => ({ rawSince: { $gt: new Date(0), $lte: until } });

async function removeRaw(
  model: Parameters<typeof findStored>[0],
  age: { before: Date; unseenBefore: Date; limit: number },
): Promise<number> {
  const old = [
    { ...came(age.before), state: { $in: [...DONE] } },
    { ...came(age.before), state: { $in: [...WAITING_FOR_EYES] }, seen: true },
    { ...came(age.unseenBefore), state: { $in: [...WAITING_FOR_EYES] } },
  ];
  let removed = 0;
  for (const filter of old) {
    const limit = age.limit - removed;
    if (limit <= 0) break;
    const options = { projection: { _id: 1 as const }, sort: { rawSince: 1 as const }, limit };
    const ids = (await findStored(model, filter, options)).map(({ _id }) => _id);
    if (ids.length === 0) continue;
    const gone = await collectionOf(model).updateMany(
      { _id: { $in: ids } },
      {
        $set: { raw: null, rawSince: null },
      },
    );
    removed += gone.matchedCount;
  }
  return removed;
}
