import { CODES, type Refusal, refusal } from "./codes.ts";

/** What one field may hold. Every value is a text. */
interface FieldRule {
  readonly required: boolean;
  readonly lengthMax: number;
  readonly pattern?: RegExp | undefined;
}

/** The fields of one request by name; others are ignored, as integrations post whole forms. */
export type FieldTable = Readonly<Record<string, FieldRule>>;

/** The checked fields of a body, and no others. */
export type CheckedBody = Readonly<Record<string, string>>;

/** A field that must be sent and not be empty. */
export function required(lengthMax: number, pattern?: RegExp): FieldRule {
  return { required: true, lengthMax, pattern };
}

/** A field that may be absent or empty. */
export function optional(lengthMax: number, pattern?: RegExp): FieldRule {
  return { required: false, lengthMax, pattern };
}

/** Checks a body against its table: missing fields, then values. */
export function checkFields(body: unknown, table: FieldTable): CheckedBody | Refusal {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return refusal(CODES.badBody);
  }
  const sent = body as Readonly<Record<string, unknown>>;
  const checked: Record<string, string> = {};
  for (const [name, rule] of Object.entries(table)) {
    const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (value === undefined || value === null || value === "") {
      if (!rule.required) continue;
      return { code: CODES.missingField, message: `${name}은 필수입니다.` };
    }
    if (!isFit(value, rule)) return badValue(name);
    checked[name] = value;
  }
  return checked;
}

/** The refusal of one field's value. */
export function badValue(name: string): Refusal {
  return { code: CODES.badValue, message: `${name}이 잘못되었습니다.` };
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

function isFit(value: unknown, { lengthMax, pattern }: FieldRule): value is string {
  if (typeof value !== "string" || Array.from(value).length > lengthMax) return false;
  return pattern?.test(value) ?? true;
}
