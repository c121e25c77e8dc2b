import type { AccountPause } from "../domain/account-pause.ts";
import type { OperationalClock } from "../lib/clock.ts";
import type { Database } from "./connection.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { accountPauseSchema } from "./schemas.ts";

/** Gateway accounts that are stopped, or were: a document for each account's charges and refunds. */
export interface AccountPauseStore extends RevisionedStore<AccountPause> {
  /** Those that stand, also where their time is over and nobody has probed yet. */
  listPaused(): Promise<AccountPause[]>;
}

/** More than there are accounts: each is configured by hand. */
const PAUSES_MAX = 1000;

export function createAccountPauseStore(
  database: Database,
  joining: Joining = JOINING,
): AccountPauseStore {
  const model = database.model<Stored<AccountPause>>(
    "AccountPause",
    accountPauseSchema,
    "accountpauses",
  );
  const { many } = createFinders<AccountPause>(model);
  return {
    ...createRevisionedStore<AccountPause>(model, joining),
    listPaused: () => many({ pausedUntil: { $gt: new Date(0) } }, { pausedUntil: 1 }, PAUSES_MAX),
  };
}

/** How old what is known of a pause may be, milliseconds: a charge costs no read of its own. */
const RECENT_MS = 1000;

/**
 * The same store for one process, whose reads are a second old at most. What this process writes it
 * knows at once; what others write, a second later: until then a few more calls go out.
 */
export function withRecentPauses(
  store: AccountPauseStore,
  clock: OperationalClock,
): AccountPauseStore {
  const recent = new Map<string, { readMs: number; reading: Promise<AccountPause | null> }>();
  const forgetting = async <T>(id: string, write: () => Promise<T>): Promise<T> => {
    try {
      return await write();
    } finally {
      recent.delete(id);
    }
  };
  return {
    ...store,
    find(id) {
      const known = recent.get(id);
      const nowMs = clock.monotonicMs();
      if (known !== undefined && nowMs - known.readMs < RECENT_MS) return known.reading;
      const reading = store.find(id);
      recent.set(id, { readMs: nowMs, reading });
      // A read that failed is no knowledge.
      reading.catch(() => recent.delete(id));
      return reading;
    },
    insert: (pause) => forgetting(pause.id, () => store.insert(pause)),
    write: (read, next, guard) => forgetting(read.id, () => store.write(read, next, guard)),
  };
}
