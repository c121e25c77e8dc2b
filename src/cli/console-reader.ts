/**
 * Stands for the person whom a gateway without look-up needs: reads what the gateway's own console
 * would show, here the simulator's ledger, and says it as `billing resolve` does. Nobody is told "not
 * charged" while a call may still arrive.
 */
import { resolveAttempt } from "../billing/resolve-attempt.ts";
import { type Composition, reconcileDepsOf } from "../compose.ts";
import { mayCountMissing } from "../domain/ask-rules.ts";
import { BillingError } from "../domain/errors.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { sleep } from "../lib/clock.ts";
import { isDatabaseUnavailable } from "../stores/connection.ts";

export interface ConsoleReader {
  /** How many attempts were settled. */
  settled(): number;
  /** Ends after the look that is under way. */
  stop(): Promise<void>;
}

const LOOK_MS = 150;
const ROWS_MAX = 500;

/** What the person says: of approvals too, or, where notices tell of these, only of what is not there. */
export type ConsoleTask = "everything" | "absent";

/** Looks again and again until it is stopped. */
export function readConsole(
  composition: Composition,
  simulatorUrl: string,
  task: ConsoleTask = "everything",
): ConsoleReader {
  const stopping = new AbortController();
  let settled = 0;
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      settled += await settleUnknown(composition, simulatorUrl, task).catch(toNothing);
      await sleep(LOOK_MS);
    }
  };
  const working = work();
  return {
    settled: () => settled,
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

/** While the database is away, or somebody else was first, there is another look. */
function toNothing(error: unknown): number {
  if (isDatabaseUnavailable(error) || error instanceof BillingError) return 0;
  throw error;
}

/** Settles every unknown charge of which something can be said. Returns how many. */
export async function settleUnknown(
  composition: Composition,
  simulatorUrl: string,
  task: ConsoleTask = "everything",
): Promise<number> {
  let settled = 0;
  for (const invoice of await composition.invoices.listUnknown(ROWS_MAX)) {
    if (await settle(composition, { simulatorUrl, task }, invoice)) settled += 1;
  }
  return settled;
}

async function settle(
  composition: Composition,
  { simulatorUrl, task }: { simulatorUrl: string; task: ConsoleTask },
  invoice: Invoice,
): Promise<boolean> {
  const attempt = lastAttempt(invoice);
  if (invoice.claim?.kind !== "charge" || attempt === undefined) return false;
  const now = composition.clock.now();
  const nothingArrives = mayCountMissing(attempt, composition.policy, now);
  const transactionId = await findApproval(simulatorUrl, attempt.orderNumber);
  if (transactionId === null ? !nothingArrives : task === "absent") return false;
  const resolution =
    transactionId === null
      ? { kind: "not_charged" as const, reason: "not on the gateway's console" }
      : { kind: "approved" as const, transactionId, reason: "on the gateway's console" };
  const deps = { ...reconcileDepsOf(composition), policy: composition.policy };
  await resolveAttempt(deps, { orderNumber: attempt.orderNumber, resolution, by: "console" });
  return true;
}

async function findApproval(simulatorUrl: string, orderNumber: string): Promise<string | null> {
  const query = new URLSearchParams({ kind: "approval", orderNumber });
  const response = await fetch(`${simulatorUrl}/_sim/ledger?${query.toString()}`);
  if (!response.ok) throw new Error(`the ledger answered HTTP ${response.status}`);
  const { entries } = (await response.json()) as { entries: { transactionId?: string }[] };
  return entries[0]?.transactionId ?? null;
}
