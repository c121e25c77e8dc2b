import type { Recording } from "../domain/charge-policy.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { keepLateAnswer } from "../domain/late-rules.ts";
import type { ChargeOutcome, RefundOutcome } from "../domain/outcome.ts";
import { sleep } from "../lib/clock.ts";
import { newId } from "../lib/ids.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { type Clocks, readInstants } from "./instants.ts";

export interface RecordDeps extends Clocks {
  invoices: InvoiceStore;
  log: Logger;
  random: () => number;
}

/** Longest pause between two tries to write an outcome, milliseconds. */
const PAUSE_MAX_MS = 5000;

/**
 * Writes the outcome of a call, however long the database takes to come back: it may hold the only
 * transaction number there will ever be. Where the claim is not ours any more, a definite answer is
 * kept as evidence for reconciliation and nothing else is touched.
 */
export async function recordUntilWritten(
  deps: RecordDeps,
  claimed: Invoice,
  outcome: ChargeOutcome | RefundOutcome,
  decide: (invoice: Invoice, recording: Recording) => Invoice | null,
): Promise<Invoice> {
  let read = claimed;
  for (let round = 0; ; round += 1) {
    try {
      const at = await readInstants(deps);
      const recording: Recording = {
        at,
        actor: "charge",
        random: deps.random(),
        refundId: newId("ref"),
      };
      const next = decide(read, recording) ?? lateAnswer(read, claimed, outcome, at.business);
      if (next === null) return read;
      const written = await deps.invoices.recordOutcome(read, next);
      if (written !== null) return written;
      read = (await deps.invoices.find(claimed.id)) ?? read;
    } catch (error) {
      deps.log.error(
        {
          invoiceId: claimed.id,
          orderNumber: lastAttempt(claimed)?.orderNumber,
          outcome: outcome.kind,
          transactionId: transactionIdOf(outcome),
          round,
          err: describeError(error),
        },
        "an outcome cannot be written yet; trying again",
      );
      await sleep(Math.min(100 * 2 ** round, PAUSE_MAX_MS));
      read = await readAgain(deps, read);
    }
  }
}

async function readAgain(deps: RecordDeps, read: Invoice): Promise<Invoice> {
  try {
    return (await deps.invoices.find(read.id)) ?? read;
  } catch {
    return read;
  }
}

function lateAnswer(
  read: Invoice,
  claimed: Invoice,
  outcome: ChargeOutcome | RefundOutcome,
  at: Date,
): Invoice | null {
  const orderNumber = lastAttempt(claimed)?.orderNumber;
  if (outcome.kind !== "approved" || !("transaction" in outcome) || orderNumber === undefined) {
    return null;
  }
  return keepLateAnswer(read, { orderNumber, transaction: outcome.transaction }, at);
}

function transactionIdOf(outcome: ChargeOutcome | RefundOutcome): string | null {
  if (outcome.kind !== "approved") return null;
  return "transaction" in outcome ? outcome.transaction.id : outcome.refundTransactionId;
}
