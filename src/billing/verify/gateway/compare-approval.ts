/** One order number as the gateway lists it, against our record of it. Pure. */
import type { ChargeAttempt } from "../../../domain/charge-attempt.ts";
import type { Invoice } from "../../../domain/invoice.ts";
import type { Refund } from "../../../domain/refund.ts";
import type { ListedTransaction } from "../../../gateways/gateway.ts";
import { OPEN_STATES } from "../checks/invoice-attempts.ts";
import type { Finding } from "../finding.ts";
import { GATEWAY_TEXTS, type GatewayCheckName } from "./texts.ts";

export type ListedApproval = Extract<ListedTransaction, { kind: "approval" }>;
export type ListedRefund = Extract<ListedTransaction, { kind: "refund" }>;

/** An approval with the refunds that the gateway shows on it. */
export interface Listed {
  approval: ListedApproval;
  refunds: readonly ListedRefund[];
}

export interface Comparison {
  findings: Finding[];
  /** What we have under it: count and won, and how many of the listed approvals have a refund here. */
  ours: { count: number; won: number; refunds: number };
  inProgress: number;
  /** An approved attempt beside which the gateway lists a transaction that is not known here. */
  unclear: ChargeAttempt | null;
}

/** Before this operational instant an answer is in the gateway's list, if it is anywhere. */
export type ListedBefore = Date;

export function gatewayFinding(
  check: GatewayCheckName,
  place: Pick<Finding, "documentId" | "subscriptionId" | "since" | "detail">,
): Finding {
  return { check, ...GATEWAY_TEXTS[check], ...place };
}

/** Compares all approvals that the gateway lists under one order number of ours. */
export function compareApprovals(
  invoice: Invoice,
  listed: readonly Listed[],
  listedBefore: ListedBefore,
): Comparison {
  const results = listed.map((one) => compareOne(invoice, one, listedBefore));
  return {
    findings: results.flatMap(({ findings }) => findings),
    ours: {
      count: results.reduce((sum, { ours }) => sum + ours.count, 0),
      won: results.reduce((sum, { ours }) => sum + ours.won, 0),
      refunds: results.reduce((sum, { ours }) => sum + ours.refunds, 0),
    },
    inProgress: results.reduce((sum, { inProgress }) => sum + inProgress, 0),
    unclear: results.find(({ unclear }) => unclear !== null)?.unclear ?? null,
  };
}

const NOTHING: Comparison = {
  findings: [],
  ours: { count: 0, won: 0, refunds: 0 },
  inProgress: 0,
  unclear: null,
};

function compareOne(invoice: Invoice, one: Listed, listedBefore: ListedBefore): Comparison {
  const { orderNumber, transactionId, amount } = one.approval;
  const attempt = invoice.attempts.find((candidate) => candidate.orderNumber === orderNumber);
  if (attempt === undefined) return NOTHING;
  const found = (check: GatewayCheckName, detail: string): Comparison => ({
    ...NOTHING,
    findings: [
      gatewayFinding(check, {
        documentId: invoice.id,
        subscriptionId: invoice.subscriptionId,
        since: one.approval.at,
        detail,
      }),
    ],
  });
  const recorded = recordedAmount(invoice, attempt, transactionId);
  if (recorded === null) return compareUnrecorded(invoice, attempt, { one, found });
  const refunds = compareRefunds(invoice, one, listedBefore);
  const ours = { count: 1, won: recorded, refunds: refunds.ours };
  const differs = recorded !== amount && invoice.held === null;
  const detail = `${orderNumber}: ${recorded} here, ${amount} there (${transactionId})`;
  const findings = differs ? found("gateway-amount", detail).findings : [];
  const { inProgress } = refunds;
  return { ...NOTHING, findings: [...findings, ...refunds.findings], ours, inProgress };
}

/** The amount under which a transaction is known here; null where it is not. */
export function recordedAmount(
  invoice: Invoice,
  attempt: ChargeAttempt,
  transactionId: string,
): number | null {
  if (attempt.transaction?.id === transactionId) return attempt.amount;
  const surplus = invoice.refunds.find(
    (refund) => refund.surplus && refund.transactionId === transactionId,
  );
  return surplus?.amount ?? null;
}

function compareUnrecorded(
  invoice: Invoice,
  attempt: ChargeAttempt,
  at: {
    one: Listed;
    found: (check: GatewayCheckName, detail: string) => Comparison;
  },
): Comparison {
  const { approval, refunds } = at.one;
  const there = `${approval.orderNumber}: ${approval.transactionId}, ${approval.amount} won`;
  // Ours may stand on another day: that is for its whole order number to tell.
  if (attempt.state === "approved") return { ...NOTHING, unclear: attempt };
  const asks = attempt.state !== "not_sent" && OPEN_STATES.includes(attempt.state);
  // A closed attempt is looked for again; until the last look nothing is wrong yet.
  if (asks || attempt.recheckAt !== null || invoice.held !== null) {
    return { ...NOTHING, inProgress: 1 };
  }
  // Seen by a second look and given back there already: nobody has lost anything.
  if (refunds.length > 0) return NOTHING;
  return at.found("gateway-unpaid-charge", `${there}; here ${attempt.state}`);
}

function compareRefunds(
  invoice: Invoice,
  { approval, refunds: theirs }: Listed,
  listedBefore: ListedBefore,
): { findings: Finding[]; ours: number; inProgress: number } {
  const ours = invoice.refunds.filter((one) => one.transactionId === approval.transactionId);
  const done = ours.filter((one) => one.state === "done");
  const count = done.length > 0 ? 1 : 0;
  const isMoving = ours.some((one) => ["queued", "initiated", "unknown"].includes(one.state));
  const isRecent = done.some((one) => !isSettled(one, listedBefore));
  if (isMoving || isRecent || invoice.held !== null) {
    return { findings: [], ours: count, inProgress: 1 };
  }
  const difference = refundDifference(done, theirs, approval.amount);
  if (difference === null) return { findings: [], ours: count, inProgress: 0 };
  const finding = gatewayFinding(difference.check, {
    documentId: invoice.id,
    subscriptionId: invoice.subscriptionId,
    since: theirs[0]?.at ?? done[0]?.refundedAt ?? null,
    detail: `${approval.orderNumber} (${approval.transactionId}): ${difference.detail}`,
  });
  return { findings: [finding], ours: count, inProgress: 0 };
}

function isSettled(refund: Refund, listedBefore: ListedBefore): boolean {
  return refund.callEndedAt === null || refund.callEndedAt < listedBefore;
}

function refundDifference(
  done: readonly Refund[],
  theirs: readonly ListedRefund[],
  approved: number,
): { check: GatewayCheckName; detail: string } | null {
  const here = done.reduce((sum, one) => sum + one.amount, 0);
  const told = theirs.flatMap(({ amount }) => (amount === null ? [] : [amount]));
  const there = told.reduce((sum, amount) => sum + amount, 0);
  const tellsAmounts = told.length === theirs.length;
  if (here === 0 && theirs.length > 0) {
    const amount = tellsAmounts ? `${there} won` : "an amount that is not listed";
    return { check: "gateway-unknown-refund", detail: `${amount} refunded there, nothing here` };
  }
  if (here > 0 && theirs.length === 0) {
    // Whether a list shows part refunds is documented nowhere: only a whole one is certain to show.
    if (here < approved) return null;
    return { check: "gateway-missing-refund", detail: `${here} won refunded here, nothing there` };
  }
  if (tellsAmounts && there !== here) {
    return { check: "gateway-refund-amount", detail: `${here} won here, ${there} won there` };
  }
  return null;
}
