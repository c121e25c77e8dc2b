/** One refund, in the steps of a charge: credential, claim, send, record. */
import type { Invoice } from "../domain/invoice.ts";
import type { RefundOutcome } from "../domain/outcome.ts";
import type { Refund } from "../domain/refund.ts";
import {
  claimRefund,
  claimedRefund,
  isEverythingLeft,
  leftBefore,
  nextRefund,
  recordRefundOutcome,
} from "../domain/refund-rules.ts";
import { deferInvoice } from "../domain/settle-rules.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import { newId, newToken } from "../lib/ids.ts";
import { describeError } from "../lib/logger.ts";
import { type Admission, NO_SLOT, admitCall, keepPace } from "./admit-call.ts";
import type { AttemptChargeDeps } from "./attempt-charge.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { readInstants } from "./instants.ts";
import { type Lease, startLease } from "./lease.ts";
import { passAccount } from "./pass-account.ts";
import { recordUntilWritten } from "./record-until-written.ts";
import { refundPolicyOf } from "./refund-policy.ts";
import { assertSound, stopWhenBroken } from "./stop-broken.ts";

/** Sends the next refund of an invoice. Never throws for what a gateway can do. */
export async function attemptRefund(
  deps: AttemptChargeDeps,
  input: { invoiceId: string },
): Promise<AttemptResult> {
  const result = await stopWhenBroken(deps, input.invoiceId, () => sendNext(deps, input.invoiceId));
  return result ?? { kind: "skipped", why: "it contradicts itself and waits for a person" };
}

async function sendNext(deps: AttemptChargeDeps, invoiceId: string): Promise<AttemptResult> {
  const found = await deps.invoices.find(invoiceId);
  if (found?.step !== "refund" || nextRefund(found) === undefined) {
    return { kind: "skipped", why: "nothing to refund" };
  }
  assertSound(found);
  return passAccount(deps, { invoice: found, queue: "refund" }, () => sendFound(deps, found));
}

async function sendFound(deps: AttemptChargeDeps, found: Invoice): Promise<AttemptResult> {
  const adapter = deps.gateways.get(found.gateway, found.account);
  const opened = await admitCall(deps, adapter, {
    call: "refund",
    paidWith: found.paidWith,
    ...payMethodOf(found, nextRefund(found)),
  });
  if (opened.kind === "waits") return opened;
  const at = await readInstants(deps);
  if (opened.kind === "not_sent") {
    const recording = {
      at,
      actor: "charge" as const,
      random: deps.random(),
      refundId: newId("ref"),
    };
    const deferred = deferInvoice(found, deps.policy, recording);
    await deps.invoices.write(found, deferred);
    return { kind: "deferred", why: opened.reason, retryAt: deferred.nextActionAt };
  }
  const lease = startLease(deps, adapter.callDeadlineMs);
  const claimed = await claim(deps, found, {
    token: newToken(),
    worker: deps.worker,
    leaseUntil: lease.until,
    credentialEndsAt: opened.credential.endsAt,
    at,
  });
  if (claimed?.step !== "call") return { kind: "skipped", why: "somebody else was first" };

  const outcome = await send(deps, { claimed, adapter, admitted: opened, lease });
  const recorded = await record(deps, claimed, { adapter, outcome });
  const retryAt = recorded.step === "refund" ? recorded.nextActionAt : null;
  const orderNumber = claimedRefund(claimed)?.orderNumber ?? "";
  return {
    kind: "charged",
    outcome: outcome.kind,
    retryAt,
    decline: outcome.kind === "declined" ? { decline: outcome.decline, orderNumber } : null,
  };
}

async function claim(
  deps: AttemptChargeDeps,
  found: Invoice,
  request: Parameters<typeof claimRefund>[1],
): Promise<Invoice | null> {
  const next = claimRefund(found, request);
  const claimed = next === null ? null : await deps.invoices.claimAttempt(found, next);
  if (claimed !== null || next === null) return claimed;
  const read = await deps.invoices.find(found.id);
  // Its answer was lost and others have written since: the claim stands, and nothing was sent.
  return read?.claim?.token === request.token ? read : null;
}

interface Sending {
  claimed: Invoice;
  adapter: GatewayAdapter;
  admitted: Extract<Admission, { kind: "ready" }>;
  lease: Lease;
}

async function send(deps: AttemptChargeDeps, sending: Sending): Promise<RefundOutcome> {
  const { claimed, adapter, admitted, lease } = sending;
  const { credential } = admitted;
  const refund = claimedRefund(claimed);
  if (refund === undefined) throw new Error(`invoice ${claimed.id} was claimed without refund`);
  if (!(await keepPace(deps, adapter, admitted.pace))) return NO_SLOT;
  try {
    return await adapter.refund(
      { credential, maySend: lease.maySend },
      {
        transactionId: refund.transactionId,
        orderNumber: refund.orderNumber,
        amount: refund.amount,
        leftBefore: leftBefore(claimed, refund),
        everythingLeft: isEverythingLeft(claimed, refund),
        paidWith: claimed.paidWith,
        ...payMethodOf(claimed, refund),
        reason: refund.reason,
      },
    );
  } catch (error) {
    deps.log.error({ invoiceId: claimed.id, err: describeError(error) }, "gateway adapter failed");
    return { kind: "unknown", reason: "adapter failed" };
  }
}

/**
 * What the gateway called it when it was paid, since some cancel by that name; where nobody told, the
 * wallet that its window was opened for.
 */
function payMethodOf(invoice: Invoice, refund: Refund | undefined): { payMethod?: string } {
  const paid = invoice.attempts.find(
    ({ transaction }) => transaction?.id === refund?.transactionId,
  );
  const told = refund?.payMethod ?? paid?.transaction?.payMethod ?? invoice.window?.wallet;
  return told == null ? {} : { payMethod: told };
}

async function record(
  deps: AttemptChargeDeps,
  claimed: Invoice,
  sent: { adapter: GatewayAdapter; outcome: RefundOutcome },
): Promise<Invoice> {
  const token = claimed.claim?.token ?? "";
  const policy = refundPolicyOf(deps.policy, sent.adapter);
  const recorded = await recordUntilWritten(deps, claimed, sent.outcome, (invoice, recording) =>
    recordRefundOutcome(invoice, { token, outcome: sent.outcome }, policy, recording),
  );
  deps.log.info(
    { invoiceId: claimed.id, refundId: claimed.claim?.subject, outcome: sent.outcome.kind },
    "refund outcome is recorded",
  );
  return recorded;
}
