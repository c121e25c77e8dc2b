/** From what the validator found to faults that name the field and say what would be right. */
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import { findNearest } from "../lib/nearest.ts";
import { scrub } from "../lib/scrub.ts";
import type { Text } from "./language.ts";
import type { FieldFault } from "./problem-error.ts";
import { FIELD_TEXTS, isFieldName } from "./schemas/field-texts.ts";
import { describeUnfitCharacter } from "./schemas/formats.ts";

/** What was validated and against which fields. */
export interface Validated {
  value: unknown;
  known: readonly string[];
}

/** Most faults that one answer lists. */
const FAULTS_MAX = 20;

/** One fault per field, in the order of the validator. */
export function toFaults(
  errors: readonly FastifySchemaValidationError[],
  validated: Validated,
): FieldFault[] {
  const faults = new Map<string, FieldFault>();
  for (const error of errors) {
    if (faults.size >= FAULTS_MAX) break;
    const fault = toFault(error, validated);
    // A character that cannot be taken says more than the pattern that the same field breaks too.
    if (!faults.has(fault.pointer) || isUnfitText(error)) faults.set(fault.pointer, fault);
  }
  return [...faults.values()];
}

function toFault(error: FastifySchemaValidationError, validated: Validated): FieldFault {
  const { instancePath: path, params } = error;
  if (error.keyword === "required") {
    const name = String(params["missingProperty"]);
    return { pointer: `${path}/${name}`, expected: asRequired(expectedOf(name)) };
  }
  if (error.keyword === "additionalProperties" && path === "") {
    return describeUnknownField(String(params["additionalProperty"]), validated.known);
  }
  const name = fieldAt(path);
  if (path === "") return { pointer: "", expected: describeWhole(validated.known) };
  const expected = expectedOf(name);
  if (!isUnfitText(error)) return { pointer: cleanPointer(path), expected };
  return { pointer: path, expected: describeUnfit(fieldOf(validated.value, name), expected) };
}

/** The innermost part of a path that is a field of ours: `/card/cardNumber`, `/metadata/…`. */
function fieldAt(path: string): string {
  const [, outer = "", inner = ""] = path.split("/");
  return isFieldName(inner) ? inner : outer;
}

function isUnfitText(error: FastifySchemaValidationError): boolean {
  return error.keyword === "format" && error.params["format"] === "gateway-text";
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function describeUnfit(value: unknown, expected: Text): Text {
  return (typeof value === "string" ? describeUnfitCharacter(value) : null) ?? expected;
}

function expectedOf(name: string): Text {
  return isFieldName(name) ? FIELD_TEXTS[name] : { en: "another value", ko: "다른 값" };
}

/** The sentence of a field that is missing. */
export function asRequired(text: Text): Text {
  return { en: `required: ${text.en}`, ko: `필수 항목: ${text.ko}` };
}

function describeUnknownField(name: string, known: readonly string[]): FieldFault {
  const nearest = findNearest(name, known);
  const list = known.join(", ");
  const hint =
    nearest === undefined
      ? { en: ".", ko: "" }
      : { en: `; did you mean ${nearest}?`, ko: ` 혹시 ${nearest} 필드인가요?` };
  return {
    pointer: cleanPointer(`/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
    expected: {
      en: `not a field here${hint.en} Known: ${list || "none"}`,
      ko: `없는 필드입니다.${hint.ko} 사용할 수 있는 필드: ${list || "없음"}`,
    },
  };
}

function describeWhole(known: readonly string[]): Text {
  const list = known.join(", ");
  return { en: `a JSON object with the fields ${list}`, ko: `다음 필드를 가진 JSON 객체: ${list}` };
}

/** A name that a caller chose may hold anything: it is shown short, and never with a card number. */
function cleanPointer(pointer: string): string {
  return scrub(pointer, { lengthMax: 80 });
}
