// `/test-pay.html`: charges a saved card.
import { addressOf, call, readAddress, renewRequestKey, requestKey } from "./call.js";
import { openForm } from "./form.js";
import { element, facts, headline, nextStep, pressed, show, showResult } from "./show.js";
import { gatewayName, language, say, won } from "./texts.js";

/**
 * @typedef {{ state: string, decline?: { message: string, rawCode: string }, transactionId?: string }} Attempt
 * @typedef {{ id: string, state: string, customerId: string, gateway: string, productName: string, amount: number, attempts: Attempt[] }} Payment
 */

/** How long the server may hold its answer, seconds. */
const WAIT_S = 10;

const page = openForm({
  async send(form) {
    /** @type {import("./call.js").Reply<Payment>} */
    const reply = await call("POST", "/billing/pay", {
      apiKey: form.value("apiKey"),
      key: requestKey(),
      waitS: WAIT_S,
      body: {
        billingKey: form.value("billingKey"),
        customerId: form.value("customerId"),
        productName: form.value("productName"),
        amount: form.amount("amount"),
      },
    });
    if (reply.kind === "unreachable") return form.sayUnreachable();
    if (reply.kind === "problem") {
      form.refuse(reply.problem);
      if (reply.problem.code === "IDEMPOTENCY_KEY_REUSED") offerNew();
      return;
    }
    form.setOver(true);
    tell(reply.body, reply.isReplay);
  },
  effect: (form) => describe(form.amount("amount"), form.value("billingKey")),
});

/**
 * Who would be charged, and where.
 *
 * @param {number | string | undefined} amount
 * @param {string | undefined} billingKey
 */
function describe(amount, billingKey) {
  if (typeof amount !== "number" || billingKey === undefined) return "";
  const customer = readAddress("customerId");
  const gateway = gatewayOfAddress();
  const at = gateway === null ? "" : gatewayName(gateway);
  if (language === "ko") {
    const whose = customer === null ? "" : `고객 ${customer}의 `;
    return `${whose}등록 카드(${billingKey})에 ${won(amount)}이 지금 청구됩니다.${at === "" ? "" : ` 결제사: ${at}`}`;
  }
  const whose = customer === null ? "" : ` of customer ${customer}`;
  return `${won(amount)} are charged now to the saved card ${billingKey}${whose}${at === "" ? "" : `, at ${at}`}.`;
}

/** The gateway that the page before named, where it is one of ours. */
function gatewayOfAddress() {
  const known = (document.querySelector("main")?.dataset["gateways"] ?? "").split(" ");
  const named = readAddress("gateway") ?? "";
  return known.includes(named) && named !== "" ? named : null;
}

/**
 * @param {Payment} payment
 * @param {boolean} isReplay
 */
function tell(payment, isReplay) {
  const last = payment.attempts.at(-1);
  const rows = facts([
    [say("product"), payment.productName],
    [say("amount"), won(payment.amount)],
    [say("reason"), last?.decline && `${last.decline.message} (${last.decline.rawCode})`],
    [say("customer"), payment.customerId],
    [say("gateway"), gatewayName(payment.gateway)],
    [say("payment"), payment.id],
    [say("transaction"), last?.transactionId],
  ]);
  const again = pressed(say("newPayment"), startNew);
  const note = isReplay ? [element("p", say("replayed"))] : [];
  if (payment.state === "paid") {
    const next = addressOf("/test-refund.html", { paymentId: payment.id });
    const steps = element("p", nextStep(next, say("refundIt")), " ", again);
    return showResult(headline("good", say("paid")), ...note, rows, steps);
  }
  if (payment.state === "failed") {
    return showResult(headline("bad", say("notPaid")), ...note, rows, element("p", again));
  }
  const look = pressed(say("lookAgain"), () => void lookAt(payment.id));
  const told = element("p", say("notKnownText"));
  showResult(headline("open", say("notKnownYet")), told, ...note, rows, element("p", look));
}

/**
 * What is not known yet is looked up, never sent again.
 *
 * @param {string} id
 */
async function lookAt(id) {
  /** @type {import("./call.js").Reply<Payment>} */
  const reply = await call("GET", `/billing/payment/${encodeURIComponent(id)}`, {
    apiKey: page.value("apiKey"),
  });
  if (reply.kind === "answer") tell(reply.body, false);
  else if (reply.kind === "problem") page.refuse(reply.problem);
  else page.sayUnreachable();
}

function offerNew() {
  showResult(element("p", pressed(say("newPayment"), startNew)));
}

function startNew() {
  renewRequestKey();
  show("#result");
  show("#problem");
  page.setOver(false);
  document.getElementById("amount")?.focus();
}
