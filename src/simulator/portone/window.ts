/** The payment window: opened by the script's form, and what the customer does in it. */
import type { Effect } from "../effects.ts";
import type { Processed } from "../wire.ts";
import { type PageReply, toMessagePage } from "../windows/reply-page.ts";
import { type WindowChoice, toWindowPage } from "../windows/window-page.ts";
import { type Decline, UNANSWERED, withFaults, writeFailure } from "./charge.ts";
import { type Refusal, OWN_MESSAGES, isRefusal } from "./envelope.ts";
import type { Portone } from "./operation.ts";
import { WINDOW_PATH, WINDOW_TITLE, goBack } from "./window-return.ts";
import { type AskedWindow, type WindowOrder, readOrder } from "./window-order.ts";
import { decideInWindow, toWindowCharge, writePayment } from "./window-payment.ts";
import { findWindowFault } from "./window-rules.ts";

/** What the button says that has the payment declined. */
const DECLINED: Decline = { kind: "decline", code: "2001", decidedBy: "card" };
/** Of an order number that was paid; the only code of the window that is known. */
const PAID_BEFORE = "F1002";
/** Of everything else that the window refuses: the simulator's own. */
const REFUSED = "SIM400";
/** Of a customer who closes the window: the simulator's own; the words are the gateway's. */
const CLOSED = { error_code: "SIM499", error_msg: "사용자가 결제를 취소하셨습니다" };

/** Shows the window of an order, or tells the merchant's page why not. */
export function openWindow(
  gateway: Portone,
  open: (order: WindowOrder) => string,
  asked: AskedWindow | null,
): Processed {
  if (asked === null) return { reply: toMessagePage(WINDOW_TITLE, UNREADABLE, 400) };
  const order = readOrder(gateway, asked);
  if (isRefusal(order)) return { reply: refuseIn(gateway, asked, order) };
  const { body, payMethod } = order;
  const page = toWindowPage({
    title: WINDOW_TITLE,
    action: WINDOW_PATH,
    windowId: open(order),
    facts: {
      merchant: asked.impCode,
      goods: body.text("name") ?? "",
      amount: body.whole("amount") ?? 0,
      orderNumber: body.text("merchant_uid") ?? "",
    },
    methods: [{ value: payMethod.name, text: payMethod.text }],
    withoutCard: {
      ko: `${payMethod.text.ko}: 승인`,
      en: `(${payMethod.text.en}: approves)`,
    },
    ...(payMethod.kind === "account" && { vanishing: ACCOUNT_VANISHES }),
  });
  return { reply: page };
}

/** The customer closed the window: there is no payment. */
export function closeWindow(gateway: Portone, order: WindowOrder | undefined): PageReply {
  if (order === undefined) return toMessagePage(WINDOW_TITLE, GONE, 410);
  return goBack(gateway, order.way, { ...namesOf(order), ...CLOSED });
}

/** The customer pays, or is declined. */
export function actInWindow(
  gateway: Portone,
  order: WindowOrder | undefined,
  { choice, effect }: { choice: WindowChoice; effect: Effect | null },
): Processed {
  if (order === undefined) return { reply: toMessagePage(WINDOW_TITLE, GONE, 410) };
  // Another window of the same order may have been paid in meanwhile.
  const fault = findWindowFault(gateway, order);
  if (fault) return { reply: goBack(gateway, order.way, { ...namesOf(order), ...codeOf(fault) }) };
  const decision =
    choice.act === "decline" ? DECLINED : decideInWindow(gateway, order, { choice, effect });
  if (decision.kind === "swallow") return UNANSWERED;
  const charge = toWindowCharge(gateway, order, { choice, effect });
  if (decision.kind === "decline") {
    const impUid = writeFailure(gateway, charge, decision);
    return { reply: goBack(gateway, order.way, { merchant: order.merchant, impUid }) };
  }
  const impUid = writePayment(gateway, order, { charge, decision });
  const reply =
    choice.act === "vanish"
      ? toMessagePage(WINDOW_TITLE, VANISHED)
      : goBack(gateway, order.way, { merchant: order.merchant, impUid });
  return withFaults({ reply }, decision);
}

/** Before there is an order: what it would have been called, and why it is not. */
function refuseIn(gateway: Portone, { param, way }: AskedWindow, refusal: Refusal): PageReply {
  const { unknownField } = refusal;
  if (unknownField !== undefined) {
    const where = { method: "POST", path: "IMP.request_pay" };
    gateway.state.notUnderstood.add({ ...where, reason: "unknown field", field: unknownField });
  }
  const merchantUid = typeof param.merchant_uid === "string" ? param.merchant_uid : "";
  return goBack(gateway, way, { merchant_uid: merchantUid.slice(0, 40), ...codeOf(refusal) });
}

function namesOf({ body, payMethod }: WindowOrder) {
  return { merchant_uid: body.text("merchant_uid") ?? "", pay_method: payMethod.name };
}

function codeOf({ message }: Refusal) {
  const error_code = message === OWN_MESSAGES.alreadyPaid ? PAID_BEFORE : REFUSED;
  return { error_code, error_msg: message };
}

const ACCOUNT_VANISHES = {
  button: { ko: "발급 후 돌아가지 않기", en: "Have it issued, then lose the way back" },
  note: {
    ko: "마지막 버튼: 가상계좌가 발급되고 브라우저는 돌아가지 않습니다.",
    en: "The last button: the account is issued, and the browser never returns.",
  },
};
const UNREADABLE = {
  ko: "결제 요청을 읽을 수 없습니다. 모바일에서는 m_redirect_url이 필요합니다.",
  en: "The request cannot be read. A phone needs m_redirect_url.",
};
const GONE = { ko: "없거나 이미 사용한 결제창입니다.", en: "No such window, or it was used." };
const VANISHED = {
  ko: "처리되었고, 브라우저는 가맹점으로 돌아가지 않습니다.",
  en: "It was carried out, and the browser does not go back to the merchant.",
};
