/** Which faults happen, to whom and when: fixed by the seed before anything is started. */
import { createRandom } from "./random.ts";

/** Faults that are a SIGKILL. */
export const KILLS = [
  "kill_worker",
  "kill_redis",
  "rollback_redis",
  "kill_mongo",
  "kill_api",
] as const;

/** Faults that leave every process alive. */
export const DISTURBANCES = [
  "freeze_worker",
  "flush_redis",
  "fill_redis",
  "stop_redis",
  "stop_mongo",
  "cut_mongo",
  "cut_mongo_after_write",
  "cut_redis",
] as const;

export type FaultKind = (typeof KILLS)[number] | (typeof DISTURBANCES)[number];

export const FAULT_KINDS: readonly FaultKind[] = [...KILLS, ...DISTURBANCES];

/** Of so many faults, how many are of each kind; `max` keeps slow ones from filling a long run. */
const SHARES: Readonly<Record<FaultKind, { weight: number; max?: number }>> = {
  kill_worker: { weight: 20 },
  kill_redis: { weight: 4, max: 200 },
  rollback_redis: { weight: 3, max: 100 },
  kill_mongo: { weight: 4, max: 100 },
  kill_api: { weight: 2, max: 60 },
  freeze_worker: { weight: 8 },
  flush_redis: { weight: 6 },
  fill_redis: { weight: 3 },
  stop_redis: { weight: 3 },
  stop_mongo: { weight: 4 },
  cut_mongo: { weight: 4 },
  cut_mongo_after_write: { weight: 6 },
  cut_redis: { weight: 4 },
};

export interface PlannedFault {
  kind: FaultKind;
  /** It strikes once so many charges are settled. */
  atCharge: number;
  /** Which of several victims: taken modulo how many there are. */
  victim: number;
  /** In [0, 1): how long it lasts, within the bounds of its kind. */
  strength: number;
}

export interface FaultWish {
  seed: number;
  charges: number;
  /** Faults of all kinds together. */
  faults: number;
  /** SIGKILLs among them. */
  kills: number;
  /** Kinds that cannot happen here, such as the API's death where there is none. */
  without?: readonly FaultKind[];
}

/** Faults strike within this part of the charges, so that each one meets work. */
const FIRST_SHARE = 0.01;
const LAST_SHARE = 0.95;

/** The faults in the order in which they strike. */
export function planFaults(wish: FaultWish): PlannedFault[] {
  const random = createRandom(wish.seed);
  const possible = (kinds: readonly FaultKind[]) =>
    kinds.filter((kind) => wish.without?.includes(kind) !== true);
  const kinds = random.shuffle([
    ...apportion(possible(KILLS), wish.kills),
    ...apportion(possible(DISTURBANCES), wish.faults - wish.kills),
  ]);
  const first = wish.charges * FIRST_SHARE;
  const gap = (wish.charges * (LAST_SHARE - FIRST_SHARE)) / Math.max(1, kinds.length);
  return kinds.map((kind, position) => ({
    kind,
    atCharge: Math.floor(first + gap * (position + random.next())),
    victim: random.between(0, 1_000_000),
    strength: random.next(),
  }));
}

/** So many kinds in proportion to their weights; each at least once where there is room. */
export function apportion(kinds: readonly FaultKind[], total: number): FaultKind[] {
  const counts = new Map<FaultKind, number>(kinds.map((kind) => [kind, 0]));
  for (let given = 0; given < total; given += 1) {
    const [next] = kinds
      .map((kind) => ({ kind, count: counts.get(kind) ?? 0, ...SHARES[kind] }))
      .filter(({ count, max }) => max === undefined || count < max)
      // Whoever is furthest behind its share; one that never came goes before all others.
      .sort(
        (one, other) =>
          one.count / one.weight - other.count / other.weight || other.weight - one.weight,
      );
    if (next === undefined) break;
    counts.set(next.kind, next.count + 1);
  }
  return kinds.flatMap((kind) => Array.from({ length: counts.get(kind) ?? 0 }, () => kind));
}
