import type { Recording } from "../domain/charge-policy.ts";
import { BrokenInvariantError } from "../domain/errors.ts";
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
      const decided = decideSafely(decide, read, recording);
      const next = decided.invoice ?? lateAnswer(read, claimed, outcome, at.business);
      const written = next === null ? read : await deps.invoices.recordOutcome(read, next);
      if (written !== null && decided.broken !== null) throw decided.broken;
      if (written !== null) return tellLate(deps, { claimed, outcome, decided, written });
      read = (await deps.invoices.find(claimed.id)) ?? read;
    } catch (error) {
      if (error instanceof BrokenInvariantError) throw error;
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

interface Decided {
  invoice: Invoice | null;
  /** The document contradicts itself: the answer is kept, the rest is a person's business. */
  broken: BrokenInvariantError | null;
}

function decideSafely(
  decide: (invoice: Invoice, recording: Recording) => Invoice | null,
  read: Invoice,
  recording: Recording,
): Decided {
  try {
    return { invoice: decide(read, recording), broken: null };
  } catch (error) {
    if (error instanceof BrokenInvariantError) return { invoice: null, broken: error };
    throw error;
  }
}

/** An answer that came after its claim was settled by others is said aloud, with its number. */
function tellLate(
  deps: RecordDeps,
  late: {
    claimed: Invoice;
    outcome: ChargeOutcome | RefundOutcome;
    decided: Decided;
    written: Invoice;
  },
): Invoice {
  const { claimed, outcome, decided, written } = late;
  if (decided.invoice === null) {
    deps.log.warn(
      {
        invoiceId: claimed.id,
        orderNumber: lastAttempt(claimed)?.orderNumber,
        outcome: outcome.kind,
        transactionId: transactionIdOf(outcome),
      },
      "an answer came after its claim had been settled; it changes nothing by itself",
    );
  }
  return written;
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
