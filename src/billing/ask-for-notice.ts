/** A notice has said that now is the time to ask the gateway. What it answers is applied, nothing else. */
import { recordShownRefunds } from "../domain/cancellation-rules.ts";
import type { InboxEntry } from "../domain/inbox.ts";
import type { Invoice } from "../domain/invoice.ts";
import {
  type Judgement,
  type Question,
  change,
  nothing,
  wait,
} from "../domain/notice-judgement.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayNotice } from "../gateways/notice.ts";
import { followUp } from "./follow-up.ts";
import { recordingOf } from "./notice-recording.ts";
import { adoptLate } from "./recheck-attempts.ts";
import { type ReconcileDeps, lookUp, openCall, reconcileAttempt } from "./reconcile-attempt.ts";
import { updateDocument } from "./update-document.ts";

/** What an answer of the gateway decides. */
export type Answer = Exclude<Judgement, { kind: "ask" }>;

export interface Asking {
  entry: InboxEntry;
  notice: GatewayNotice;
  invoice: Invoice;
  adapter: GatewayAdapter;
  about: Question;
}

/** Asks and applies. Null: whatever came of it stands in the invoice. */
export async function askForNotice(deps: ReconcileDeps, asking: Asking): Promise<Answer | null> {
  switch (asking.about) {
    case "charge":
      await reconcileAttempt(deps, { invoiceId: asking.invoice.id, prompted: true });
      return null;
    case "closed_charge":
      return askAboutClosed(deps, asking);
    case "refunds":
      return askAboutRefunds(deps, asking);
  }
}

/** An attempt that was closed: an approval that the gateway shows now is adopted, or goes back. */
async function askAboutClosed(
  deps: ReconcileDeps,
  { entry, notice, invoice, adapter }: Asking,
): Promise<Answer | null> {
  const attempt = invoice.attempts.find((one) => one.orderNumber === notice.orderNumber);
  if (attempt === undefined) return null;
  const call = await openCall(deps, adapter);
  const zone = deps.policy.dunning.zone;
  const reading = await lookUp(deps, { adapter, call, attempt, zone });
  if (reading.kind !== "found") return null;
  // Nothing is owed where all that was approved went back already.
  const isGone = reading.transactions.every(({ refunded }) => refunded);
  if (notice.kind === "canceled" && isGone) return nothing("already_known");
  const recording = await recordingOf(deps, entry);
  let moved = false;
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) => {
    const late = adoptLate(read, { orderNumber: attempt.orderNumber, reading }, recording);
    moved = late !== null && late.outboxNumber > read.outboxNumber;
    return moved ? late : null;
  });
  if (!moved) return null;
  await followUp(deps, document);
  return notice.kind === "paid" ? change(document, "late_approval") : null;
}

/** What went back beyond our own refunds. */
async function askAboutRefunds(
  deps: ReconcileDeps,
  { entry, notice, invoice, adapter }: Asking,
): Promise<Answer> {
  const asked = await deps.invoices.find(invoice.id);
  const attempt = asked?.attempts.find((one) => one.orderNumber === notice.orderNumber);
  const transaction = attempt?.transaction ?? null;
  if (asked === null || attempt === undefined || transaction === null) return NOT_CONFIRMED;
  const call = await openCall(deps, adapter);
  if (call === null) return NOT_CONFIRMED;
  const shown = await adapter.lookUpRefund(call, transaction.id);
  if (shown.kind === "failed") return NOT_CONFIRMED;
  const recording = await recordingOf(deps, entry);
  let judged: Judgement = NOT_CONFIRMED;
  await updateDocument(deps.invoices, asked.id, (read) => {
    // What was read at the gateway belongs to what stood here then: a refund may have gone since.
    judged =
      read.revision === asked.revision
        ? recordShownRefunds(read, attempt, { notice, shown }, recording)
        : wait("call_in_flight");
    return judged.kind === "change" ? judged.invoice : null;
  });
  return judged;
}

const NOT_CONFIRMED = { kind: "wait", reason: "not_confirmed" } as const;
