/**
 * The breakers as one process sees them. Asking is synchronous and counting never waits: a copy of
 * each state is kept here, brought up to date several times a second and with every change of ours.
 */
import type { OperationalClock } from "../lib/clock.ts";
import {
  type BreakerPolicy,
  type BreakerState,
  NEW_BREAKER,
  countCalls,
  grantProbe,
} from "../lib/circuit-breaker.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { BreakerStore, ChangedBreaker, ReadBreaker } from "./breaker-store.ts";

export interface BreakersOptions {
  store: BreakerStore;
  policy: BreakerPolicy;
  clock: OperationalClock;
  log: Logger;
  /** Put before every key. */
  prefix: string;
}

/** What a breaker guards. */
export interface Guarded {
  gateway: string;
  account: string;
}

/** A breaker as this process knows it. */
export interface BreakerView {
  kind: BreakerState["kind"];
  term: number;
  /** Not closed: how long until a probe may be asked for; 0: now. */
  waitMs: number;
}

export interface Breakers {
  look(guarded: Guarded): BreakerView;
  /** What came of a call that was begun in a term. Never waits and never throws. */
  note(guarded: Guarded, term: number, worked: boolean): void;
  /** Whether this call may be the probe. Of all processes one is told so. */
  takeProbe(guarded: Guarded, probeMs: number): Promise<boolean>;
  /** As it stands in Redis; rejects where Redis is away. */
  read(guarded: Guarded): Promise<BreakerState>;
  close(): void;
}

/** How often a process looks at what the others have found. */
const LOOK_MS = 250;
/** Without Redis nobody knows of the others, and what was known grows old: calls pass. */
const KNOWN_FOR_MS = 5000;

interface Known {
  key: string;
  labels: Guarded;
  /** By the store's clock at the moment of reading. */
  read: ReadBreaker;
  /** On this process's own clock. */
  readAtMs: number;
  /** Ends of calls that are not in Redis yet, by the term in which they were begun. */
  tally: Map<number, { worked: number; failed: number }>;
  /** At most one exchange with Redis at a time; what is noted meanwhile goes with the next. */
  syncing: boolean;
  /** Something was noted meanwhile that must not wait for the next look. */
  urgent: boolean;
}

export function createBreakers(options: BreakersOptions): Breakers {
  const { clock, store } = options;
  const known = new Map<string, Known>();
  const keyOf = ({ gateway, account }: Guarded) =>
    `${options.prefix}:breaker:${gateway}:${account}`;
  const sync = async (one: Known): Promise<void> => {
    if (one.syncing) return;
    one.syncing = true;
    do {
      one.urgent = false;
      await exchange(options, one);
    } while (one.urgent);
    one.syncing = false;
  };
  const get = (guarded: Guarded): Known => {
    const key = keyOf(guarded);
    const found = known.get(key) ?? unknownYet(key, guarded);
    if (!known.has(key)) {
      known.set(key, found);
      void sync(found);
    }
    return found;
  };
  const timer = setInterval(() => {
    for (const one of known.values()) void sync(one);
  }, LOOK_MS);
  timer.unref();
  return {
    look: (guarded) => view(get(guarded), clock.monotonicMs()),
    note(guarded, term, worked) {
      const one = get(guarded);
      const counts = one.tally.get(term) ?? { worked: 0, failed: 0 };
      counts[worked ? "worked" : "failed"] += 1;
      one.tally.set(term, counts);
      // A failure may open it, and a probe's success closes it: that is told at once.
      if (worked && view(one, clock.monotonicMs()).kind === "closed") return;
      one.urgent = true;
      void sync(one);
    },
    async takeProbe(guarded, probeMs) {
      try {
        const changed = await store.change(keyOf(guarded), (state, nowMs) =>
          grantProbe(state, probeMs, nowMs),
        );
        if (changed === null) return false;
        keep(get(guarded), changed, clock);
        return true;
      } catch {
        return false;
      }
    },
    read: async (guarded) => (await store.read(keyOf(guarded))).state,
    close: () => clearInterval(timer),
  };
}

function unknownYet(key: string, { gateway, account }: Guarded): Known {
  return {
    key,
    labels: { gateway, account },
    read: { state: NEW_BREAKER, nowMs: 0 },
    readAtMs: 0,
    tally: new Map(),
    syncing: false,
    urgent: false,
  };
}

function view({ read, readAtMs }: Known, monotonicMs: number): BreakerView {
  const { state, nowMs } = read;
  const ageMs = monotonicMs - readAtMs;
  if (ageMs > KNOWN_FOR_MS) return { kind: "closed", term: state.term, waitMs: 0 };
  return {
    kind: state.kind,
    term: state.term,
    waitMs: Math.max(0, state.untilMs - nowMs - ageMs),
  };
}

function keep(one: Known, read: ReadBreaker, clock: OperationalClock): void {
  // An answer that was overtaken says less than what is known.
  if (read.nowMs < one.read.nowMs && read.state.term < one.read.state.term) return;
  one.read = { state: read.state, nowMs: read.nowMs };
  one.readAtMs = clock.monotonicMs();
}

/** Tells Redis what was noted here, and learns how the breaker stands. Never rejects. */
async function exchange(options: BreakersOptions, one: Known): Promise<void> {
  const { store, clock, log } = options;
  const tally = [...one.tally];
  one.tally.clear();
  try {
    if (tally.length === 0) {
      keep(one, await store.read(one.key), clock);
      return;
    }
    const changed = await store.change(one.key, (before, nowMs) =>
      tally.reduce(
        (state, [term, counts]) => countCalls(state, { term, ...counts }, options.policy, nowMs),
        before,
      ),
    );
    if (changed === null) return;
    keep(one, changed, clock);
    tellChange(options, one.labels, changed);
  } catch (error) {
    // What was noted is lost: without Redis there is no breaker, and calls pass.
    log.debug({ ...one.labels, err: describeError(error) }, "a breaker cannot be read");
  }
}

function tellChange(
  { log }: BreakersOptions,
  labels: Guarded,
  { before, state, nowMs }: ChangedBreaker,
): void {
  if (state.kind === before.kind) return;
  if (state.kind === "closed") {
    const event = "breaker_closed";
    log.warn({ ...labels, event, openings: before.openings }, "a gateway answers again");
    return;
  }
  const event = before.kind === "closed" ? "breaker_opened" : "breaker_probe_failed";
  log.error(
    { ...labels, event, openings: state.openings, probeInMs: state.untilMs - nowMs },
    "a gateway fails; its calls wait until it answers again",
  );
}
