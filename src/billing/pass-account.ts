/**
 * The way to a gateway account, and what stops it: while an account is stopped nothing that waits
 * there is claimed or tried, no dunning step is used and no customer hears of it, until the gateway
 * takes a probe or a person lets it go on.
 */
import {
  type AccountPause,
  type PausedQueue,
  accountPauseId,
  beginProbe,
  giveProbeBack,
  isStopped,
  releaseAccount,
} from "../domain/account-pause.ts";
import { stopsAccount } from "../domain/decline.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { type HeedDeclineDeps, heedDecline, quietly } from "./heed-decline.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

/** Longer than a claim's lease: whoever probes has told by then what came of it, or never will. */
const PROBE_MS = 120_000;

/**
 * Does the work of an invoice where its account lets it: while the account is stopped nothing is
 * done; once its time is over one goes ahead of the others, and what comes of it is for all of them.
 */
export async function passAccount(
  deps: HeedDeclineDeps,
  way: { invoice: Invoice; queue: PausedQueue },
  work: () => Promise<AttemptResult>,
): Promise<AttemptResult> {
  const { invoice, queue } = way;
  const pause = await deps.pauses.find(accountPauseId(invoice, queue));
  const isProbe = pause?.pausedUntil != null;
  if (isProbe && !(await mayProbe(deps, pause))) {
    return { kind: "skipped", why: "its account is stopped" };
  }
  const result = await work();
  if (result.kind === "charged" && result.decline !== null) {
    const { decline, orderNumber } = result.decline;
    const met = { decline, orderNumber, account: invoice, queue, actor: "charge" as const };
    await heedDecline(deps, met, isProbe);
  }
  if (isProbe) await endProbe(deps, pause, result);
  return result;
}

async function mayProbe(deps: HeedDeclineDeps, pause: AccountPause): Promise<boolean> {
  const now = deps.clock.now();
  if (isStopped(pause, now)) return false;
  const probing = beginProbe(pause, new Date(now.getTime() + PROBE_MS));
  // Of all that find the time over, one is the first.
  return (await deps.pauses.write(pause, probing)) !== null;
}

async function endProbe(
  deps: HeedDeclineDeps,
  { id }: AccountPause,
  result: AttemptResult,
): Promise<void> {
  const isTaken =
    result.kind === "charged" &&
    (result.outcome === "approved" ||
      (result.decline !== null && !stopsAccount(result.decline.decline)));
  if (isTaken) {
    const at = await readInstants(deps);
    const cause = { at, actor: "charge" as const, reason: "the gateway takes the account again" };
    await quietly(deps, id, () =>
      updateDocument(deps.pauses, id, (read) =>
        read.pausedUntil === null ? null : releaseAccount(read, cause),
      ),
    );
    deps.log.warn({ pause: id }, "a gateway account goes on");
  } else if (result.kind === "skipped" || result.kind === "waits") {
    await quietly(deps, id, () =>
      updateDocument(deps.pauses, id, (read) => giveProbeBack(read, deps.clock.now())),
    );
  }
}
