/** The payment window: opened by a browser's form, and what the customer does in it. */
import { findCardById } from "../cards.ts";
import { decideCharge } from "../charge-decision.ts";
import type { Effect } from "../effects.ts";
import type { Processed } from "../wire.ts";
import {
  type PageReply,
  readWebAddress,
  toMessagePage,
  toRedirect,
} from "../windows/reply-page.ts";
import { type WindowChoice, toWindowPage } from "../windows/window-page.ts";
import {
  type Approval,
  type Decline,
  SHOP,
  UNANSWERED,
  approvalDraft,
  declineDraft,
  refusePayment,
  refuseUsed,
  withApprovalFaults,
} from "./charge.ts";
import { CODES, type Refusal, isRefusal, refuse } from "./codes.ts";
import { HASHED_FIELDS, openHash } from "./hash.ts";
import type { Kiwoompay } from "./operation.ts";
import { readWindowFields } from "./window-fields.ts";
import { findWindowMethod, isWallet, methodsOf } from "./window-methods.ts";
import type { WindowOrder } from "./window-order.ts";

/** Where the customer's own form goes. */
export const WINDOW_PATH = "/_sim/kiwoompay/window";

const TITLE = "키움페이 결제창 KiwoomPay payment window";
/** Nobody enters an expiry in a window, so no card is too old for it. */
const FAR_EXPIRY = "9912";
/** The card behind whatever is paid without choosing one. */
const PLAIN_CARD = "always_approves";
/** What the button says that has the payment declined: the wallet is empty. */
const DECLINED: Decline = { kind: "decline", code: "2001", decidedBy: "card" };

/** POST /pay/linkEnc: shows the window of an order that was hashed, or why not. */
export function openWindow(
  gateway: Kiwoompay,
  open: (order: WindowOrder) => string,
  form: unknown,
): Processed {
  const order = readOrder(gateway, form);
  if (isRefusal(order)) return { reply: toRefusalPage(order) };
  const { fields } = order;
  const page = toWindowPage({
    title: TITLE,
    action: WINDOW_PATH,
    windowId: open(order),
    facts: {
      merchant: `${SHOP.CPNAME} ${order.merchant}`,
      goods: fields.PRODUCTNAME ?? "",
      amount: Number(fields.AMOUNT),
      orderNumber: fields.ORDERNO ?? "",
    },
    methods: methodsOf(order.payMethod),
    withoutCard: {
      ko: "선택 안 함: 승인",
      en: "(none: approves)",
    },
  });
  return { reply: page };
}

function readOrder(gateway: Kiwoompay, form: unknown): WindowOrder | Refusal {
  const fields = readWindowFields(gateway.state, form);
  if (isRefusal(fields)) return fields;
  const hashed = openHash(gateway, fields.KIWOOM_ENC ?? "");
  const differing = Object.keys(HASHED_FIELDS).find((name) => hashed?.[name] !== fields[name]);
  if (hashed === null || differing !== undefined) {
    return { code: CODES.wrongHash, message: `KIWOOM_ENC: ${differing ?? ""} 불일치` };
  }
  const payMethod = findWindowMethod(fields.PAYMETHOD ?? "");
  if (typeof payMethod !== "string") return payMethod;
  const order = { merchant: fields.CPID ?? "", payMethod, fields };
  const used = refuseUsed(gateway, { ...order, body: fields });
  return used ? refuse(used.code) : order;
}

/** The customer closed the window. */
export function closeWindow(order: WindowOrder | undefined): PageReply {
  return order ? goTo(order.fields.CLOSEURL, CLOSED) : toMessagePage(TITLE, GONE, 410);
}

/** The customer pays, or is declined. */
export function actInWindow(
  gateway: Kiwoompay,
  order: WindowOrder | undefined,
  { choice, effect }: { choice: WindowChoice; effect: Effect | null },
): Processed {
  if (order === undefined) return { reply: toMessagePage(TITLE, GONE, 410) };
  const { fields } = order;
  const methods = methodsOf(order.payMethod);
  const method = methods.length === 1 ? methods[0]?.value : choice.method;
  if (!methods.some(({ value }) => value === method)) {
    return { reply: toRefusalPage(refuse(CODES.badPayMethod)) };
  }
  const call = { merchant: order.merchant, payMethod: method ?? "", body: fields };
  const refused = choice.act === "decline" ? DECLINED : refusePayment(gateway, call);
  const { card, decision } = decide(gateway, { method: call.payMethod, choice, effect });
  const declined = refused ?? (decision.kind === "decline" ? decision : null);
  if (declined !== null) return decline(gateway, order, { call, declined, effect });
  if (decision.kind !== "approve") return UNANSWERED;
  const at = gateway.state.clock.business();
  const draft = approvalDraft(gateway, call, { at, decision, card });
  gateway.state.ledger.append([{ ...draft, detail: { ...draft.detail, via: "window" } }]);
  return toPaid(order, choice, decision);
}

type WindowCall = Parameters<typeof approvalDraft>[1];

function decide(
  { state }: Kiwoompay,
  { method, choice, effect }: { method: string; choice: WindowChoice; effect: Effect | null },
) {
  const plain = findCardById(PLAIN_CARD) ?? null;
  const card = choice.card ?? (isWallet(method) ? null : plain);
  const asked = card ?? plain;
  if (asked === null) throw new Error(`there is no test card "${PLAIN_CARD}"`);
  const onFile = { card: asked, expiry: FAR_EXPIRY, paymentRequests: 0, declinesInARow: 0 };
  return { card, decision: decideCharge(onFile, effect, state.clock.business()) };
}

function toPaid({ fields }: WindowOrder, { act }: WindowChoice, approval: Approval): Processed {
  const reply = act === "vanish" ? toMessagePage(TITLE, VANISHED) : goTo(fields.HOMEURL, PAID);
  return withApprovalFaults({ reply }, approval);
}

function decline(
  gateway: Kiwoompay,
  { fields }: WindowOrder,
  { call, declined, effect }: { call: WindowCall; declined: Decline; effect: Effect | null },
): Processed {
  const told = { declined, operation: "window_pay" as const };
  gateway.state.ledger.append([declineDraft(gateway, { ...call, effect }, told)]);
  const refusal = refuse(declined.code);
  if (declined.code === CODES.duplicateOrderNumber) return { reply: toRefusalPage(refusal) };
  const { code, message } = refusal;
  return { reply: goTo(fields.FAILURL, { ko: message, en: "The payment was declined.", code }) };
}

const GONE = { ko: "없거나 이미 사용한 결제창입니다.", en: "No such window, or it was used." };
const CLOSED = { ko: "결제창이 닫혔습니다.", en: "The window was closed." };
const PAID = { ko: "결제되었습니다.", en: "The payment was approved." };
const VANISHED = {
  ko: "결제되었고, 브라우저는 가맹점으로 돌아가지 않습니다.",
  en: "The payment was approved, and the browser does not go back to the merchant.",
};

/** The merchant's page, or a message in the window where there is none. */
function goTo(url: string | undefined, otherwise: Parameters<typeof toMessagePage>[1]) {
  const address = readWebAddress(url ?? "");
  return address === null ? toMessagePage(TITLE, otherwise) : toRedirect(address);
}

function toRefusalPage({ code, message }: Refusal) {
  return toMessagePage(TITLE, { ko: message, en: "The window cannot be used.", code }, 400);
}
