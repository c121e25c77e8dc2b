/** Which step may stand beside which state, claim, attempts and refunds. */
import { type Invoice, lastAttempt } from "../../../domain/invoice.ts";
import { OPEN_STATES } from "./invoice-attempts.ts";

/** What does not fit, in one sentence; null where everything does. */
export function disagreementOf(invoice: Invoice): string | null {
  const { step, claim } = invoice;
  if (step === "call" || step === "ask") {
    if (claim === null) return `step ${step} without a claim`;
    return claim.kind === "charge" ? chargeInFlight(invoice) : refundInFlight(invoice);
  }
  if (step === "window") return atTheWindow(invoice);
  if (claim !== null) return `step ${step} with a claim`;
  if (step === "charge") return toBeCharged(invoice);
  if (step === "refund") return toBeRefunded(invoice);
  return atRest(invoice);
}

function chargeInFlight(invoice: Invoice): string | null {
  const { state, step, claim } = invoice;
  const attempt = lastAttempt(invoice);
  if (state !== "open") return `a charge is under way on a ${state} invoice`;
  if (attempt === undefined || attempt.orderNumber !== claim?.subject) {
    return `the claim is for ${claim?.subject ?? "-"}, the newest attempt is ${attempt?.orderNumber ?? "none"}`;
  }
  const expected = step === "call" ? ["initiated"] : ["unknown", "pending"];
  return expected.includes(attempt.state)
    ? null
    : `step ${step}, but ${attempt.orderNumber} is ${attempt.state}`;
}

/** Where the gateway takes the money its attempt stands pending; where we do there is none yet. */
function atTheWindow(invoice: Invoice): string | null {
  const { state, claim, window } = invoice;
  const attempt = lastAttempt(invoice);
  if (window === null) return "step window without a window";
  if (state !== "open") return `a window is open on a ${state} invoice`;
  if (claim === null) return attempt === undefined ? null : "attempted before the window was left";
  const isPending = attempt?.state === "pending" && attempt.orderNumber === claim.subject;
  return isPending ? null : `step window, but ${claim.subject} is ${attempt?.state ?? "missing"}`;
}

function refundInFlight({ step, claim, refunds }: Invoice): string | null {
  const refund = refunds.find((one) => one.id === claim?.subject);
  if (refund === undefined) return `the claim is for ${claim?.subject ?? "-"}, which is no refund`;
  const expected = step === "call" ? "initiated" : "unknown";
  return refund.state === expected
    ? null
    : `step ${step}, but refund ${refund.id} is ${refund.state}`;
}

function toBeCharged(invoice: Invoice): string | null {
  if (invoice.state !== "open") return `a ${invoice.state} invoice is to be charged`;
  const last = lastAttempt(invoice);
  const open = invoice.attempts.find(
    (attempt) =>
      OPEN_STATES.includes(attempt.state) && !(attempt === last && attempt.state === "not_sent"),
  );
  return open === undefined ? null : `to be charged while ${open.orderNumber} is ${open.state}`;
}

function toBeRefunded({ state, refunds }: Invoice): string | null {
  if (state === "open") return "an open invoice is to be refunded";
  return refunds.some((refund) => refund.state === "queued")
    ? unattended(refunds, ["initiated", "unknown"])
    : "to be refunded, but no refund is queued";
}

function atRest(invoice: Invoice): string | null {
  if (invoice.state === "open") return "open, but nothing is to be done";
  const open = invoice.attempts.find((attempt) => OPEN_STATES.includes(attempt.state));
  if (open !== undefined) return `nothing is to be done, but ${open.orderNumber} is ${open.state}`;
  return unattended(invoice.refunds, ["queued", "initiated", "unknown"]);
}

function unattended(refunds: Invoice["refunds"], states: readonly string[]): string | null {
  const refund = refunds.find((one) => states.includes(one.state));
  return refund === undefined ? null : `refund ${refund.id} is ${refund.state} and nobody is at it`;
}
