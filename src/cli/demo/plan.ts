/**
 * What the demo will show: who subscribes to what, which gateway faults will happen, and a calendar
 * of what is due. The calendar is computed here with plain arithmetic, on purpose without the
 * product's own rules: it is what the ledger is checked against.
 */
import { createHash } from "node:crypto";

export interface PlanOptions {
  subscriptions: number;
  months: number;
  seed: number;
}

/** Faults of a charge, in the simulator's words. */
export type PlannedFault = "soft" | "hard" | "drop" | "http_500" | "enc_data" | "hang";

export interface PlannedPeriod {
  /** First day, YYYY-MM-DD in Korea. */
  startOn: string;
  dueAt: Date;
  /** Due instant of the next period. */
  untilAt: Date;
  /** By attempt number, from 1; null: the charge goes well. */
  faults: (PlannedFault | null)[];
  /** Whether the faults end in a final decline. */
  ends: boolean;
}

export interface PlannedSubscription {
  index: number;
  customerId: string;
  customerName: string;
  planId: string;
  productName: string;
  amount: number;
  cycleDay: number;
  firstCharge: "now" | "cycleDay";
  /** Periods due within the demo; none after one that ends the subscription. */
  periods: PlannedPeriod[];
}

/** Business time at which the demo begins: 1 January 2026, 09:00 in Korea. */
export const DEMO_START = new Date("2026-01-01T00:00:00Z");

/** End of the demo: midnight in Korea, so many months after its start. */
export function demoEnd(months: number): Date {
  return new Date(Date.UTC(2026, months, 1) - KOREA_AHEAD_MS);
}

const KOREA_AHEAD_MS = 9 * 3_600_000;

/** Tries after the first decline: the product's default ladder. */
const LADDER_STEPS = 4;

/** No period has more attempts than this: faults of the plan stop before. */
const ATTEMPTS_MAX = 8;

const PLANS = [
  { planId: "basic", productName: "베이직 월간 구독", amount: 4900 },
  { planId: "standard", productName: "스탠다드 월간 구독", amount: 9900 },
  { planId: "pro", productName: "프로 월간 구독", amount: 19_900 },
  { planId: "team", productName: "팀 월간 구독", amount: 33_000 },
] as const;

const NAMES = [
  "김하늘",
  "이도윤",
  "박서연",
  "최민준",
  "정지우",
  "강예린",
  "조현우",
  "윤수아",
] as const;

/** The same options give the same plan, always. */
export function createPlan(options: PlanOptions): PlannedSubscription[] {
  return Array.from({ length: options.subscriptions }, (_none, index) => planOne(options, index));
}

function planOne(options: PlanOptions, index: number): PlannedSubscription {
  const { seed } = options;
  const plan = PLANS[index % PLANS.length] ?? PLANS[0];
  // Every fourth anchor is a day that some month does not have.
  const cycleDay =
    index % 4 === 3 ? 29 + (index % 3) : 1 + Math.floor(chance(seed, index, "day") * 28);
  const firstCharge = index % 10 === 9 ? "now" : "cycleDay";
  return {
    index,
    customerId: `demo-${String(index + 1).padStart(5, "0")}`,
    customerName: NAMES[index % NAMES.length] ?? NAMES[0],
    ...plan,
    cycleDay,
    firstCharge,
    periods: planPeriods(options, index, dueDays(options.months, cycleDay, firstCharge)),
  };
}

interface DueDay {
  on: string;
  at: Date;
}

/** Every due day from the start on, and the one after the end. */
function dueDays(months: number, cycleDay: number, firstCharge: "now" | "cycleDay"): DueDay[] {
  const days: DueDay[] = firstCharge === "now" ? [{ on: "2026-01-01", at: DEMO_START }] : [];
  for (let month = 0; month <= months + 1; month += 1) {
    const lastDay = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate();
    const day = Math.min(cycleDay, lastDay);
    const midnight = new Date(Date.UTC(2026, month, day));
    const on = midnight.toISOString().slice(0, 10);
    // A charge of today's own cycle day is period 0 already.
    if (firstCharge === "now" && on === "2026-01-01") continue;
    days.push({ on, at: new Date(midnight.getTime() + 10 * 3_600_000 - KOREA_AHEAD_MS) });
  }
  return days;
}

function planPeriods(options: PlanOptions, index: number, days: DueDay[]): PlannedPeriod[] {
  const end = demoEnd(options.months);
  const periods: PlannedPeriod[] = [];
  for (const [number, day] of days.entries()) {
    const next = days[number + 1];
    if (day.at >= end || next === undefined) break;
    const faults = planFaults(options.seed, index, number);
    const ends = isFinallyDeclined(faults);
    periods.push({ startOn: day.on, dueAt: day.at, untilAt: next.at, faults, ends });
    if (ends) break;
  }
  return periods;
}

/** A fault hangs on seed, subscription, period and attempt, and on nothing else. */
function planFaults(seed: number, index: number, period: number): (PlannedFault | null)[] {
  const faults: (PlannedFault | null)[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const fault = castFault(index, period, attempt) ?? drawFault(seed, index, period, attempt);
    faults.push(fault === "none" ? null : fault);
    if (fault !== "soft" && fault !== "hang") break;
    if (isFinallyDeclined(faults)) break;
  }
  return faults;
}

function isFinallyDeclined(faults: readonly (PlannedFault | null)[]): boolean {
  const softDeclines = faults.filter((fault) => fault === "soft").length;
  return faults.includes("hard") || softDeclines > LADDER_STEPS;
}

/** The first five subscriptions always show the cases that the demo names. */
const CAST: Readonly<Record<string, PlannedFault | "none">> = {
  "0/1/1": "soft",
  "0/1/2": "none",
  "1/2/1": "hard",
  "2/1/1": "drop",
  "3/2/1": "hang",
  "3/2/2": "none",
  "4/1/1": "soft",
  "4/1/2": "soft",
  "4/1/3": "soft",
  "4/1/4": "soft",
  "4/1/5": "soft",
};

/** Members of the cast have no faults by chance before their case: it must come. */
function castFault(
  index: number,
  period: number,
  attempt: number,
): PlannedFault | "none" | undefined {
  const planned = CAST[`${index}/${period}/${attempt}`];
  return planned ?? (index < 5 && period < 3 ? "none" : undefined);
}

function drawFault(
  seed: number,
  index: number,
  period: number,
  attempt: number,
): PlannedFault | "none" {
  const draw = chance(seed, index, `${period}/${attempt}`);
  if (attempt > 1) return draw < 0.3 ? "soft" : "none";
  if (draw < 0.05) return "soft";
  if (draw < 0.055) return "hard";
  if (draw < 0.07) return "drop";
  if (draw < 0.08) return "http_500";
  if (draw < 0.09) return "enc_data";
  return "none";
}

/** A number in [0, 1) that hangs on its arguments alone. */
function chance(seed: number, index: number, what: string): number {
  const digest = createHash("sha256").update(`${seed}/${index}/${what}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** The simulator's effect for each planned fault. */
export function effectOf(fault: PlannedFault, index: number, seals: boolean): unknown {
  switch (fault) {
    case "soft":
      return { decline: index % 2 === 0 ? "2002" : "2001" };
    case "hard":
      return { decline: "2003" };
    case "drop":
      return "commit_then_drop";
    case "http_500":
      return "commit_then_500";
    case "enc_data":
      return seals ? { decryptFails: 1 } : "commit_then_garbage";
    case "hang":
      return "hang";
  }
}
