/**
 * Payments that a customer makes in a gateway's window, as pure rules: each takes the invoice as it
 * was read and returns what it becomes, or null where the rule does not apply any more.
 *
 * Where the gateway takes the money in the window, it may have moved as soon as the window can be
 * opened: the attempt stands there, pending and claimed, before the gateway hears of it. Where we take
 * it with what the window handed back, nothing can have moved until that is claimed.
 */
import { closeAbsent } from "./ask-rules.ts";
import { moveAttempt, newAttempt } from "./charge-attempt.ts";
import type { ChargePolicy, Recording } from "./charge-policy.ts";
import { type ClaimRequest, claimCharge } from "./claim-rules.ts";
import type { Cause, Instants } from "./events.ts";
import {
  type Invoice,
  type NewInvoice,
  lastAttempt,
  openPaymentInvoice,
  withLastAttempt,
} from "./invoice.ts";
import { orderNumberOf } from "./order-number.ts";
import { WINDOW_EXPIRED, failInvoice, voidInvoice } from "./settle-rules.ts";

/** A payment window, as its invoice keeps it. */
export interface PaymentWindow {
  /** The merchant's own number for the order; unique. */
  orderId: string;
  /** Keyed hash of what was asked: who asks for the same gets the same answer. */
  requestHash: string;
  device: "pc" | "mobile";
  /** The wallet that was chosen beforehand; null: whatever the window offers. */
  wallet: string | null;
  /** Whether the money lies in escrow until the goods are delivered. */
  escrow: boolean;
  /** Where the customer's browser goes in the end; null: to a page of ours. */
  returnUrl: string | null;
  /** Operational instant until which the customer may pay. */
  endsAt: Date;
  /** Whether the gateway can be asked what became of it. */
  askable: boolean;
  /** What the gateway calls the order; null where it has no name of its own, or has not answered. */
  gatewayOrderId: string | null;
  /** What a page needs to open the window, as JSON; null while the gateway has not answered. */
  opened: string | null;
  /** Operational instant at which a browser said that it was paid; null: none did. */
  returnedAt: Date | null;
  /** The last decline or refusal that the window told of, in the gateway's words. */
  failure: string | null;
  virtualAccount: DepositAccount | null;
}

/** A virtual account into which a customer is to pay. */
export interface DepositAccount {
  bankName: string;
  accountNumber: string;
  holder: string;
  /** Instant after which no deposit is taken; null where the gateway does not say. */
  endsAt: Date | null;
}

/** How the money of a window is taken. */
export type WindowTaking =
  | { by: "merchant" }
  | { by: "gateway"; token: string; worker: string; orderPrefix: string };

/** The invoice of a payment in a window. It is looked at again at `closesAt`. */
export function openWindowInvoice(
  input: NewInvoice,
  { window, taking, closesAt }: { window: PaymentWindow; taking: WindowTaking; closesAt: Date },
): Invoice {
  const invoice: Invoice = {
    ...openPaymentInvoice({ ...input, paidWith: "wallet" }, null),
    step: "window",
    urgent: false,
    nextActionAt: closesAt,
    window,
  };
  return taking.by === "merchant" ? invoice : standPending(invoice, taking, input.at, closesAt);
}

/** The attempt under which the gateway takes the money, whenever the customer pays. */
function standPending(
  invoice: Invoice,
  taking: Extract<WindowTaking, { by: "gateway" }>,
  at: Instants,
  closesAt: Date,
): Invoice {
  const orderNumber = orderNumberOf(taking.orderPrefix, invoice.number, 1);
  return {
    ...invoice,
    claim: {
      token: taking.token,
      kind: "charge",
      worker: taking.worker,
      leaseUntil: closesAt,
      credentialEndsAt: closesAt,
      subject: orderNumber,
    },
    attempts: [
      newAttempt({
        number: 1,
        orderNumber,
        state: "pending",
        billingKeyId: null,
        amount: invoice.amount,
        initiatedAt: at.business,
        claimedAt: at.operational,
        credentialEndsAt: closesAt,
        reason: "payment window",
      }),
    ],
  };
}

/** The order number that the gateway is told. */
export function windowOrderNumber(invoice: Invoice, orderPrefix: string): string {
  return orderNumberOf(orderPrefix, invoice.number, 1);
}

/** Keeps what the gateway answered. The first answer stays: a page may be using it. */
export function keepOpened(
  invoice: Invoice,
  opened: { text: string; gatewayOrderId: string | null },
): Invoice | null {
  const { window } = invoice;
  if (window === null || window.opened !== null || invoice.step !== "window") return null;
  const { text, gatewayOrderId } = opened;
  return { ...invoice, window: { ...window, opened: text, gatewayOrderId } };
}

