/** Business time goes on day by day, while faults strike and charges are still under way. */
import type { Composition } from "../../compose.ts";
import { sleep, systemClock } from "../../lib/clock.ts";
import { tellSimulator } from "../../tell-simulator.ts";
import { isDatabaseUnavailable } from "../../stores/connection.ts";
import type { StormCalendar } from "./calendar.ts";
import type { Injector } from "./injector.ts";
import type { LedgerFeed } from "./ledger-feed.ts";
import { type Stragglers, createStragglers } from "./stragglers.ts";
import type { Tally } from "./tally.ts";

export interface Walk {
  composition: Composition;
  calendar: StormCalendar;
  tally: Tally;
  feed: LedgerFeed;
  injector: Injector;
  untilMs: number | null;
  stopped: () => boolean;
  onLook: (injector: Injector) => void;
}

/** Raised when somebody pressed Ctrl-C. */
export class StoppedError extends Error {
  constructor() {
    super("stopped");
    this.name = "StoppedError";
  }
}

const DAY_MS = 86_400_000;
const LOOK_MS = 150;
/** The clock waits while so many due periods are without an approval. */
const BACKLOG_MAX = 200;
/** With too many faults waiting, a new day is begun when no more than this is under way. */
const BACKLOG_LOW = 8;
/** So many faults may wait until their victim stands again, while charges go on. */
const OVERDUE_MAX = 5;
/** In the last part of the charges none may: each is to meet work. */
const LAST_SHARE = 0.85;
/**
 * The ledger tells periods apart by date alone: each must be settled before the next one of its
 * subscription is due, which is 28 days at the least. Whoever is declined at the end of this time
 * has the seven days of the ladder before that.
 */
const STRAGGLER_DAYS = 18;
/** Told events are kept for so long. */
const EVENT_DAYS = 27;

/** Walks to the end, or to the end of the month in which time ran out. Returns that month's end. */
export async function walkCalendar(walk: Walk): Promise<Date> {
  const position: Position = { now: new Date(0), due: 0, stragglers: createStragglers(walk) };
  let month = 0;
  for (const day of walk.calendar.days()) {
    if (day.getUTCDate() === 1 && position.due > 0) {
      if (isOver(walk)) break;
      month += 1;
      await forgetEvents(walk, day);
    }
    await untilReadyFor(walk, position, day);
    await moveClock(walk, day);
    position.now = day;
    position.due = walk.calendar.dueBy(day);
  }
  await walk.injector.finish();
  return walk.calendar.endOfMonth(month);
}

interface Position {
  now: Date;
  due: number;
  stragglers: Stragglers;
}

function isOver(walk: Walk): boolean {
  return walk.untilMs !== null && systemClock.monotonicMs() > walk.untilMs;
}

async function untilReadyFor(walk: Walk, position: Position, day: Date): Promise<void> {
  for (;;) {
    if (walk.stopped()) throw new StoppedError();
    if (isOver(walk)) walk.injector.end();
    await look(walk, position);
    const before = new Date(day.getTime() - STRAGGLER_DAYS * DAY_MS);
    if (mayGoOn(walk, position) && !(await position.stragglers.exist(before, position.now))) return;
    await sleep(LOOK_MS);
  }
}

/** Reads the ledger on, and lets faults strike. */
async function look(walk: Walk, position: Position): Promise<void> {
  await walk.feed.read();
  const settled = walk.tally.paid();
  walk.injector.tick({ settled, inFlight: countUnderWay(walk, position) });
  walk.onLook(walk.injector);
}

/** Due periods without an approval. */
function countUnderWay({ calendar, tally }: Walk, { due, stragglers, now }: Position): number {
  let never = 0;
  for (const subscription of stragglers.ended) {
    for (let month = subscription.firstMonth; month < calendar.months; month += 1) {
      if (calendar.dueAt(subscription, month) > now) break;
      if (tally.approvals(subscription, month) === 0) never += 1;
    }
  }
  return due - tally.paid() - never;
}

function mayGoOn(walk: Walk, position: Position): boolean {
  const { injector } = walk;
  const settled = walk.tally.paid();
  const underWay = countUnderWay(walk, position);
  const isLast = settled > walk.calendar.charges * LAST_SHARE;
  if (injector.overdue(settled) <= (isLast ? 0 : OVERDUE_MAX)) return underWay < BACKLOG_MAX;
  return underWay < BACKLOG_LOW && injector.wantsWork(settled);
}

/** Told events decide nothing. They would be most of a long run's documents, so old ones go. */
async function forgetEvents({ composition, stopped }: Walk, day: Date): Promise<void> {
  const before = new Date(day.getTime() - EVENT_DAYS * DAY_MS);
  await untilDone(stopped, async () => {
    await composition.database.collection("events").deleteMany({ at: { $lt: before } });
  });
}

/** The simulator first: no charge of a day may reach it while it still lives in the past. */
async function moveClock({ composition, stopped }: Walk, now: Date): Promise<void> {
  await tellSimulator(composition.config, now);
  await untilDone(stopped, async () => {
    await composition.testClock?.set(now);
  });
  await composition.queues.hints.sweep();
}

/** Repeats what the database refuses while it is away. */
export async function untilDone(stopped: () => boolean, what: () => Promise<void>): Promise<void> {
  for (;;) {
    if (stopped()) throw new StoppedError();
    try {
      return await what();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      await sleep(LOOK_MS);
    }
  }
}
