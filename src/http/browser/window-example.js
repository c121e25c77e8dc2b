// `/easypay/sdk-example`: prepares an order, opens the window, and watches what becomes of it.
import { call, newKey, readAddress, writeAddress } from "./call.js";
import { one, openForm } from "./form.js";
import { openWindow } from "./open-window.js";
import { element, facts, headline, pressed, show, showResult } from "./show.js";
import { gatewayName, language, say, sayState, won } from "./texts.js";
import { windowCode } from "./window-code.js";

/**
 * @typedef {{ provider: string, method: string, name: { en: string, ko: string } }} Method
 * @typedef {{ orderId: string, provider: string, amount: number, status: string, reason: string | null, virtualAccount: { bankName: string, accountNumber: string } | null }} Order
 * @typedef {import("./open-window.js").Prepared} Prepared
 */

const LOOK_PAUSE_MS = 1000;
const LOOKS_MAX = 120;
const OPEN = ["waiting", "confirming", "pending"];

/**
 * The order that is watched: a newer one ends the watching.
 *
 * @type {{ orderId: string, prepared: Prepared | null }}
 */
const watched = { orderId: "", prepared: null };

const page = openForm({
  async send(form) {
    const order = orderOf(form);
    /** @type {import("./call.js").Reply<Prepared>} */
    const reply = await call("POST", "/easypay/prepare", {
      apiKey: form.value("apiKey"),
      body: order,
    });
    if (reply.kind === "unreachable") return form.sayUnreachable();
    if (reply.kind === "problem") return form.refuse(reply.problem);
    writeAddress("orderId", reply.body.orderId);
    form.setOver(true);
    showCode(windowCode(order, reply.body));
    watched.prepared = reply.body;
    void watch(reply.body.orderId);
    if (reply.body.status === "waiting") await open(reply.body);
  },
  effect: describe,
});

/**
 * Who would pay, and where.
 *
 * @param {import("./form.js").Form} form
 */
function describe(form) {
  const [provider = ""] = (form.value("method") ?? "").split("/");
  const amount = form.amount("amount");
  const name = form.value("customerName");
  if (provider === "" || typeof amount !== "number" || name === undefined) return "";
  return language === "ko"
    ? `${name} 님이 ${gatewayName(provider)}의 결제창에서 ${won(amount)}을 결제합니다.`
    : `${name} pays ${won(amount)} in the window of ${gatewayName(provider)}.`;
}

/** @param {import("./form.js").Form} form */
function orderOf(form) {
  const [provider, method] = (form.value("method") ?? "").split("/");
  return {
    orderId: form.value("orderId"),
    amount: form.amount("amount"),
    productName: form.value("productName"),
    customerName: form.value("customerName"),
    ...(provider ? { provider } : {}),
    ...methodOf(provider, method),
    device: form.value("device"),
  };
}

/**
 * PortOne's window is told in PortOne's own words.
 *
 * @param {string | undefined} provider
 * @param {string | undefined} method
 */
function methodOf(provider, method) {
  if (!method) return {};
  return provider === "portone" ? { portone: { pay_method: method } } : { method };
}

/** @param {Prepared} prepared */
async function open(prepared) {
  show("#problem");
  try {
    await openWindow(prepared, {
      ended: (impUid) => void confirmOrder(prepared.orderId, impUid),
      refused: (message) => show("#problem", element("h2", message)),
    });
  } catch {
    show("#problem", element("h2", say("scriptFailed")), element("p", prepared.script ?? ""));
  }
}

/**
 * The window says that it is over; the server finds out how.
 *
 * @param {string} orderId
 * @param {string | undefined} impUid
 */
async function confirmOrder(orderId, impUid) {
  /** @type {import("./call.js").Reply<Order>} */
  const reply = await call("POST", "/easypay/confirm", {
    apiKey: page.value("apiKey"),
    body: { orderId, ...(impUid === undefined ? {} : { impUid }) },
  });
  if (reply.kind === "answer") tell(reply.body);
}

/**
 * Looks at the order until it is settled, for a while.
 *
 * @param {string} orderId
 */
