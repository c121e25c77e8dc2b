// `/test-refund.html`: gives back a payment, whole or in part.
import { call, renewRequestKey, requestKey } from "./call.js";
import { openForm } from "./form.js";
import { element, facts, headline, pressed, show, showResult } from "./show.js";
import { gatewayName, language, say, sayState, won } from "./texts.js";

/**
 * @typedef {{ id: string, state: string, customerId: string, gateway: string, productName: string, amount: number, refundable: number }} Payment
 * @typedef {{ refundId: string, paymentId: string, amount: number, state: string, reason: string, decline?: { message: string } }} Refund
 */

const WAIT_S = 10;

/** @type {Payment | null} */
let payment = null;

const page = openForm({
  async send(form) {
    /** @type {import("./call.js").Reply<Refund>} */
    const reply = await call("POST", "/billing/refund", {
      apiKey: form.value("apiKey"),
      key: requestKey(),
      waitS: WAIT_S,
      body: {
        paymentId: form.value("paymentId"),
        amount: form.amount("amount"),
        reason: form.value("reason"),
      },
    });
    if (reply.kind === "unreachable") return form.sayUnreachable();
    if (reply.kind === "problem") {
      form.refuse(reply.problem);
      if (reply.problem.code === "IDEMPOTENCY_KEY_REUSED") offerNew();
      return;
    }
    form.setOver(true);
    await look();
    tell(reply.body, reply.isReplay);
  },
  effect: (form) => describe(form.amount("amount")),
});

document.getElementById("paymentId")?.addEventListener("change", () => void look());
document.getElementById("apiKey")?.addEventListener("change", () => void look());
await look();

/** Reads the payment, so that the page can say what would go back to whom. */
async function look() {
  const id = page.value("paymentId");
  payment = null;
  if (id !== undefined) {
    /** @type {import("./call.js").Reply<Payment>} */
    const reply = await call("GET", `/billing/payment/${encodeURIComponent(id)}`, {
      apiKey: page.value("apiKey"),
    });
    payment = reply.kind === "answer" ? reply.body : null;
  }
  page.watch();
}

/** @param {number | string | undefined} amount */
function describe(amount) {
  if (payment === null) return "";
  const { customerId, productName, refundable } = payment;
  const back = typeof amount === "number" ? amount : refundable;
  const where = gatewayName(payment.gateway);
  const state = sayState("payment", payment.state);
  return language === "ko"
    ? `고객 ${customerId}의 결제 "${productName}" ${won(payment.amount)}(${state}) 중 ${won(back)}이 지금 환불됩니다. 환불 가능 ${won(refundable)}. 결제사: ${where}`
    : `${won(back)} go back now to customer ${customerId}, of ${won(payment.amount)} for "${productName}" (${state}), at ${where}. Can still be refunded: ${won(refundable)}.`;
}

/**
 * @param {Refund} refund
 * @param {boolean} isReplay
 */
function tell(refund, isReplay) {
  const rows = facts([
    [say("amount"), won(refund.amount)],
    [say("reason"), refund.decline?.message ?? refund.reason],
    [say("left"), payment === null ? null : won(payment.refundable)],
    [say("gateway"), payment === null ? null : gatewayName(payment.gateway)],
    [say("payment"), refund.paymentId],
  ]);
  const note = isReplay ? [element("p", say("replayedRefund"))] : [];
  const again = element("p", pressed(say("newRefund"), startNew));
  if (refund.state === "done") {
    showResult(headline("good", say("refunded")), ...note, rows, again);
  } else if (refund.state === "failed") {
    showResult(headline("bad", say("notRefunded")), ...note, rows, again);
  } else {
    showResult(headline("open", say("refundUnderWay")), ...note, rows);
  }
}

function offerNew() {
  showResult(element("p", pressed(say("newRefund"), startNew)));
}

function startNew() {
  renewRequestKey();
  show("#result");
  show("#problem");
  page.setOver(false);
  void look();
  document.getElementById("amount")?.focus();
}
