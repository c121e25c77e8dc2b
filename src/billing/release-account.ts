/** A person lets a stopped gateway account go on. */
import { PAUSED_QUEUES, accountPauseId, releaseAccount } from "../domain/account-pause.ts";
import { BillingError } from "../domain/errors.ts";
import type { Logger } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import { type Clocks, readInstants } from "./instants.ts";
import type { Released } from "./release-held.ts";
import { updateDocument } from "./update-document.ts";

export interface ReleaseAccountDeps extends Clocks {
  pauses: AccountPauseStore;
  hints: WorkHints;
  log: Logger;
}

/**
 * Releases what is stopped of an account, its charges and its refunds: `cookiepay/default`. Throws
 * NOT_HELD where nothing is.
 */
export async function releasePausedAccount(
  deps: ReleaseAccountDeps,
  input: { account: string; reason: string; by: string },
): Promise<Released> {
  const { reason, by } = input;
  const [gateway = "", account = ""] = input.account.split("/");
  const at = await readInstants(deps);
  const released: string[] = [];
  for (const queue of PAUSED_QUEUES) {
    const found = await deps.pauses.find(accountPauseId({ gateway, account }, queue));
    if (found?.pausedUntil == null) continue;
    await updateDocument(deps.pauses, found.id, (read) =>
      read.pausedUntil === null
        ? null
        : releaseAccount(read, { at, actor: "operator", by, reason }),
    );
    released.push(`${queue}s`);
  }
  if (released.length === 0) throw new BillingError("NOT_HELD", { id: input.account });
  deps.log.warn({ account: input.account, released, by, reason }, "released by an operator");
  await deps.hints.sweep();
  return { id: input.account, state: `released: ${released.join(", ")}` };
}
