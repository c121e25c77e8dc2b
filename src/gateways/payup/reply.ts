import type { PayupAnswer } from "./client.ts";
import { type Refusal, isKnownCode } from "./declines.ts";

const SUCCESS = "0000";

/** The fields of a reply, none of them trusted yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a reply says, before anybody asks what it means for the money. */
export type Reply =
  | { kind: "success"; fields: Fields }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/**
 * Reads a reply's code. No document tells the HTTP status of a refusal (README, "Open"): one of 400
 * to 499 counts where the code beside it is a known one.
 */
export function readReply(answer: PayupAnswer): Reply {
  if (answer.kind !== "read") return answer;
  const { operation, status, body } = answer;
  const unknown = (problem: string) =>
    ({ kind: "unknown", reason: `${operation}: ${problem}` }) as const;
  const isRefusedStatus = status >= 400 && status <= 499;
  if (status !== 200 && !isRefusedStatus) return unknown(`http ${status}`);
  const fields = toFields(body);
  if (fields === undefined) return unknown("answer is no object");
  const code = textOf(fields, "responseCode");
  if (code === undefined) return unknown(status === 200 ? "answer has no code" : `http ${status}`);
  if (status !== 200 && !isKnownCode(code)) return unknown(`http ${status}`);
  if (code === SUCCESS) return { kind: "success", fields };
  return { kind: "refused", refusal: { code, message: textOf(fields, "responseMsg") ?? "" } };
}

function toFields(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Fields) : undefined;
}

/** A field's text without surrounding blanks; undefined where it is empty or no text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** A field's amount in won, printed as digits or as a number. */
export function amountOf(fields: Fields, name: string): number | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === "number") return value;
  const text = textOf(fields, name);
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}
