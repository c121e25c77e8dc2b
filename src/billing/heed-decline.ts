/**
 * What a decline means beyond its invoice: it is counted, and one that is about the merchant's
 * account stops the account.
 */
import {
  type AccountName,
  type AccountPause,
  type PausedQueue,
  accountPauseId,
  newAccountPause,
  pauseAgain,
} from "../domain/account-pause.ts";
import type { ChargePolicy } from "../domain/charge-policy.ts";
import { type Decline, stopsAccount } from "../domain/decline.ts";
import type { Actor } from "../domain/events.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { DeclineCountStore } from "../stores/decline-counts.ts";
import { type Clocks, readInstants } from "./instants.ts";

export interface CountDeclineDeps extends Clocks {
  declines: DeclineCountStore;
  log: Logger;
}

export interface HeedDeclineDeps extends CountDeclineDeps {
  pauses: AccountPauseStore;
  policy: Pick<ChargePolicy, "pauseBackoff">;
}

/** A decline, and what was declined. */
export interface MetDecline {
  decline: Decline;
  account: AccountName;
  queue: PausedQueue;
  orderNumber: string;
  actor: Actor;
}

/** Counts a decline, and stops its account where it is about the account. Never throws. */
export async function heedDecline(
  deps: HeedDeclineDeps,
  met: MetDecline,
  isProbe = false,
): Promise<void> {
  const { decline, orderNumber, account } = met;
  await countDecline(deps, { gateway: account.gateway, decline, orderNumber });
  if (!stopsAccount(decline)) return;
  await quietly(deps, orderNumber, () => pauseAccount(deps, met, isProbe));
}

/** Counts a decline. Never throws. */
export async function countDecline(
  deps: CountDeclineDeps,
  seen: { gateway: string; decline: Decline; orderNumber: string },
): Promise<void> {
  await quietly(deps, seen.orderNumber, async () => {
    const { business } = await readInstants(deps);
    await deps.declines.add({ ...seen, at: business });
  });
}

/** Two who stop it at the same moment meet at its id. */
const ROUNDS_MAX = 5;

async function pauseAccount(
  deps: HeedDeclineDeps,
  met: MetDecline,
  isProbe: boolean,
): Promise<void> {
  const { decline, orderNumber, queue, account, actor } = met;
  const by = { at: await readInstants(deps), actor, backoff: deps.policy.pauseBackoff };
  const refused = { decline, orderNumber, isProbe };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const read = await deps.pauses.find(accountPauseId(account, queue));
    const next =
      read === null ? newAccountPause(account, queue, refused, by) : pauseAgain(read, refused, by);
    if (next === read) return;
    const isWritten =
      read === null
        ? await deps.pauses.insert(next)
        : (await deps.pauses.write(read, next)) !== null;
    if (isWritten) return raiseAlarm(deps, next);
  }
}

function raiseAlarm(deps: HeedDeclineDeps, pause: AccountPause): void {
  const { gateway, account, queue, code, rawCode, orderNumber, pausedUntil } = pause;
  deps.log.error(
    { alarm: "account_paused", gateway, account, queue, code, rawCode, orderNumber, pausedUntil },
    "a gateway account is stopped: the merchant's side of it needs a person",
  );
}

/** What came of the call is on record already: nothing here may undo that, or do the call again. */
export async function quietly(
  deps: { log: Logger },
  about: string,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log.error(
      { about, err: describeError(error) },
      "what a decline means for its account could not be written; the next one writes it",
    );
  }
}
