// Calls of the API, and the key under which a request is sent.
import { language } from "./texts.js";

/**
 * @typedef {{ pointer: string, expected: string }} Fault
 * @typedef {{ type: string, title: string, status: number, code: string, detail: string, errors?: Fault[] }} Problem
 */

/**
 * What came of a call: an answer, a refusal that says why, or no answer at all.
 *
 * @template T
 * @typedef {{ kind: "answer", status: number, body: T, isReplay: boolean }
 *   | { kind: "problem", problem: Problem }
 *   | { kind: "unreachable" }} Reply
 */

/**
 * @typedef {object} Sending
 * @property {Record<string, unknown>} [body]
 * @property {string | undefined} [apiKey]
 * @property {string} [key] Sent twice, the request is carried out once.
 * @property {number} [waitS] How long the answer may be held until it is settled.
 */

/**
 * @template T
 * @param {"GET" | "POST"} method
 * @param {string} path
 * @param {Sending} [sending]
 * @returns {Promise<Reply<T>>}
 */
export async function call(method, path, sending = {}) {
  const { body } = sending;
  try {
    const response = await fetch(path, {
      method,
      headers: headersOf(sending),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const type = response.headers.get("content-type") ?? "";
    const read = await response.json();
    if (type.startsWith("application/problem+json")) return { kind: "problem", problem: read };
    const isReplay = response.headers.get("idempotency-replayed") === "true";
    return { kind: "answer", status: response.status, body: read, isReplay };
  } catch {
    return { kind: "unreachable" };
  }
}

/**
 * @param {Sending} sending
 * @returns {Record<string, string>}
 */
function headersOf({ body, apiKey, key, waitS }) {
  return {
    accept: "application/json",
    "accept-language": language,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...(waitS === undefined ? {} : { prefer: `wait=${waitS}` }),
  };
}

/** A key that nobody had before. Also where the page came over plain http. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const NAME = "request";

/** The request's key. It stands in the page's address: who loads the page again repeats the request. */
export function requestKey() {
  const known = readAddress(NAME) ?? "";
  return /^[0-9a-f]{32}$/.test(known) ? known : renewRequestKey();
}

/** The next request is another one. */
export function renewRequestKey() {
  const key = newKey();
  writeAddress(NAME, key);
  return key;
}

/**
 * A part of the page's address.
 *
 * @param {string} name
 */
export function readAddress(name) {
  return new URL(location.href).searchParams.get(name);
}

/**
 * @param {string} name
 * @param {string} value
 */
export function writeAddress(name, value) {
  const url = new URL(location.href);
  url.searchParams.set(name, value);
  history.replaceState(null, "", url);
  carryToOtherLanguage();
}

/** The same page in the other language keeps what the address has. */
export function carryToOtherLanguage() {
  const link = document.querySelector("#language");
  if (!(link instanceof HTMLAnchorElement)) return;
  const target = new URL(link.href);
  for (const [name, value] of new URL(location.href).searchParams) {
    if (name !== "lang") target.searchParams.set(name, value);
  }
  link.href = target.href;
}

/**
 * Another page of ours, in the same language, with what it is to know.
 *
 * @param {string} path
 * @param {Record<string, string>} carried
 */
export function addressOf(path, carried) {
  return `${path}?${new URLSearchParams({ ...carried, lang: language })}`;
}
