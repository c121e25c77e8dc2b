import { systemClock } from "../../src/lib/clock.ts";
import { type Subject, cpuMicros } from "./subject.ts";

/** One thing that is measured. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly aim: string;
  run(subject: Subject): Promise<Sample>;
}

export interface Sample {
  readonly perSecond: number;
  readonly serverMicros: number;
}

const BULK = 500;
const BULKS = 40;
const RANGES = 300;
const RANGE_LIMIT = 200;

/** Everything that the bench measures of a running server. */
export const MEASURES: readonly Measure[] = [
  conditional({ inFlight: 1, count: 1_000, aim: "800" }),
  conditional({ inFlight: 20, count: 8_000, aim: "4,500" }),
  conditional({ inFlight: 200, count: 12_000, aim: "6,000" }),
  {
    name: `bulk of ${BULK} conditional updates`,
    unit: "updates per second",
    aim: "27,000",
    run: (subject) => timed(subject, BULK * BULKS, () => bulks(subject)),
  },
  {
    name: `range and sort, limit ${RANGE_LIMIT}`,
    unit: "queries per second",
    aim: "450",
    run: (subject) => timed(subject, RANGES, () => ranges(subject)),
  },
];

function conditional(load: { inFlight: number; count: number; aim: string }): Measure {
  return {
    name: `conditional findOneAndUpdate, ${load.inFlight} in flight`,
    unit: "per second",
    aim: load.aim,
    run: (subject) => timed(subject, load.count, () => conditionals(subject, load)),
  };
}

async function timed(
  { server }: Subject,
  count: number,
  run: () => Promise<void>,
): Promise<Sample> {
  const cpuBefore = cpuMicros(server.pid);
  const startedMs = systemClock.monotonicMs();
  await run();
  const seconds = (systemClock.monotonicMs() - startedMs) / 1_000;
  return {
    perSecond: count / seconds,
    serverMicros: (cpuMicros(server.pid) - cpuBefore) / count,
  };
}

/** Each update has the revision that it read as its condition, and every one must win. */
async function conditionals(
  subject: Subject,
  { inFlight, count }: { inFlight: number; count: number },
): Promise<void> {
  const { rows, ids, revisions } = subject;
  let next = Math.floor(ids.length * 0.37);
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      next = (next + 7_919) % ids.length;
      const id = ids[next] as string;
      const revision = revisions.get(id) ?? 0;
      revisions.set(id, revision + 1);
      const row = await rows.findOneAndUpdate(...stepOf(id, revision), { returnDocument: "after" });
      if (row?.revision !== revision + 1) throw new Error(`${id} was not at ${revision}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

async function bulks({ rows, ids, revisions }: Subject): Promise<void> {
  for (let bulk = 0; bulk < BULKS; bulk++) {
    const chosen = Array.from({ length: BULK }, (_, i) => ids[(bulk * 7_919 + i) % ids.length]);
    const operations = (chosen as string[]).map((id) => {
      const revision = revisions.get(id) ?? 0;
      revisions.set(id, revision + 1);
      const [filter, update] = stepOf(id, revision);
      return { updateOne: { filter, update } };
    });
    const { modifiedCount } = await rows.bulkWrite(operations, { ordered: false });
    if (modifiedCount !== BULK) throw new Error(`${modifiedCount} of ${BULK} matched`);
  }
}

async function ranges({ rows }: Subject): Promise<void> {
  for (let i = 0; i < RANGES; i++) {
    const from = new Date(1_780_000_000_000 + i * 60_000_000);
    const found = await rows
      .find({ state: "open", dueAt: { $gte: from } })
      .sort({ dueAt: 1 })
      .limit(RANGE_LIMIT)
      .batchSize(RANGE_LIMIT)
      .toArray();
    if (found.length !== RANGE_LIMIT) throw new Error(`${found.length} documents`);
  }
}

function stepOf(_id: string, revision: number) {
  const next = revision + 1;
  const changes = { revision: next, token: `token_${next}`, dueAt: dueAtOf(_id, next) };
  return [{ _id, revision }, { $set: changes }] as const;
}

/** Another instant each time, so that an index changes as well. */
function dueAtOf(id: string, revision: number): Date {
  const number = Number(id.slice(4));
  return new Date(1_780_000_000_000 + ((number * 7_919 + revision * 104_729) % 1_000_003) * 60_000);
}
