import { setImmediate as nextTurn } from "node:timers/promises";
import type { BusinessClock, OperationalClock } from "../lib/clock.ts";
import type { Database } from "./connection.ts";
import { clockSchema } from "./schemas.ts";

/** Business time that stands in the database, shared by all processes. */
export interface TestClockStore extends BusinessClock {
  /** Whether the clock was set: it stands still until it is set again. */
  read(): Promise<Date | null>;
  /** Sets the clock forward. False when it stands later already. */
  set(now: Date): Promise<boolean>;
}

interface ClockDocument {
  _id: string;
  now: Date;
  revision: number;
}

export function createTestClockStore(database: Database, clock: OperationalClock): TestClockStore {
  const model = database.model<ClockDocument>("Clock", clockSchema, "clocks");
  let asked: Promise<Date | null> | null = null;
  // A busy worker asks many times at once. Those of one turn of the event loop share a read that
  // begins after the last of them asked: nobody is told an instant older than his question.
  const read = () => (asked ??= nextTurn().then(readAlone));
  const readAlone = async () => {
    asked = null;
    const found = await model.findOne({ _id: "business" }).lean<ClockDocument>();
    return found?.now ?? null;
  };
  return {
    read,
    now: async () => (await read()) ?? clock.now(),
    async set(now) {
      const changed = await model.updateOne(
        { _id: "business", now: { $lte: now } },
        { $set: { now }, $inc: { revision: 1 } },
      );
      if (changed.matchedCount === 1) return true;
      const inserted = await model.updateOne(
        { _id: "business" },
        { $setOnInsert: { now, revision: 1 } },
        { upsert: true },
      );
      return inserted.upsertedCount === 1;
    },
  };
}
