import type { CookiepayAnswer } from "./client.ts";

const SUCCESS = "0000";

/**
 * No document tells the code of a refused token (README, "Open"), so its words are recognised:
 * whoever says "token" next to a refusal did not carry out the request.
 */
const TOKEN_REFUSED = /token|토큰/i;

/** Codes whose meaning is documented; words beside them change nothing. */
const DOCUMENTED_CODES: ReadonlySet<string> = new Set(["E007", "E008", "1012", "2015", "9029"]);

/** The fields of a reply, none of them trusted yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The gateway's own code and words for a refusal, unscrubbed. */
export interface Refusal {
  code: string;
  message: string;
}

/** What a reply says, before anybody asks what it means for the money. */
export type Reply =
  | { kind: "success"; fields: Fields }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "token_refused" }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** A reply after a refused token was turned into a request that was not carried out. */
export type MindedReply = Exclude<Reply, { kind: "token_refused" }>;

/** The names under which an operation tells its code and its words. */
export interface CodeFields {
  code: string;
  message: string;
}

export const RESULT_FIELDS: CodeFields = { code: "RESULTCODE", message: "RESULTMSG" };
export const TOKEN_FIELDS: CodeFields = { code: "RTN_CD", message: "RTN_MSG" };
export const CANCEL_FIELDS: CodeFields = { code: "cancel_code", message: "cancel_msg" };

/**
 * Reads a reply's code. Success counts only under the operation's own field; a refusal may also
 * come from the gate in front of it, under one of the others' names.
 */
export function readReply(answer: CookiepayAnswer, names: CodeFields): Reply {
  if (answer.kind !== "read") return answer;
  if (answer.status === 401 && TOKEN_REFUSED.test(JSON.stringify(answer.body))) {
    return { kind: "token_refused" };
  }
  if (answer.status !== 200) return unknown(answer, `http ${answer.status}`);
  const fields = toFields(answer.body);
  if (fields === undefined) return unknown(answer, "answer is no object");
  if (textOf(fields, names.code) === SUCCESS) return { kind: "success", fields };
  return (
    readRefusal(fields, [names, RESULT_FIELDS, TOKEN_FIELDS]) ??
    unknown(answer, "answer has no code")
  );
}

function readRefusal(fields: Fields, candidates: readonly CodeFields[]): Reply | undefined {
  const names = candidates.find(({ code }) => textOf(fields, code) !== undefined);
  const code = names && textOf(fields, names.code);
  if (names === undefined || code === undefined || code === SUCCESS) return undefined;
  const message = textOf(fields, names.message) ?? "";
  if (!DOCUMENTED_CODES.has(code) && TOKEN_REFUSED.test(message)) return { kind: "token_refused" };
  return { kind: "refused", refusal: { code, message } };
}

/** What the sealed part of a reply says. */
export type Opened =
  | { kind: "opened"; fields: Fields }
  | { kind: "refused"; refusal: Refusal; fields: Fields }
  | { kind: "unknown"; reason: string };

/**
 * Reads the reply of the decrypt operation. The money may have moved already, so whatever is not
 * readable stays unknown; a refusal counts only where it stands inside what was sealed.
 */
export function readOpened(answer: CookiepayAnswer): Opened {
  if (answer.kind !== "read") return { kind: "unknown", reason: answer.reason };
  if (answer.status !== 200) return unknown(answer, `http ${answer.status}`);
  const envelope = toFields(answer.body);
  const fields = toFields(envelope?.decryptData);
  const isOpen = envelope?.RESULTCODE === undefined || textOf(envelope, "RESULTCODE") === SUCCESS;
  if (fields === undefined || !isOpen) return unknown(answer, "not decrypted");

  // Billing keys are documented without a code of their own, payments with one.
  if (fields.RESULTCODE === undefined) return { kind: "opened", fields };
  const code = textOf(fields, "RESULTCODE");
  if (code === undefined) return unknown(answer, "code is no text");
  if (code === SUCCESS) return { kind: "opened", fields };
  if (textOf(fields, "ACCEPTNO") !== undefined) {
    return unknown(answer, "refusal carries an approval number");
  }
  const refusal = { code, message: textOf(fields, "RESULTMSG") ?? "" };
  return { kind: "refused", refusal, fields };
}

/** The value as an object of fields, if it is one. */
export function toFields(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

/** A field's text without surrounding blanks; undefined where it is empty or no text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

type ReadAnswer = Extract<CookiepayAnswer, { kind: "read" }>;

function unknown({ operation }: ReadAnswer, problem: string) {
  return { kind: "unknown", reason: `${operation}: ${problem}` } as const;
}
