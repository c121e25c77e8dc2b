/** What happens to the subscriptions of the test: all of it hangs on the seed. */

/** A small generator with a seed: the same seed gives the same numbers. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface PlannedSubscription {
  customerId: string;
  cycleDay: number;
  trialDays: number;
  startOn: string | null;
  firstCharge: "now" | "cycleDay";
  amount: number;
  /** Rules for the simulator. */
  rules: unknown[];
  /** Month, from 0, in which it is cancelled, and how. */
  cancel: { month: number; how: "now" | "at_period_end" | "in_flight" } | null;
  /** Periods that are refunded a month after they began. */
  refunds: { period: number; part: boolean; fault: string | null }[];
}

export const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 86_400_000;

/** Few cycle days, so that many subscriptions fall due together. */
const CYCLE_DAYS = [5, 15, 25, 31] as const;

/** Months in which charges may be swallowed: the wait until they count as absent is shared. */
const SWALLOWING_MONTHS: ReadonlySet<number> = new Set([6, 15]);

export function createPlan(seed: number, size: number, months: number): PlannedSubscription[] {
  return Array.from({ length: size }, (_none, index) =>
    planOne(createRandom(seed * 1000 + index), index, months),
  );
}

function planOne(random: () => number, index: number, months: number): PlannedSubscription {
  const customerId = `why-${index}`;
  const rules = Array.from({ length: months + 1 }, (_none, month) =>
    monthRules(random, customerId, month),
  );
  const cancel = planCancel(random, months);
  const inFlight = cancel?.how === "in_flight" ? [slowReply(customerId, cancel.month)] : [];
  return {
    customerId,
    cycleDay: CYCLE_DAYS[index % CYCLE_DAYS.length] ?? 5,
    trialDays: index % 20 === 7 ? 40 : 0,
    startOn: index % 20 === 11 ? "2026-04-01" : null,
    firstCharge: index % 10 === 3 ? "now" : "cycleDay",
    amount: 4900 + 100 * (index % 50),
    // The first rule that matches wins: a slow reply must not meet another fault.
    rules: [...inFlight, ...rules.flat()],
    cancel,
    refunds: planRefunds(random, months),
  };
}

function planCancel(random: () => number, months: number): PlannedSubscription["cancel"] {
  const draw = random();
  const month = 2 + Math.floor(random() * (months - 4));
  if (draw < 0.08) return { month, how: "now" };
  if (draw < 0.13) return { month, how: "at_period_end" };
  return draw < 0.18 ? { month, how: "in_flight" } : null;
}

function planRefunds(random: () => number, months: number): PlannedSubscription["refunds"] {
  return Array.from({ length: months }, (_none, period) => ({
    period,
    draw: random(),
    part: random() < 0.5,
  }))
    .filter(({ draw }) => draw < 0.03)
    .map(({ period, part, draw }) => ({
      period,
      part,
      fault: part || draw > 0.02 ? null : "commit_then_drop",
    }));
}

/** The month's window by the test's calendar: every due day of it lies inside. */
function windowOf(month: number): { from: string; until: string } {
  const from = new Date(Date.UTC(2026, month, 1) - 9 * 3_600_000);
  const until = new Date(Date.UTC(2026, month + 1, 1) - 9 * 3_600_000);
  return { from: from.toISOString(), until: until.toISOString() };
}

function slowReply(customerId: string, month: number): unknown {
  const match = { operation: "payments", buyerId: customerId, ...windowOf(month) };
  return { match, effect: { replyDelayMs: 300 } };
}

function monthRules(random: () => number, customerId: string, month: number): unknown[] {
  const match = { operation: "payments", buyerId: customerId, ...windowOf(month) };
  const first = firstFault(random(), month);
  if (first === null) return [];
  const more = first.kind === "soft" ? softTail(random) : [];
  return [first.effect, ...more].map((effect, position) => ({
    match,
    nth: position + 1,
    effect,
  }));
}

function firstFault(draw: number, month: number): { kind: string; effect: unknown } | null {
  if (draw < 0.04) return { kind: "soft", effect: { decline: draw < 0.02 ? "2001" : "2002" } };
  if (draw < 0.05) return { kind: "merchant", effect: { decline: "E007" } };
  if (draw < 0.053) return { kind: "hard", effect: { decline: "2003" } };
  if (draw < 0.063) return { kind: "lost", effect: "commit_then_drop" };
  if (draw < 0.073) return { kind: "lost", effect: "commit_then_500" };
  if (draw < 0.083) return { kind: "lost", effect: { decryptFails: 2 } };
  if (draw < 0.088) return { kind: "unsent", effect: "token_refused" };
  return SWALLOWING_MONTHS.has(month) && draw < 0.12 ? { kind: "swallowed", effect: "drop" } : null;
}

/** Declines of the tries that follow; about one ladder in ten is used up. */
function softTail(random: () => number): unknown[] {
  const draw = random();
  const length = draw < 0.12 ? 4 : Math.floor(draw * 3);
  return Array.from({ length }, () => ({ decline: "2001" }));
}

/** 10:00 in Korea on the day of an instant, or on the next one where that has passed. */
export function atTen(from: Date): Date {
  const ten = Math.floor(from.getTime() / DAY_MS) * DAY_MS + 3_600_000;
  return new Date(ten >= from.getTime() ? ten : ten + DAY_MS);
}
