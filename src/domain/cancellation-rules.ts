/**
 * Money that went back at the gateway itself, as a notice tells it: pure rules. Our own refunds are
 * told too, so each refund on record is matched with one notice, and what is left over is not ours.
 */
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { Recording } from "./charge-policy.ts";
import { withEvent } from "./events.ts";
import { type Invoice, eventData, isInFlight } from "./invoice.ts";
import {
  type Judgement,
  type NoticeFacts,
  change,
  flag,
  nothing,
  wait,
} from "./notice-judgement.ts";
import { completeRefund, nextRefund } from "./refund-rules.ts";
import { type Refund, mayHaveLeft, newRefund } from "./refund.ts";

/** The event's and the refund's reason (see settle-rules.ts and ask-rules.ts). */
const AT_GATEWAY = "refunded at the gateway";

type Cancellation = Pick<NoticeFacts, "transactionId" | "amount" | "cancellationId" | "at">;

/** Applies one cancellation where the gateway cannot be asked, or has confirmed it. */
export function recordCancellation(
  invoice: Invoice,
  attempt: ChargeAttempt,
  cancellation: Cancellation,
  recording: Recording,
): Judgement {
  const { amount } = cancellation;
  if (amount === null) return flag("no_amount");
  const told = { ...cancellation, amount, name: nameOf(invoice, attempt, cancellation) };
  const own = invoice.refunds.filter(
    (one) => one.orderNumber === attempt.orderNumber && one.state !== "failed",
  );
  const known = own.find((one) => told.name !== "" && one.noticedAs === told.name);
  if (known !== undefined) {
    return known.amount === amount ? nothing("already_known") : flag("contradicts");
  }
  // Without a name or a time it may be one that was told before, and may be another.
  const isVague = (one: Refund) =>
    one.amount === amount && one.noticedAs !== undefined && (told.name === "" || !one.noticedAs);
  if (own.some(isVague)) return flag("maybe_known");
  const match =
    own.find((one) => isSame(one, told) && one.refundTransactionId === told.name) ??
    own.find((one) => isSame(one, told)) ??
    own.find((one) => isLeaving(one, told));
  if (match !== undefined) return settleOwn(invoice, match, { told, recording });
  return recordForeignRefund(invoice, attempt, told, recording);
}

interface Told extends Cancellation {
  amount: number;
  /** Tells this cancellation from others of its order; empty where nothing does. */
  name: string;
}

/** A number that is neither the charge's nor a surplus' names the cancellation itself. */
function nameOf(invoice: Invoice, attempt: ChargeAttempt, told: Cancellation): string {
  const { transactionId: id } = told;
  const isCharge =
    id === null ||
    attempt.transaction?.id === id ||
    invoice.refunds.some((one) => one.transactionId === id);
  const ownNumber = isCharge ? null : id;
  return told.cancellationId ?? ownNumber ?? told.at?.toISOString() ?? "";
}

/** A refund of ours that is done, and that no notice has told yet. */
function isSame(refund: Refund, { amount }: Told): boolean {
  return refund.noticedAs === undefined && refund.amount === amount && refund.state === "done";
}

/** One that may be done; a surplus goes back whole, whoever sends it. */
function isLeaving(refund: Refund, { amount }: Told): boolean {
  const isOut = mayHaveLeft(refund) || (refund.surplus && refund.state === "queued");
  return refund.noticedAs === undefined && refund.amount === amount && isOut;
}

/** The cancellation is a refund of ours: at most its outcome becomes known. */
function settleOwn(
  invoice: Invoice,
  refund: Refund,
  { told, recording }: { told: Told; recording: Recording },
): Judgement {
  const noticed: Refund = { ...refund, noticedAs: told.name };
  if (refund.state === "done") {
    const refunds = invoice.refunds.map((one) => (one.id === refund.id ? noticed : one));
    return change({ ...invoice, refunds }, "own_refund");
  }
  if (isInFlight(invoice) && invoice.claim?.subject !== refund.id) return wait("refund_unknown");
  const held = invoice.held === "refund_unknown" ? null : invoice.held;
  const outcome = {
    refundTransactionId: told.cancellationId ?? told.transactionId ?? refund.transactionId,
    refundedAt: told.at ?? recording.at.business,
  };
  const settled = completeRefund({ ...invoice, held }, noticed, outcome, recording);
  return change(settled, "refund_settled");
}

/**
 * Somebody gave money back in the gateway's console: on record as a refund that is done, never above
 * what was captured. What was only reserved for a refund of ours and is not there any more is let go.
 */
