/**
 * An account that a gateway refuses as a whole (its limit, its balance, its contract) is stopped:
 * what waits on it would only meet the same answer. Pure rules, in the manner of outcome-rules.ts.
 */
import { type BackoffPolicy, backoffMs } from "./backoff.ts";
import type { Decline, DeclineCode } from "./decline.ts";
import { BillingError } from "./errors.ts";
import { type Cause, type HasOutbox, withEvent } from "./events.ts";

/** What of an account is stopped: a balance that is short stops its refunds, and not its charges. */
export type PausedQueue = "charge" | "refund";

export const PAUSED_QUEUES: readonly PausedQueue[] = ["charge", "refund"];

export interface AccountName {
  gateway: string;
  account: string;
}

export interface AccountPause extends HasOutbox, AccountName {
  id: string;
  queue: PausedQueue;
  /** Operational instant until which nothing is sent; null while nothing is stopped. */
  pausedUntil: Date | null;
  /** Operational instant at which it was stopped, the last time. */
  since: Date;
  /** Refusals in a row. */
  times: number;
  /** What the gateway said last, and to which order. */
  code: DeclineCode;
  rawCode: string;
  rawMessage: string;
  orderNumber: string;
  revision: number;
}

/** What was refused. */
export interface Refused {
  decline: Decline;
  orderNumber: string;
}

/** The id of an account's pause: derived, so that two who stop it meet. */
export function accountPauseId({ gateway, account }: AccountName, queue: PausedQueue): string {
  return `${gateway}/${account}/${queue}`;
}

/** The account as its first refusal stops it. */
export function newAccountPause(
  name: AccountName,
  queue: PausedQueue,
  refused: Refused,
  by: Cause & { backoff: BackoffPolicy },
): AccountPause {
  const { gateway, account } = name;
  return stop(
    {
      id: accountPauseId(name, queue),
      gateway,
      account,
      queue,
      pausedUntil: null,
      since: by.at.operational,
      times: 0,
      ...toldBy(refused),
      outbox: [],
      outboxNumber: 0,
      revision: 0,
    },
    refused,
    by,
  );
}

/**
 * A further refusal. One of those that were out when the account was stopped changes nothing; that
 * of a probe stops it again, for longer.
 */
export function pauseAgain(
  pause: AccountPause,
  refused: Refused & { isProbe: boolean },
  by: Cause & { backoff: BackoffPolicy },
): AccountPause {
  const isNews = refused.isProbe || pause.pausedUntil === null;
  return isNews ? stop(pause, refused, by) : pause;
}

function stop(
  pause: AccountPause,
  refused: Refused,
  { backoff, ...by }: Cause & { backoff: BackoffPolicy },
): AccountPause {
  const wasStopped = pause.pausedUntil !== null;
  const times = wasStopped ? pause.times + 1 : 1;
  const now = by.at.operational;
  const pausedUntil = new Date(now.getTime() + backoffMs(backoff, times, 0));
  const stopped = {
    ...pause,
    ...toldBy(refused),
    times,
    pausedUntil,
    since: wasStopped ? pause.since : now,
  };
  return withEvent<AccountPause>(stopped, {
    type: "account.paused",
    ...by,
    reason: refused.decline.code,
    data: eventData(stopped),
  });
}

function toldBy({ decline, orderNumber }: Refused) {
  const { code, rawCode, rawMessage } = decline;
  return { code, rawCode, rawMessage, orderNumber };
}

/** Whether something may go out now. A pause whose time is over lets one probe out, and not more. */
export function isStopped(pause: AccountPause | null, now: Date): boolean {
  return pause?.pausedUntil != null && pause.pausedUntil > now;
}

/** One goes out to see whether the account works again; meanwhile the others still wait. */
export function beginProbe(pause: AccountPause, until: Date): AccountPause {
  return { ...pause, pausedUntil: until };
}

/** The probe was not sent at all: another may go out at once. */
export function giveProbeBack(pause: AccountPause, now: Date): AccountPause | null {
  return pause.pausedUntil === null ? null : { ...pause, pausedUntil: now };
}

/** Lets everything go on. Throws NOT_HELD where nothing is stopped. */
export function releaseAccount(
  pause: AccountPause,
  cause: Cause & { reason: string },
): AccountPause {
  if (pause.pausedUntil === null) throw new BillingError("NOT_HELD", { id: pause.id });
  return withEvent<AccountPause>(
    { ...pause, pausedUntil: null, times: 0 },
    { type: "account.released", ...cause, data: eventData(pause) },
  );
}

function eventData(pause: AccountPause): Record<string, string | null> {
  const { gateway, account, queue, orderNumber, rawCode } = pause;
  return { gateway, account, queue, orderNumber, rawCode };
}
