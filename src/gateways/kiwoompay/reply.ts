import type { KiwoompayAnswer } from "./client.ts";

const SUCCESS = "0000";

/** Expired, invalid: who is not let in was not served. */
const TOKEN_REFUSED: ReadonlySet<string> = new Set(["9003", "9004"]);

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
  | { kind: "refused"; refusal: Refusal; fields: Fields }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** Where to go on, or why not. */
export type ReadyReply =
  | { kind: "ready"; url: string | undefined; token: string | undefined }
  | { kind: "refused"; code: string }
  | { kind: "failed"; reason: string };

/** Reads the first step's reply: working integrations look for the two fields, not for a code. */
export function readReady(answer: KiwoompayAnswer): ReadyReply {
  if (answer.kind !== "read") return { kind: "failed", reason: answer.reason };
  const fields = toFields(answer.body);
  const code = fields && textOf(fields, "RESULTCODE");
  if (code !== undefined && code !== SUCCESS) return { kind: "refused", code };
  if (answer.status !== 200) return { kind: "failed", reason: `ready: http ${answer.status}` };
  if (fields === undefined) return { kind: "failed", reason: "ready: answer is no object" };
  return { kind: "ready", url: textOf(fields, "RETURNURL"), token: textOf(fields, "TOKEN") };
}

/** Reads the second step's reply. It is ours only where it repeats the token that let us in. */
export function readReply(answer: KiwoompayAnswer, token: string): Reply {
  if (answer.kind !== "read") return answer;
  // Refusals come with HTTP 200 too: another status is somebody in front of the gateway.
  if (answer.status !== 200) return unknown(answer, `http ${answer.status}`);
  const fields = toFields(answer.body);
  if (fields === undefined) return unknown(answer, "answer is no object");
  const code = textOf(fields, "RESULTCODE");
  if (code === undefined) return unknown(answer, "answer has no code");
  const echoed = textOf(fields, "TOKEN");
  // No refusal was ever recorded: it may come without an echo, but never with another's.
  if (echoed !== token && (code === SUCCESS || echoed !== undefined)) {
    return unknown(answer, "echo of token");
  }
  if (code === SUCCESS) return { kind: "success", fields };
  if (TOKEN_REFUSED.has(code)) return { kind: "not_sent", reason: `token refused: ${code}` };
  const message = textOf(fields, "ERRORMESSAGE") ?? textOf(fields, "RESULTMSG") ?? "";
  return { kind: "refused", refusal: { code, message }, fields };
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

type ReadAnswer = Extract<KiwoompayAnswer, { kind: "read" }>;

function unknown({ step }: ReadAnswer, problem: string) {
  return { kind: "unknown", reason: `${step}: ${problem}` } as const;
}
