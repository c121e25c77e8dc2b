import { CODES, type Refusal } from "./codes.ts";
import { byteLength } from "./euc-kr.ts";

/** What one field may hold. Every value is a text; lengths count bytes of EUC-KR. */
export interface FieldRule {
  readonly required: boolean;
  readonly bytesMax: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expects?: string;
  /** Signs that the field must not hold. */
  readonly forbidden?: RegExp;
}

/** The fields of one request by name; no others are taken. */
export type FieldTable = Readonly<Record<string, FieldRule>>;

/** A body whose fields were checked. */
export type CheckedBody = Readonly<Record<string, string>>;

/** A field that must be sent and not be empty. */
export function required(bytesMax: number, pattern?: RegExp, expects?: string): FieldRule {
  return { required: true, bytesMax, ...(pattern && { pattern }), ...(expects && { expects }) };
}

/** A field that may be absent or empty. */
export function optional(bytesMax: number, pattern?: RegExp, expects?: string): FieldRule {
  return { ...required(bytesMax, pattern, expects), required: false };
}

/** A field of words, in which the gateway's own separator must not stand. */
export function words(rule: FieldRule, forbidden = /\|/): FieldRule {
  return { ...rule, forbidden };
}

/** Digits without a leading zero: an amount of won above zero. */
export const AMOUNT_PATTERN = /^[1-9]\d*$/;

/** Checks a body against its table: unknown names, missing fields, then values, in that order. */
export function checkFields(body: unknown, table: FieldTable): CheckedBody | Refusal {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { code: CODES.missingField, message: "요청 본문이 EUC-KR JSON 객체가 아닙니다" };
  }
  const sent = body as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(sent)) {
    if (!Object.hasOwn(table, name)) return refuseUnknown(name.slice(0, 60));
  }
  for (const [name, rule] of Object.entries(table)) {
    if (rule.required && isMissing(sent[name])) return refuseMissing(name);
  }
  for (const [name, rule] of Object.entries(table)) {
    const refusal = isMissing(sent[name]) ? null : refuseValue(name, sent[name], rule);
    if (refusal) return refusal;
  }
  return sent as CheckedBody;
}

/** The refusal of a request without this field. */
export function refuseMissing(name: string): Refusal {
  return { code: CODES.missingField, message: `필수 항목 누락: ${name}` };
}

/** The value if it is a text, for looking at a body that was not checked yet. */
export function textOf(body: unknown, name: string): string | undefined {
  const value = typeof body === "object" && body !== null && Reflect.get(body, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The amount if it is a text of digits, for looking at a body that was not checked yet. */
export function amountOf(body: unknown, name: string): number | undefined {
  const text = textOf(body, name);
  return text && AMOUNT_PATTERN.test(text) ? Number(text) : undefined;
}

function refuseUnknown(name: string): Refusal {
  return { code: CODES.unknownField, message: `알 수 없는 항목: ${name}`, unknownField: name };
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function refuseValue(name: string, value: unknown, rule: FieldRule): Refusal | null {
  if (typeof value === "string" && rule.forbidden?.test(value)) {
    return { code: CODES.forbiddenCharacter, message: `금지 문자: ${name}` };
  }
  const complaint = complain(value, rule);
  if (complaint === null) return null;
  return { code: CODES.badValue, message: `항목 오류: ${name} ${complaint}` };
}

function complain(value: unknown, rule: FieldRule): string | null {
  if (typeof value !== "string") return "must be a string";
  if (byteLength(value) > rule.bytesMax) return `is longer than ${rule.bytesMax} bytes`;
  if (rule.pattern && !rule.pattern.test(value)) return `must be ${rule.expects}`;
  return null;
}
