import { CODES, type Refusal } from "./codes.ts";

/** What one field may hold. Every value is a text. */
export interface FieldRule {
  readonly required: boolean;
  readonly lengthMax: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly expects?: string;
}

/** The fields of one request by name; no others are taken. */
export type FieldTable = Readonly<Record<string, FieldRule>>;

/** A body whose fields were checked. */
export type CheckedBody = Readonly<Record<string, string>>;

/** A field that must be sent and not be empty. */
export function required(lengthMax: number, pattern?: RegExp, expects?: string): FieldRule {
  return { required: true, lengthMax, ...(pattern && { pattern }), ...(expects && { expects }) };
}

/** A field that may be absent or empty. */
export function optional(lengthMax: number, pattern?: RegExp, expects?: string): FieldRule {
  return { ...required(lengthMax, pattern, expects), required: false };
}

/** Digits without a leading zero: an amount of won above zero. */
export const AMOUNT_PATTERN = /^[1-9]\d*$/;

/** The fields that issuing and paying share. */
export const ORDER_FIELDS: FieldTable = {
  API_ID: required(30),
  ORDERNO: required(50),
  // The vendor's documents say that an ampersand breaks the request.
  PRODUCTNAME: required(40, /^[^&]*$/, "a name without &"),
  PRODUCTCODE: optional(10),
  QUOTA: required(2, /^\d{2}$/, "two digits, 00 for a single payment"),
  TAXFREECD: required(1, /^[YN]$/, "Y (taxable) or N"),
  BUYERNAME: optional(20),
  BUYERID: optional(20),
  ETC1: optional(100),
  ETC2: optional(100),
  ETC3: optional(100),
  ETC4: optional(100),
  ETC5: optional(100),
};

/** The fields of a card in the clear, and of a reply about it. */
export const CARD_FIELDS: FieldTable = {
  CARDNO: required(16, /^\d{16}$/, "16 digits"),
  EXPIREDT: required(4, /^\d{4}$/, "four digits YYMM"),
  CARDPWD: required(2, /^\d{2}$/, "two digits"),
  CARDAUTH: required(10, /^(\d{6}|\d{10})$/, "6 digits (YYMMDD) or 10 (business number)"),
  BUYEREMAIL: optional(50),
  BUYERPHONE: optional(20),
  BUYERADDRESS: optional(200),
  ENC_YN: optional(1, /^[YN]$/, "Y or N"),
  HANACARD_USE: optional(1),
};

/** Checks a body against its table: unknown names, missing fields, then values, in that order. */
export function checkFields(body: unknown, table: FieldTable): CheckedBody | Refusal {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { code: CODES.unreadableBody, message: "요청 본문이 JSON 객체가 아닙니다" };
  }
  const sent = body as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(sent)) {
    if (!Object.hasOwn(table, name)) return refuseUnknown(name.slice(0, 60));
  }
  for (const [name, rule] of Object.entries(table)) {
    if (rule.required && isMissing(sent[name])) {
      return { code: CODES.missingField, message: `필수 항목 누락: ${name}` };
    }
  }
  for (const [name, rule] of Object.entries(table)) {
    const complaint = isMissing(sent[name]) ? null : complain(sent[name], rule);
    if (complaint) return { code: CODES.badValue, message: `항목 오류: ${name} ${complaint}` };
  }
  return sent as CheckedBody;
}

/** Whether a result is a refusal. */
export function isRefusal(result: object): result is Refusal {
  return "code" in result && "message" in result;
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

function complain(value: unknown, rule: FieldRule): string | null {
  if (typeof value !== "string") return "must be a string";
  if (Array.from(value).length > rule.lengthMax) return `is longer than ${rule.lengthMax}`;
  if (rule.pattern && !rule.pattern.test(value)) return `must be ${rule.expects}`;
  return null;
}
