/** What is written of a payment in the window. */
import { findCardById } from "../cards.ts";
import { type ChargeDecision, decideCharge } from "../charge-decision.ts";
import type { Effect } from "../effects.ts";
import type { WindowChoice } from "../windows/window-page.ts";
import { type Approval, type Charge, writeApproval, writeVirtualAccount } from "./charge.ts";
import { toObject } from "./fields.ts";
import { newAccountNumber } from "./numbers.ts";
import type { Portone } from "./operation.ts";
import { printedMethod } from "./pay-methods.ts";
import { paymentsUnder } from "./payments.ts";
import type { WindowOrder } from "./window-order.ts";

const DAY_MS = 86_400_000;
/** How long a virtual account waits for its deposit. */
const ACCOUNT_DAYS = 3;
/** Nobody enters an expiry in a window, so no card is too old for it. */
const FAR_EXPIRY = "9912";
/** The card behind whatever is paid without choosing one. */
const PLAIN_CARD = "always_approves";

interface Acting {
  readonly choice: WindowChoice;
  readonly effect: Effect | null;
}

/** Asks the card; what it did before is counted by the order. */
export function decideInWindow(
  gateway: Portone,
  { merchant, body }: WindowOrder,
  { choice, effect }: Acting,
): ChargeDecision {
  const card = choice.card ?? plainCard();
  const before = paymentsUnder(gateway, merchant, body.text("merchant_uid") ?? "");
  const declinesInARow =
    before.length - 1 - before.findLastIndex(({ status }) => status !== "failed");
  const onFile = { card, expiry: FAR_EXPIRY, paymentRequests: before.length, declinesInARow };
  return decideCharge(onFile, effect, gateway.state.clock.business());
}

/** The payment as the ledger is to hold it. */
export function toWindowCharge(
  gateway: Portone,
  { merchant, body, payMethod, way }: WindowOrder,
  { choice, effect }: Acting,
): Charge {
  const card = choice.card ?? (payMethod.kind === "card" ? plainCard() : null);
  const { quota = 0 } = toObject(toObject(body.any("card"))?.direct) ?? {};
  return {
    operation: "window_pay",
    merchant,
    body,
    effect,
    cardLast4: card?.number.slice(-4),
    printed: {
      ...printedMethod(payMethod, card),
      ...(payMethod.kind === "account" && newAccount(gateway)),
      via: "window",
      channel: way.kind === "page" ? "pc" : "mobile",
      escrow: body.any("escrow") === true ? "yes" : "no",
      quota: `${Number(quota)}`,
    },
  };
}

/** Writes the approval, or the virtual account that is to be paid into; returns the payment's number. */
export function writePayment(
  gateway: Portone,
  { payMethod }: WindowOrder,
  { charge, decision }: { charge: Charge; decision: Approval },
): string {
  return payMethod.kind === "account"
    ? writeVirtualAccount(gateway, charge)
    : writeApproval(gateway, charge, { decision });
}

function newAccount({ state }: Portone): Readonly<Record<string, string>> {
  const until = new Date(state.clock.business().getTime() + ACCOUNT_DAYS * DAY_MS);
  return {
    vbankCode: "004",
    vbankName: "국민은행",
    vbankNum: newAccountNumber(state.ledger),
    vbankHolder: "키움페이",
    vbankDate: until.toISOString(),
  };
}

function plainCard() {
  const card = findCardById(PLAIN_CARD);
  if (!card) throw new Error(`there is no test card "${PLAIN_CARD}"`);
  return card;
}
