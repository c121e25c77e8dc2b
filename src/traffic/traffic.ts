/**
 * What stands between the use cases and the gateways: breakers, maintenance that was announced, and
 * the pace of calls. All of it delays, and none of it touches a document.
 */
import type { Redis } from "ioredis";
import { type MaintenanceWindow, maintenanceEnd } from "../domain/maintenance.ts";
import type { CallPace } from "../gateways/gateway.ts";
import type { BreakerPolicy, BreakerState } from "../lib/circuit-breaker.ts";
import { type OperationalClock, sleep } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import { createBreakerStore } from "./breaker-store.ts";
import { type Breakers, type Guarded, createBreakers } from "./breakers.ts";
import { type CallSlot, type CallSlots, createCallSlots } from "./call-slots.ts";
import { tellMaintenance } from "./tell-maintenance.ts";

/** Why a call must wait, and until when it is of no use to ask again. */
export interface CallWait {
  kind: "waits";
  why: "breaker" | "maintenance" | "pace" | "no_redis";
  until: Date;
}

/** A block of all calls of an account. */
export interface CallBlock extends CallWait {
  /** The pause is over: whoever asks first may try whether the gateway answers. */
  mayProbe: boolean;
}

/** A right to call now, and for a moment only. */
export interface CallRight {
  kind: "held";
  /** On the monotonic clock; a call that leaves later needs a right of its own. */
  goodUntilMs: number;
}

/** What a probe needs to know of its adapter. */
export interface ProbedAccount extends Guarded {
  callDeadlineMs: number;
}

export interface Traffic {
  /** Null: calls of this account may go out. Synchronous, by what this process knows. */
  blockOf(account: Guarded): CallBlock | null;
  /** Whether this call may be the one that finds out; the breaker waits for what comes of it. */
  takeProbe(account: ProbedAccount): Promise<boolean>;
  /** Waits for a slot of this pace, at most so long; without one nothing may be sent. */
  takeSlot(account: Guarded, pace: CallPace, patienceMs: number): Promise<CallRight | CallWait>;
  /** Whether a right is still good at this moment. */
  isGood(right: CallRight): boolean;
  /** The term in which a call begins: `noteCall` is given it back. */
  termOf(account: Guarded): number;
  /** What came of a call. Never waits and never throws. */
  noteCall(account: Guarded, term: number, worked: boolean): void;
  /** For people: how an account stands for all processes. Rejects where Redis is away. */
  readBreaker(account: Guarded): Promise<BreakerState["kind"]>;
  /** For people: how long a call of this pace would wait now. Rejects where Redis is away. */
  readWaitMs(account: Guarded, pace: CallPace): Promise<number>;
  close(): void;
}

export interface TrafficOptions {
  connection: Redis;
  /** Put before the keys of the breakers: each deployment has its own. */
  prefix: string;
  /** The beginning of the keys that an account's limits have. */
  paceKeyOf: (account: Guarded) => string;
  clock: OperationalClock;
  log: Logger;
  breaker: BreakerPolicy;
  maintenance: readonly MaintenanceWindow[];
  /** Those whose breakers are looked at from the beginning. */
  accounts: readonly Guarded[];
}

/** A probe whose process died is given up so long after its call must have ended. */
const PROBE_MARGIN_MS = 5000;
/** While a probe is out, and while Redis is away. */
const LOOK_AGAIN_MS = 500;
/** How late a call may be for its slot; what it may be late by is told at `PACE_SHARE`. */
const SLOT_LIFE_MS = 500;
/** A slot may be flushed away while it is waited for, or its answer come too late to be of use. */
const SLOT_TRIES_MAX = 3;

export function createTraffic(options: TrafficOptions): Traffic {
  const { connection, prefix, clock } = options;
  const breakers = createBreakers({
    store: createBreakerStore(connection),
    policy: options.breaker,
    clock,
    log: options.log,
    prefix,
  });
  const slots = createCallSlots(connection);
  const keyOf = (account: Guarded, { bucket }: CallPace) =>
    `${options.paceKeyOf(account)}:${bucket}`;
  const telling = tellMaintenance(options.maintenance, options);
  for (const account of options.accounts) breakers.look(account);
  return {
    blockOf: (account) => findBlock(options, breakers, account),
    takeProbe: (account) => breakers.takeProbe(account, account.callDeadlineMs + PROBE_MARGIN_MS),
    takeSlot: (account, pace, patienceMs) =>
      takeSlot({ slots, clock }, { key: keyOf(account, pace), ...pace }, patienceMs),
    isGood: ({ goodUntilMs }) => clock.monotonicMs() <= goodUntilMs,
    termOf: (account) => breakers.look(account).term,
    noteCall: (account, term, worked) => breakers.note(account, term, worked),
    readBreaker: async (account) => (await breakers.read(account)).kind,
    readWaitMs: (account, pace) => slots.readWaitMs(keyOf(account, pace)),
    close() {
      telling.close();
      breakers.close();
    },
  };
}

function findBlock(
  { clock, maintenance }: TrafficOptions,
  breakers: Breakers,
  account: Guarded,
): CallBlock | null {
  const end = maintenanceEnd(maintenance, account, clock.now());
  if (end !== null) return { kind: "waits", why: "maintenance", until: end, mayProbe: false };
  const { kind, waitMs } = breakers.look(account);
  if (kind === "closed") return null;
  const mayProbe = waitMs === 0;
  // While a probe is out nobody knows how long it takes; it may be the answer in a moment.
  const forMs = kind === "open" && !mayProbe ? waitMs : LOOK_AGAIN_MS;
  return { kind: "waits", why: "breaker", until: after(clock, forMs), mayProbe };
}

interface SlotTaking {
  slots: CallSlots;
  clock: OperationalClock;
}

async function takeSlot(
  { slots, clock }: SlotTaking,
  limit: { key: string; perSecond: number },
  patienceMs: number,
): Promise<CallRight | CallWait> {
  try {
    for (let tries = 0; tries < SLOT_TRIES_MAX; tries += 1) {
      const askedMs = clock.monotonicMs();
      const taken = await slots.take(limit, patienceMs);
      if (taken.kind === "full") {
        return { kind: "waits", why: "pace", until: after(clock, taken.retryInMs) };
      }
      const goodUntilMs = askedMs + taken.waitMs + SLOT_LIFE_MS;
      const isThere = await waitFor(slots, taken.slot, taken.waitMs);
      if (isThere && clock.monotonicMs() <= goodUntilMs) return { kind: "held", goodUntilMs };
    }
    return { kind: "waits", why: "pace", until: after(clock, LOOK_AGAIN_MS) };
  } catch {
    // Nobody can say what went out a moment ago, so nothing goes out now.
    return { kind: "waits", why: "no_redis", until: after(clock, LOOK_AGAIN_MS) };
  }
}

/** A timer may be early by a millisecond, and a slot is never used early. */
async function waitFor(slots: CallSlots, slot: CallSlot, waitMs: number): Promise<boolean> {
  if (waitMs === 0) return true;
  await sleep(Math.ceil(waitMs) + 1);
  return slots.isThere(slot);
}

function after(clock: OperationalClock, ms: number): Date {
  return new Date(clock.now().getTime() + Math.ceil(ms));
}
