/** A person settles what no machine could. */
import { closeAbsent } from "../domain/ask-rules.ts";
import type { ChargePolicy, Recording } from "../domain/charge-policy.ts";
import { BillingError } from "../domain/errors.ts";
import { withEvent } from "../domain/events.ts";
import { type Invoice, eventData, lastAttempt } from "../domain/invoice.ts";
import { approve } from "../domain/settle-rules.ts";
import { newId } from "../lib/ids.ts";
import { type FollowUpDeps, followUp } from "./follow-up.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface ResolveAttemptDeps extends FollowUpDeps {
  policy: ChargePolicy;
}

export type Resolution =
  | { kind: "approved"; transactionId: string; reason: string }
  | { kind: "not_charged"; reason: string };

/**
 * Closes an unknown attempt by a person's word. Throws NOT_FOUND, or ATTEMPT_NOT_OPEN where the
 * attempt is not the one being asked about (settled already, or a call is still out).
 */
export async function resolveAttempt(
  deps: ResolveAttemptDeps,
  input: { orderNumber: string; resolution: Resolution; by: string },
): Promise<Invoice> {
  const found = await deps.invoices.findByOrderNumber(input.orderNumber);
  if (found === null) throw new BillingError("NOT_FOUND", { id: input.orderNumber });
  const recording: Recording = {
    at: await readInstants(deps),
    actor: "operator",
    by: input.by,
    random: 0,
    refundId: newId("ref"),
  };
  const { document } = await updateDocument(deps.invoices, found.id, (invoice) => {
    const attempt = lastAttempt(invoice);
    const isAsked =
      invoice.step === "ask" &&
      invoice.claim?.kind === "charge" &&
      attempt?.orderNumber === input.orderNumber;
    if (!isAsked) {
      throw new BillingError("ATTEMPT_NOT_OPEN", {
        orderNumber: input.orderNumber,
        state: attempt?.state ?? "none",
      });
    }
    return settle(deps, noteResolution(invoice, input, recording), input.resolution, recording);
  });
  deps.log.info(
    { invoiceId: document.id, orderNumber: input.orderNumber, resolution: input.resolution.kind },
    "attempt is resolved by an operator",
  );
  await followUp(deps, document);
  return document;
}

function settle(
  deps: ResolveAttemptDeps,
  invoice: Invoice,
  resolution: Resolution,
  recording: Recording,
): Invoice | null {
  const open = { ...invoice, held: null };
  if (resolution.kind === "not_charged") return closeAbsent(open, deps.policy, recording);
  return approve(
    open,
    { id: resolution.transactionId, approvedAt: recording.at.business },
    recording,
  );
}

function noteResolution(
  invoice: Invoice,
  input: { orderNumber: string; resolution: Resolution },
  recording: Recording,
): Invoice {
  return withEvent<Invoice>(invoice, {
    type: "charge_attempt.resolved",
    at: recording.at,
    actor: "operator",
    by: recording.by ?? null,
    reason: input.resolution.reason,
    after: input.resolution.kind,
    data: { ...eventData(invoice), orderNumber: input.orderNumber },
  });
}
