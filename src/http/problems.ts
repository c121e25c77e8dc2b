/** Problems as they are answered: RFC 9457, in the reader's language. */
import { factsOf, isDeclineCode } from "../domain/decline.ts";
import { type ErrorCode, type ErrorParams } from "../domain/errors.ts";
import { type Language, fillIn } from "./language.ts";
import type { FieldFault, HttpProblemCode } from "./problem-error.ts";
import { GATEWAY_PROBLEMS } from "./problem-texts/gateways.ts";
import { MONEY_PROBLEMS } from "./problem-texts/money.ts";
import type { ProblemText } from "./problem-texts/problem-text.ts";
import { REQUEST_PROBLEMS } from "./problem-texts/requests.ts";
import { TRANSPORT_PROBLEMS } from "./problem-texts/transport.ts";
import { WINDOW_PROBLEMS } from "./problem-texts/windows.ts";

export type ProblemCode = ErrorCode | HttpProblemCode;

/** Everything that can be told, by its code. A code without its sentences does not compile. */
export const PROBLEMS: Readonly<Record<ProblemCode, ProblemText>> = {
  ...GATEWAY_PROBLEMS,
  ...MONEY_PROBLEMS,
  ...REQUEST_PROBLEMS,
  ...TRANSPORT_PROBLEMS,
  ...WINDOW_PROBLEMS,
};

/** What happened, before it is put into words. */
export interface ProblemFacts {
  code: ProblemCode;
  params: ErrorParams;
  faults: readonly FieldFault[];
}

/** The body of a problem's answer. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  errors?: { pointer: string; expected: string }[];
  decline?: { code: string; message: string };
  requestId: string;
}

/** The problem in the reader's language. */
export function presentProblem(
  facts: ProblemFacts,
  reader: { language: Language; requestId: string },
): Problem {
  const { language, requestId } = reader;
  const text = PROBLEMS[facts.code];
  const errors = facts.faults.map(({ pointer, expected }) => ({
    pointer,
    expected: expected[language],
  }));
  const decline = declineOf(facts, language);
  const params = decline === null ? facts.params : { ...facts.params, reason: decline.message };
  return {
    type: problemType(facts.code),
    title: text.title[language],
    status: text.status,
    code: facts.code,
    detail:
      facts.code === "VALIDATION_FAILED" && errors.length > 0
        ? listFaults(errors, language)
        : fillIn(text.detail[language], params),
    ...(errors.length === 0 ? {} : { errors }),
    ...(decline === null ? {} : { decline }),
    requestId,
  };
}

/** The address under which a problem is explained. */
export function problemType(code: ProblemCode): string {
  return `/problems/${code.toLowerCase().replaceAll("_", "-")}`;
}

/** The code behind the last part of a problem's address. */
export function codeOfProblemName(name: string): ProblemCode | undefined {
  const code = name.toUpperCase().replaceAll("-", "_");
  return Object.hasOwn(PROBLEMS, code) ? (code as ProblemCode) : undefined;
}

/** Faults that the detail repeats; `errors` has them all. */
const FAULTS_TOLD = 3;

function listFaults(
  errors: readonly { pointer: string; expected: string }[],
  language: Language,
): string {
  const told = errors.slice(0, FAULTS_TOLD).map(({ pointer, expected }) => {
    const where = pointer === "" ? { en: "body", ko: "본문" }[language] : pointer;
    return `${where}: ${expected}`;
  });
  const more = errors.length - told.length;
  const rest = { en: `and ${more} more`, ko: `외 ${more}건` }[language];
  return [...told, ...(more > 0 ? [rest] : [])].join("; ");
}

function declineOf(
  { code, params }: ProblemFacts,
  language: Language,
): { code: string; message: string } | null {
  if (code !== "CARD_REFUSED") return null;
  const reason = isDeclineCode(params["reason"]) ? params["reason"] : "card_declined";
  return { code: reason, message: factsOf(reason).customer[language] };
}
