import iconv from "iconv-lite";
import { OWN_MESSAGES, type Refusal, refuse } from "./envelope.ts";

/** What one field may hold. */
export interface FieldRule {
  readonly kind: "text" | "whole" | "flag" | "any";
  readonly required: boolean;
  readonly lengthMax?: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expects?: string;
  /** Names go to KiwoomPay, whose charset cannot hold everything. */
  readonly isName?: boolean;
  readonly min?: number;
}

/** The fields of one request by name; no others are taken. */
export type FieldTable = Readonly<Record<string, FieldRule>>;

/** A body whose fields were checked. */
export interface CheckedBody {
  /** A text, or undefined where it is absent or empty. */
  text(name: string): string | undefined;
  /** A whole number, or undefined where it is absent. */
  whole(name: string): number | undefined;
  any(name: string): unknown;
}

/** A text of at most so many characters. */
export function text(lengthMax: number, more: Partial<FieldRule> = {}): FieldRule {
  return { kind: "text", required: false, lengthMax, ...more };
}

/** A whole number; digits where the body is a form. */
export function whole(min: number, more: Partial<FieldRule> = {}): FieldRule {
  return { kind: "whole", required: false, min, ...more };
}

/** True or false. */
export const FLAG: FieldRule = { kind: "flag", required: false };
/** A value that is taken as it is and looked at no further. */
export const ANY: FieldRule = { kind: "any", required: false };

/** The same field, now mandatory. */
export function mandatory(rule: FieldRule): FieldRule {
  return { ...rule, required: true };
}

/** Who pays. */
export const BUYER_FIELDS: FieldTable = {
  buyer_name: text(16, { isName: true }),
  buyer_email: text(64),
  buyer_tel: text(16),
  buyer_addr: text(128, { isName: true }),
  buyer_postcode: text(8),
};

/** What every charge may carry. */
export const CHARGE_FIELDS: FieldTable = {
  merchant_uid: mandatory(text(40)),
  amount: mandatory(whole(1)),
  // Documented as mandatory for `again`, and missing in the guide's own example.
  name: text(40, { isName: true }),
  currency: text(3, { pattern: /^KRW$/, expects: "KRW" }),
  tax_free: whole(0),
  vat_amount: whole(0),
  vat: whole(0),
  ...BUYER_FIELDS,
  card_quota: whole(0),
  interest_free_by_merchant: FLAG,
  use_card_point: FLAG,
  custom_data: ANY,
  notice_url: ANY,
  browser_ip: text(45),
  product_type: text(10, { pattern: /^(real|digital)$/, expects: "real or digital" }),
  product_count: whole(1),
  cash_receipt_type: text(20),
  channel_key: text(80),
  bypass: ANY,
  extra: ANY,
};

/** A card in the clear. */
export const CARD_FIELDS: FieldTable = {
  card_number: text(19, { pattern: /^\d{4}-\d{4}-\d{4}-\d{4}$/, expects: "dddd-dddd-dddd-dddd" }),
  expiry: text(7, { pattern: /^20\d{2}-(0[1-9]|1[0-2])$/, expects: "YYYY-MM" }),
  birth: text(10, { pattern: /^(\d{6}|\d{10})$/, expects: "YYMMDD, or a business number of 10" }),
  pwd_2digit: text(2, { pattern: /^\d{2}$/, expects: "2 digits" }),
  cvc: text(4, { pattern: /^\d{3,4}$/, expects: "3 or 4 digits" }),
  pg: text(80),
  channelGroupId: text(80),
};

/** Checks a body against its table: unknown names, missing fields, then values, in that order. */
export function checkFields(
  body: unknown,
  table: FieldTable,
  isForm: boolean,
): CheckedBody | Refusal {
  const sent = toObject(body);
  if (sent === undefined) return refuse("요청 본문이 JSON 객체가 아닙니다.");
  for (const name of Object.keys(sent)) {
    if (!Object.hasOwn(table, name)) {
      const unknownField = name.slice(0, 60);
      return { ...refuse(OWN_MESSAGES.unknownField(unknownField)), unknownField };
    }
  }
  for (const [name, rule] of Object.entries(table)) {
    if (rule.required && isMissing(sent[name])) return refuse(OWN_MESSAGES.missing(name));
  }
  for (const [name, rule] of Object.entries(table)) {
    const complaint = isMissing(sent[name]) ? null : complain(sent[name], rule, isForm);
    if (complaint !== null) return refuse(OWN_MESSAGES.bad(name, complaint));
  }
  return toChecked(sent);
}

/** The text of a body that was not checked yet. */
export function textOf(body: unknown, name: string): string | undefined {
  const value = toObject(body)?.[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The whole number of a body that was not checked yet, written as a number or in digits. */
export function wholeOf(body: unknown, name: string): number | undefined {
  const value = toObject(body)?.[name];
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** The value as an object, if it is one; nothing at all counts as an empty one. */
export function toObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return {};
  const isObject = typeof value === "object" && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function toChecked(sent: Readonly<Record<string, unknown>>): CheckedBody {
  return {
    text: (name) => textOf(sent, name),
    whole: (name) => wholeOf(sent, name),
    any: (name) => sent[name],
  };
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function complain(value: unknown, rule: FieldRule, isForm: boolean): string | null {
  if (rule.kind === "any") return null;
  if (rule.kind === "whole") return complainOfNumber(value, rule, isForm);
  if (rule.kind === "flag") return isFlag(value, isForm) ? null : "true or false";
  if (typeof value !== "string") return "a string";
  if (rule.lengthMax !== undefined && Array.from(value).length > rule.lengthMax) {
    return `at most ${rule.lengthMax} characters`;
  }
  if (rule.isName === true && !isHeld(value)) return "EUC-KR characters only";
  return rule.pattern && !rule.pattern.test(value) ? (rule.expects ?? "another form") : null;
}

function complainOfNumber(value: unknown, { min }: FieldRule, isForm: boolean): string | null {
  if (!isForm && typeof value !== "number") return "a number, not a string";
  const number = wholeOf({ value }, "value");
  if (number === undefined) return "a whole number";
  return number < (min ?? 0) ? `${min} or more` : null;
}

function isFlag(value: unknown, isForm: boolean): boolean {
  return typeof value === "boolean" || (isForm && /^(true|false|0|1)$/.test(String(value)));
}

function isHeld(value: string): boolean {
  return iconv.decode(iconv.encode(value, "cp949"), "cp949") === value;
}
