// The form of a page: it is sent once at a time, and what is wrong is said beside the field.
import { carryToOtherLanguage, readAddress } from "./call.js";
import { element, link, show } from "./show.js";
import { say } from "./texts.js";

/** @typedef {import("./call.js").Problem} Problem */

/**
 * @typedef {object} Form
 * @property {(name: string) => string | undefined} value What stands in a field; nothing where it is empty.
 * @property {(name: string, value: string) => void} fill
 * @property {(name: string) => number | string | undefined} amount A number where it is one: the server says what is wrong with others.
 * @property {() => void} forgetSecrets
 * @property {(problem: Problem) => void} refuse Says what is wrong, beside the fields that are.
 * @property {() => void} sayUnreachable
 * @property {(isOver: boolean) => void} setOver Takes the button away once there is nothing more to send.
 * @property {() => void} watch Says again what the button would do.
 */

/**
 * @param {{ send: (form: Form) => Promise<void>, effect?: (form: Form) => string }} page
 * @returns {Form}
 */
export function openForm({ send, effect }) {
  const node = one("#form", HTMLFormElement);
  const button = one("#form button[type=submit]", HTMLButtonElement);
  const text = button.textContent;
  const form = formOf(node, effect);
  let isSending = false;
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    // A second press while the first is under way is no second request.
    if (isSending || button.hidden) return;
    isSending = true;
    button.textContent = say("sending");
    node.setAttribute("aria-busy", "true");
    clearFaults();
    void send(form).finally(() => {
      isSending = false;
      button.textContent = text;
      node.removeAttribute("aria-busy");
    });
  });
  node.addEventListener("input", form.watch);
  // A page that is gone back to must not show what was typed in.
  window.addEventListener("pagehide", form.forgetSecrets);
  for (const name of ["billingKey", "customerId", "paymentId", "orderId"]) {
    const carried = readAddress(name);
    if (carried !== null && inputOf(name) !== null) form.fill(name, carried);
  }
  carryToOtherLanguage();
  form.watch();
  button.disabled = false;
  return form;
}

/**
 * @param {HTMLFormElement} node
 * @param {((form: Form) => string) | undefined} effect
 * @returns {Form}
 */
function formOf(node, effect) {
  /** @type {Form} */
  const form = {
    value: (name) => inputOf(name)?.value.trim() || undefined,
    fill(name, value) {
      const input = inputOf(name);
      if (input !== null) input.value = value;
      form.watch();
    },
    amount(name) {
      const text = form.value(name)?.replaceAll(/[,\s]/g, "");
      return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
    },
    forgetSecrets() {
      for (const input of node.querySelectorAll("input[data-secret]")) {
        if (input instanceof HTMLInputElement) input.value = "";
      }
    },
    refuse,
    sayUnreachable: () => showProblem(say("unreachable"), [say("unreachableFix")], null),
    setOver(isOver) {
      const button = one("#form button[type=submit]", HTMLButtonElement);
      button.hidden = isOver;
      one("#effect", HTMLElement).hidden = isOver;
    },
    watch() {
      one("#effect", HTMLElement).textContent = effect?.(form) ?? "";
    },
  };
  return form;
}

/** @param {Problem} problem */
function refuse({ code, title, detail, type, errors = [] }) {
  if (code.startsWith("API_KEY_")) sayFault("apiKey", title);
  const unplaced = errors.filter(({ pointer, expected }) => {
    const name = pointer.split("/").at(-1) ?? "";
    return !sayFault(name, expected);
  });
  // What is wrong with single fields stands beside them, and is not repeated.
  const isSaid = code === "VALIDATION_FAILED" && unplaced.length < errors.length;
  const lines = unplaced.map(({ pointer, expected }) => `${pointer}: ${expected}`);
  showProblem(title, isSaid ? lines : [detail], type);
  const first = document.querySelector("[aria-invalid=true]") ?? one("#problem", HTMLElement);
  if (first instanceof HTMLElement) first.focus();
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 * @param {string | null} type
 */
function showProblem(title, lines, type) {
  show(
    "#problem",
    element("h2", title),
    ...lines.map((line) => element("p", line)),
    ...(type === null ? [] : [element("p", link(type, say("more")))]),
  );
}

/**
 * Whether the page has such a field to say it beside.
 *
 * @param {string} name
 * @param {string} expected
 */
function sayFault(name, expected) {
  const input = inputOf(name);
  const place = document.getElementById(`${name}-fault`);
  if (input === null || place === null) return false;
  input.setAttribute("aria-invalid", "true");
  place.textContent = expected;
  return true;
}

function clearFaults() {
  show("#problem");
  for (const place of document.querySelectorAll(".fault")) place.textContent = "";
  for (const input of document.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

/** @param {string} name */
function inputOf(name) {
  const input = document.getElementById(name);
  return input instanceof HTMLInputElement || input instanceof HTMLSelectElement ? input : null;
}

/**
 * The element that the page has.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function one(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`the page has no ${selector}`);
  return found;
}