export function recordForeignRefund(
  invoice: Invoice,
  attempt: ChargeAttempt,
  told: Pick<Told, "amount" | "name" | "at">,
  recording: Recording,
): Judgement {
  if (attempt.state !== "approved" || attempt.transaction === null) {
    return flag("more_than_captured");
  }
  const freed = freeUp(invoice, told.amount, recording);
  if (freed === null) return flag("more_than_captured");
  const refund: Refund = {
    ...newRefund({
      id: recording.refundId,
      transactionId: attempt.transaction.id,
      orderNumber: attempt.orderNumber,
      amount: told.amount,
      surplus: false,
      reason: AT_GATEWAY,
      requestedAt: recording.at.business,
      // Unique in the database: one name of one order is written once, whoever else comes.
      idempotency: { key: `notice:${attempt.orderNumber}:${told.name}`, bodyHash: "" },
    }),
    state: "done",
    refundedAt: told.at ?? recording.at.business,
    noticedAs: told.name,
  };
  const recorded: Invoice = {
    ...freed,
    refundable: freed.refundable - told.amount,
    refunds: [...freed.refunds, refund],
  };
  const idle = recorded.step === "refund" && nextRefund(recorded) === undefined;
  return change(
    withEvent<Invoice>(idle ? { ...recorded, step: "none" } : recorded, {
      type: "refund.completed",
      at: recording.at,
      actor: recording.actor,
      by: recording.by ?? null,
      reason: AT_GATEWAY,
      data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
    }),
    "refunded_at_gateway",
  );
}

/** The invoice with at least so much refundable, for which refunds that never left are given up. */
function freeUp(invoice: Invoice, amount: number, recording: Recording): Invoice | null {
  let freed = invoice;
  const unsent = invoice.refunds.filter(
    (one) => one.state === "queued" && !one.surplus && !mayHaveLeft(one),
  );
  for (const refund of unsent.toReversed()) {
    if (freed.refundable >= amount) break;
    freed = withEvent<Invoice>(
      {
        ...freed,
        refundable: freed.refundable + refund.amount,
        refunds: freed.refunds.map((one) =>
          one.id === refund.id ? { ...one, state: "failed" as const } : one,
        ),
      },
      {
        type: "refund.failed",
        at: recording.at,
        actor: recording.actor,
        by: recording.by ?? null,
        reason: AT_GATEWAY,
        data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
      },
    );
  }
  return freed.refundable >= amount ? freed : null;
}

/** What the gateway says of a transaction's refunds when it is asked. */
export interface ShownRefunds {
  refunded: boolean;
  /** Won given back of it so far; null where the gateway shows that, and not how much. */
  refundedAmount: number | null;
  /** Null where the gateway prints no readable time. */
  lastRefundedAt: Date | null;
}

/** Applies what the gateway shows beyond what is on record, once a notice has made us ask. */
export function recordShownRefunds(
  invoice: Invoice,
  attempt: ChargeAttempt,
  asked: { notice: Cancellation; shown: ShownRefunds },
  recording: Recording,
): Judgement {
  const { notice, shown } = asked;
  if (!shown.refunded) return wait("not_confirmed");
  const done = invoice.refunds.filter(
    (one) => one.transactionId === attempt.transaction?.id && one.state === "done",
  );
  if (shown.refundedAmount === null) {
    const isNew = done.length === 0 || isLatest(done, asked);
    if (isNew) return recordCancellation(invoice, attempt, notice, recording);
    // The refund that is shown is on record; whether there is one more, this gateway cannot tell.
    const isOnRecord = done.some((one) => one.amount === notice.amount);
    return isOnRecord ? nothing("own_refund") : flag("maybe_known");
  }
  const known = done.reduce((sum, one) => sum + one.amount, 0);
  const amount = shown.refundedAmount - known;
  if (amount <= 0) return nothing("already_known");
  const name = notice.cancellationId ?? `until ${shown.refundedAmount}`;
  return recordForeignRefund(
    invoice,
    attempt,
    { amount, name, at: notice.at ?? shown.lastRefundedAt },
    recording,
  );
}

/** The newest refund that the gateway shows is the one that the notice tells, and is not on record. */
function isLatest(
  done: readonly Refund[],
  { notice, shown }: { notice: Cancellation; shown: ShownRefunds },
): boolean {
  const at = shown.lastRefundedAt?.getTime();
  return (
    at !== undefined &&
    at === notice.at?.getTime() &&
    done.every((one) => one.refundedAt?.getTime() !== at)
  );
}