/** The gateway opens no window for this order: nobody can pay it. */
export function refuseWindow(invoice: Invoice, reason: string, cause: Cause): Invoice | null {
  const { window } = invoice;
  if (window === null || window.opened !== null || invoice.step !== "window") return null;
  const refused = { ...abandonPending(invoice, cause.at), window: { ...window, failure: reason } };
  return failInvoice(refused, cause, "window_refused");
}

/** No window was ever opened under the number, so nothing can come. */
function abandonPending(invoice: Invoice, at: Instants): Invoice {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return invoice;
  const changes = { reason: "window refused", closedAt: at.business };
  return withLastAttempt(invoice, moveAttempt(attempt, "abandoned", changes));
}

/** Claims the one charge that takes what the window handed back. */
export function claimWindow(
  invoice: Invoice,
  request: ClaimRequest,
  policy: Pick<ChargePolicy, "orderPrefix" | "attemptsMax">,
): Invoice | null {
  if (invoice.step !== "window" || invoice.claim !== null) return null;
  const ready: Invoice = { ...invoice, step: "charge", nextActionAt: request.at.operational };
  const claimed = claimCharge(ready, request, policy);
  return claimed === null ? null : withoutFailure(claimed);
}

/** Somebody says that it was paid: it is asked about at once. */
export function leaveWindow(invoice: Invoice, at: Instants): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (invoice.step !== "window" || invoice.claim === null || attempt === undefined) return null;
  const asked = withLastAttempt(invoice, { ...attempt, unknownSince: at.operational });
  return { ...asked, step: "ask", nextActionAt: at.operational };
}

/** The window's time is over. */
export function endWindow(
  invoice: Invoice,
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const { window, nextActionAt } = invoice;
  const isOver = nextActionAt <= recording.at.operational;
  if (invoice.step !== "window" || window === null || !isOver) return null;
  if (invoice.claim === null) {
    return invoice.stop
      ? voidInvoice(invoice, recording, "canceled")
      : failInvoice(invoice, recording, WINDOW_EXPIRED);
  }
  // A gateway that cannot be asked has had its time to tell; what a browser claims is for a person.
  const isSilent = !window.askable && window.returnedAt === null;
  return isSilent ? closeAbsent(invoice, policy, recording) : leaveWindow(invoice, recording.at);
}

/** A virtual account was issued: the customer has until its end, and the gateway a day more to tell. */
export function awaitDeposit(invoice: Invoice, account: DepositAccount): Invoice | null {
  const { window, claim } = invoice;
  const attempt = lastAttempt(invoice);
  if (invoice.step !== "window" || window === null || claim === null || attempt === undefined) {
    return null;
  }
  if (isSameAccount(window.virtualAccount, account)) return null;
  const endsAt = later(window.endsAt, account.endsAt);
  const closesAt = later(invoice.nextActionAt, new Date(endsAt.getTime() + TELLING_MS));
  return {
    ...withLastAttempt(invoice, { ...attempt, credentialEndsAt: closesAt }),
    claim: { ...claim, leaseUntil: closesAt, credentialEndsAt: closesAt },
    nextActionAt: closesAt,
    window: { ...window, endsAt, virtualAccount: account, failure: null },
  };
}

const TELLING_MS = 86_400_000;

function isSameAccount(known: DepositAccount | null, told: DepositAccount): boolean {
  return (
    known?.accountNumber === told.accountNumber &&
    known.endsAt?.getTime() === told.endsAt?.getTime()
  );
}

function later(one: Date, other: Date | null): Date {
  return other !== null && other > one ? other : one;
}

/** A browser came back and said that it was paid. Nothing is believed: somebody will look. */
export function noteReturn(invoice: Invoice, at: Instants): Invoice | null {
  const { window } = invoice;
  if (window === null || window.returnedAt !== null || invoice.state !== "open") return null;
  return { ...invoice, window: { ...window, returnedAt: at.operational } };
}

/** What the window told of a decline, or of a customer who closed it. The order stays open. */
export function noteFailure(invoice: Invoice, failure: string): Invoice | null {
  const { window } = invoice;
  if (window === null || window.failure === failure || invoice.step !== "window") return null;
  return { ...invoice, window: { ...window, failure } };
}

function withoutFailure(invoice: Invoice): Invoice {
  const { window } = invoice;
  return window === null ? invoice : { ...invoice, window: { ...window, failure: null } };
}

/**
 * Gives an unpaid order up. Where the gateway takes the money nobody can shut its window: what still
 * comes goes straight back.
 */
export function stopWindow(invoice: Invoice, cause: Cause): Invoice | null {
  if (invoice.state !== "open" || invoice.stop) return null;
  const isOurs = invoice.step === "window" && invoice.claim === null;
  return isOurs
    ? voidInvoice({ ...invoice, stop: true }, cause, "canceled")
    : { ...invoice, stop: true };
}
