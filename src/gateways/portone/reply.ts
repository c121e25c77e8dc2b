import type { PortoneAnswer } from "./client.ts";

/** The fields of an object, none of them trusted yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The gateway's own code and words for a refusal, unscrubbed. */
export interface Refusal {
  code: string;
  message: string;
  /** The HTTP status, where that is what refused. */
  status?: number;
}

/** What a reply says, before anybody asks what it means for the money. */
export type Reply =
  | { kind: "success"; response: unknown }
  | { kind: "refused"; refusal: Refusal }
  | { kind: "not_found" }
  | { kind: "token_refused" }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** A reply after a refused token was turned into a request that was not carried out. */
export type MindedReply = Exclude<Reply, { kind: "token_refused" }>;

/**
 * Reads the envelope `{code, message, response}`. Only the documented pairs of status and code say
 * something: 200 with 0 is success, 200 with another is a refusal, 401 a refused token, 404 nothing
 * there; `refusedBy` names further statuses that refuse the request at hand. Everything else came from
 * somebody in front of the gateway, or is not documented.
 */
export function readReply(answer: PortoneAnswer, refusedBy: readonly number[] = []): Reply {
  if (answer.kind !== "read") return answer;
  const { operation, status, body } = answer;
  const envelope = toFields(body);
  const code = envelope?.code;
  if (envelope === undefined || typeof code !== "number") {
    const problem = status === 200 ? "answer has no code" : `http ${status}`;
    return { kind: "unknown", reason: `${operation}: ${problem}` };
  }
  if (status === 401 && code !== 0) return { kind: "token_refused" };
  if (status === 404 && code !== 0) return { kind: "not_found" };
  const message = textOf(envelope, "message") ?? "";
  if (refusedBy.includes(status) && code !== 0) {
    return { kind: "refused", refusal: { code: String(code), message, status } };
  }
  if (status !== 200) return { kind: "unknown", reason: `${operation}: http ${status}` };
  if (code === 0) return { kind: "success", response: envelope.response };
  return { kind: "refused", refusal: { code: String(code), message } };
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

/** A field's whole number, zero included; undefined where it is anything else. */
export function wholeOf(fields: Fields, name: string): number | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
