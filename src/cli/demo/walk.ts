/** Walks the test clock through the months and tells what happens on the way. */
import { advanceClock } from "../../billing/advance-clock.ts";
import { readConsole } from "../console-reader.ts";
import { tellSimulator } from "../../tell-simulator.ts";
import type { PlannedSubscription } from "./plan.ts";
import { demoEnd } from "./plan.ts";
import type { LedgerEntry, SimulatorClient } from "./simulator-client.ts";
import type { Stage } from "./stage.ts";

export interface WalkInput {
  stage: Stage;
  simulator: SimulatorClient;
  plan: readonly PlannedSubscription[];
  months: number;
  tell: (line: string) => void;
  shouldStop: () => boolean;
}

const DAY_MS = 86_400_000;
const KOREA_AHEAD_MS = 9 * 3_600_000;

/** One line per simulated day that had work. */
export async function walkMonths(input: WalkInput): Promise<void> {
  const end = demoEnd(input.months);
  const flushAt = new Date(end.getTime() - Math.floor(input.months / 2) * 30 * DAY_MS);
  let flushed = false;
  const person = input.stage.gateway.looksUp
    ? null
    : readConsole(input.stage.composition, input.stage.simulatorUrl, "absent");
  let now = await input.stage.composition.businessClock.now();
  while (now < end && !input.shouldStop()) {
    const midnight = nextMidnight(now);
    const target = midnight < end ? midnight : end;
    const flush = !flushed && now >= flushAt && hasDue(input.plan, now, target);
    if (flush) flushed = true;
    await Promise.all([advance(input, target), flush ? flushRedis(input) : undefined]);
    await tellDay(input, now, target);
    now = target;
  }
  await person?.stop();
}

function advance(input: WalkInput, to: Date): Promise<unknown> {
  const { composition } = input.stage;
  return advanceClock(
    {
      ...composition,
      hints: composition.queues.hints,
      tellOthers: (now) => tellSimulator(composition.config, now),
    },
    { to, shouldStop: input.shouldStop },
  );
}

/** The first midnight in Korea after an instant. */
function nextMidnight(now: Date): Date {
  const local = now.getTime() + KOREA_AHEAD_MS;
  return new Date((Math.floor(local / DAY_MS) + 1) * DAY_MS - KOREA_AHEAD_MS);
}

function hasDue(plan: readonly PlannedSubscription[], from: Date, until: Date): boolean {
  return plan.some(({ periods }) =>
    periods.some((period) => period.dueAt >= from && period.dueAt < until),
  );
}

async function flushRedis(input: WalkInput): Promise<void> {
  await input.stage.composition.redis.flushall();
  input.tell("            ★ Redis was flushed in mid-run: every job and schedule is gone");
}

async function tellDay(input: WalkInput, from: Date, until: Date): Promise<void> {
  const entries = await input.simulator.ledger({
    from: from.toISOString(),
    to: until.toISOString(),
  });
  const approvals = entries.filter((entry) => entry.kind === "approval");
  const declines = entries.filter((entry) => entry.kind === "decline");
  const cases = namedCases(input, from, until);
  if (approvals.length + declines.length + cases.length === 0) return;
  const won = approvals.reduce((sum, entry) => sum + (entry.amount ?? 0), 0);
  const day = new Date(from.getTime() + KOREA_AHEAD_MS).toISOString().slice(0, 10);
  const parts = [
    `${String(approvals.length).padStart(3)} paid ₩${won.toLocaleString("en")}`,
    ...(declines.length > 0 ? [`${declines.length} declined`] : []),
    ...lostReplies(approvals, input.stage.gateway.looksUp),
  ];
  input.tell(`${day}  ${parts.join(" · ")}`);
  for (const line of cases) input.tell(`            ★ ${line}`);
}

function lostReplies(approvals: readonly LedgerEntry[], looksUp: boolean): string[] {
  const lost = approvals.filter((entry) => entry.fault !== undefined).length;
  const found = looksUp ? "looked up and found" : "told by a notice";
  return lost === 0 ? [] : [`${lost} ${lost === 1 ? "reply" : "replies"} lost, ${found}`];
}

/** The cases that the demo names, on the days on which they begin. */
function namedCases({ plan, stage }: WalkInput, from: Date, until: Date): string[] {
  const { looksUp } = stage.gateway;
  return plan.slice(0, 5).flatMap((subscription) =>
    subscription.periods.flatMap((period) => {
      const [first] = period.faults;
      if (first == null || period.dueAt < from || period.dueAt >= until) return [];
      return [
        `${subscription.customerName} (${subscription.customerId}): ${describe(period, looksUp)}`,
      ];
    }),
  );
}

function describe(period: PlannedSubscription["periods"][number], looksUp: boolean): string {
  const [first] = period.faults;
  if (first === "hard") {
    return "hard decline (stolen card); never tried again, the subscription becomes unpaid";
  }
  if (first === "hang") {
    return looksUp
      ? "the gateway never answered; asked twice, not there, charged under a new order number"
      : "the gateway never answered; a person saw nothing there, charged under a new order number";
  }
  if (first !== "soft") {
    return looksUp
      ? "the money moved and the reply was lost; looked up, found, charged once"
      : "the money moved and the reply was lost; a notice told of it, charged once";
  }
  return period.ends
    ? "soft declines on every step of the ladder; the subscription becomes unpaid"
    : "soft decline; tried again on a later day and paid";
}
