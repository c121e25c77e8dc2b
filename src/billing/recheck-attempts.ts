/** Closed attempts are looked for once more: a gateway may change its mind. */
import type { Reading } from "../domain/ask-rules.ts";
import type { ChargeAttempt } from "../domain/charge-attempt.ts";
import type { Recording } from "../domain/charge-policy.ts";
import { type Invoice, isInFlight } from "../domain/invoice.ts";
import { recordLateApproval, recordRecheck } from "../domain/late-rules.ts";
import { newId } from "../lib/ids.ts";
import { followUp } from "./follow-up.ts";
import { readInstants } from "./instants.ts";
import { type ReconcileDeps, lookUp, openCall } from "./reconcile-attempt.ts";
import { stopWhenBroken } from "./stop-broken.ts";
import { updateDocument } from "./update-document.ts";

/** Looks for every closed attempt of an invoice whose time has come. */
export async function recheckAttempts(
  deps: ReconcileDeps,
  input: { invoiceId: string },
): Promise<void> {
  await stopWhenBroken(deps, input.invoiceId, () => recheck(deps, input.invoiceId));
}

async function recheck(deps: ReconcileDeps, invoiceId: string): Promise<void> {
  const invoice = await deps.invoices.find(invoiceId);
  if (invoice === null || isInFlight(invoice)) return;
  const at = await readInstants(deps);
  const due = invoice.attempts.filter(
    (attempt) => attempt.recheckAt !== null && attempt.recheckAt <= at.business,
  );
  for (const attempt of due) {
    await recheckAttempt(deps, invoice, attempt);
  }
}

/** The invoice with the approvals that were found for a closed attempt; null while it must wait. */
export function adoptLate(
  invoice: Invoice,
  { orderNumber, reading }: { orderNumber: string; reading: Reading },
  recording: Recording,
): Invoice | null {
  if (isInFlight(invoice)) return null;
  // Oldest first: the first may be adopted, every further one is surplus.
  const found = reading.kind === "found" ? reading.transactions : [];
  return found.reduce<Invoice | null>(
    (soFar, transaction) =>
      soFar && recordLateApproval(soFar, { orderNumber, transaction }, recording),
    invoice,
  );
}

async function recheckAttempt(
  deps: ReconcileDeps,
  invoice: Invoice,
  attempt: ChargeAttempt,
): Promise<void> {
  const adapter = deps.gateways.get(invoice.gateway, invoice.account);
  const call = await openCall(deps, adapter);
  const zone = deps.policy.dunning.zone;
  const reading = await lookUp(deps, { adapter, call, attempt, zone });
  if (reading.kind === "failed" && adapter.capabilities.lookUp !== "none") return;
  const recording: Recording = {
    at: await readInstants(deps),
    actor: "reconcile",
    random: deps.random(),
    refundId: newId("ref"),
  };
  const { document, changed } = await updateDocument(deps.invoices, invoice.id, (read) => {
    const late = adoptLate(read, { orderNumber: attempt.orderNumber, reading }, recording);
    return late === null ? null : recordRecheck(late, attempt.orderNumber, deps.policy);
  });
  if (reading.kind === "found" && changed) {
    deps.log.warn(
      { invoiceId: invoice.id, orderNumber: attempt.orderNumber, state: document.state },
      "an approval turned up after its attempt was closed",
    );
  }
  await followUp(deps, document);
}