async function watch(orderId) {
  watched.orderId = orderId;
  let last = "";
  for (let look = 0; look < LOOKS_MAX && watched.orderId === orderId; look += 1) {
    const order = await readOrder(orderId);
    if (order !== null && order.status !== last) {
      last = order.status;
      tell(order);
      if (!OPEN.includes(order.status)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE_MS));
  }
  if (watched.orderId !== orderId) return;
  const again = pressed(say("lookAgain"), () => void watch(orderId));
  showResult(element("p", say("lookedEnough")), element("p", again));
}

/**
 * @param {string} orderId
 * @returns {Promise<Order | null>}
 */
async function readOrder(orderId) {
  /** @type {import("./call.js").Reply<Order>} */
  const reply = await call("GET", `/easypay/status/${encodeURIComponent(orderId)}`, {
    apiKey: page.value("apiKey"),
  });
  return reply.kind === "answer" ? reply.body : null;
}

/** @param {Order} order */
function tell(order) {
  const { status, virtualAccount: account } = order;
  const isWaiting = status === "waiting";
  const rows = facts([
    [say("state"), isWaiting ? sayState("status", status) : null],
    [say("amount"), won(order.amount)],
    [say("reason"), order.reason],
    [say("bank"), account?.bankName],
    [say("account"), account?.accountNumber],
    [say("gateway"), gatewayName(order.provider)],
  ]);
  const title = isWaiting ? say("windowOpen") : sayState("status", status);
  const { prepared } = watched;
  const again = pressed(say("openAgain"), () => {
    if (prepared !== null) void open(prepared);
  });
  showResult(
    headline(lookOf(status), title),
    rows,
    ...(isWaiting ? [element("p", say("windowOpenText"))] : []),
    element("p", ...(isWaiting ? [again, " "] : []), pressed(say("newPayment"), startNew)),
  );
}

/** @param {string} status */
function lookOf(status) {
  if (OPEN.includes(status)) return "open";
  return status === "failed" || status === "expired" ? "bad" : "good";
}

/** @param {string} code */
function showCode(code) {
  one("#code", HTMLElement).textContent = code;
  one("#copy", HTMLButtonElement).hidden = false;
}

/** Over plain http there is no clipboard: then the code is selected, to be copied by hand. */
async function copyCode() {
  const code = one("#code", HTMLElement);
  window.getSelection()?.selectAllChildren(code);
  if (!window.isSecureContext) return;
  await navigator.clipboard.writeText(code.textContent);
  one("#copy", HTMLButtonElement).textContent = say("copied");
}

function startNew() {
  watched.orderId = "";
  page.fill("orderId", newOrderId());
  show("#result");
  show("#problem");
  page.setOver(false);
  document.getElementById("amount")?.focus();
}

function newOrderId() {
  return `order-${newKey().slice(0, 12)}`;
}

async function listMethods() {
  /** @type {import("./call.js").Reply<{ methods: Method[] }>} */
  const reply = await call("GET", "/easypay/methods", { apiKey: page.value("apiKey") });
  if (reply.kind === "problem") return page.refuse(reply.problem);
  const methods = reply.kind === "answer" ? reply.body.methods : [];
  const options = methods.map(({ provider, method, name }) => {
    const option = document.createElement("option");
    option.value = `${provider}/${method}`;
    option.textContent = `${name[language]}: ${provider}`;
    return option;
  });
  one("#method", HTMLSelectElement).replaceChildren(...openChoice(methods), ...options);
  page.watch();
  if (methods.length === 0) show("#problem", element("h2", say("noMethods")));
}

/**
 * KiwoomPay's window with all of its wallets, which is what a request without a method opens.
 *
 * @param {Method[]} methods
 */
function openChoice(methods) {
  const wallets = methods.filter(({ provider }) => provider === "kiwoompay");
  if (wallets.length < 2) return [];
  const option = document.createElement("option");
  option.value = "kiwoompay/";
  option.textContent = `${say("anyWallet")}: kiwoompay`;
  return [option];
}

one("#copy", HTMLButtonElement).addEventListener("click", () => void copyCode());
if (readAddress("orderId") === null) page.fill("orderId", newOrderId());
if (window.matchMedia("(pointer: coarse)").matches) page.fill("device", "mobile");
const keyField = document.getElementById("apiKey");
keyField?.addEventListener("change", () => void listMethods());
// Without the key that they need there is nothing to ask for yet.
if (keyField === null) await listMethods();
