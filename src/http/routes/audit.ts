import {
  type DayRange,
  DAYS_MAX,
  GATEWAY_ZONE,
  readDayRange,
} from "../../billing/verify/gateway/day-range.ts";
import { type VerifyReport, toPlainReport } from "../../billing/verify/report.ts";
import type { VerifyOptions } from "../../billing/verify/verify.ts";
import { dayOf } from "../../domain/calendar.ts";
import type { BusinessClock } from "../../lib/clock.ts";
import { PAGE_HEADERS } from "../../lib/html.ts";
import type { HttpApp } from "../http-app.ts";
import { type Text, languageOf } from "../language.ts";
import { auditPage } from "../pages/audit-page.ts";
import { ProblemError } from "../problem-error.ts";

export interface AuditDeps {
  businessClock: BusinessClock;
  verify(options: VerifyOptions): Promise<VerifyReport>;
}

/** `GET /audit`: what `billing verify` finds, as JSON or as a page. Who may see it is the scope's business. */
export function addAuditRoutes(app: HttpApp, deps: AuditDeps): void {
  const verifyInTurn = oneAtATime((options) => deps.verify(options));
  app.route({
    method: "GET",
    url: "/audit",
    schema: { hide: true },
    handler: async (request, reply) => {
      const options = await readOptions(deps, request.query);
      const language = languageOf(request.headers["accept-language"]);
      const report = toPlainReport(await verifyInTurn(options), language);
      reply.headers({ "content-language": language, vary: "accept, accept-language" });
      const wantsPage = request.headers.accept?.includes("text/html") === true;
      return wantsPage ? reply.headers(PAGE_HEADERS).send(auditPage(report, language)) : report;
    },
  });
}

/** It reads every document: two of them at once would only take from each other and from the charges. */
function oneAtATime(verify: AuditDeps["verify"]): AuditDeps["verify"] {
  let last: Promise<unknown> = Promise.resolve();
  return (options) => {
    const next = last.then(() => verify(options));
    last = next.catch(() => {});
    return next;
  };
}

const NAMES = ["days", "from", "until", "gateway", "sharedAccount"] as const;

const EXPECTED: Record<(typeof NAMES)[number], Text> = {
  days: {
    en: `a whole number from 1 to ${DAYS_MAX}, without from and until`,
    ko: `1~${DAYS_MAX} 사이의 정수 (from, until 없이)`,
  },
  from: {
    en: `a day YYYY-MM-DD, not after until and at most ${DAYS_MAX} days before it`,
    ko: `YYYY-MM-DD 형식의 날짜 (until 이전, 최대 ${DAYS_MAX}일)`,
  },
  until: { en: "a day YYYY-MM-DD", ko: "YYYY-MM-DD 형식의 날짜" },
  gateway: { en: "true or false", ko: "true 또는 false" },
  sharedAccount: { en: "true or false", ko: "true 또는 false" },
};

async function readOptions(deps: AuditDeps, query: unknown): Promise<VerifyOptions> {
  const given = query as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    const known = NAMES.find((one) => one === name);
    if (known === undefined) throw invalid("", ONLY_THESE);
    if (typeof value !== "string") throw invalid(`/${known}`, EXPECTED[known]);
  }
  const { days, from, until } = given as { days?: string; from?: string; until?: string };
  const gateway = readFlag(given, "gateway", true);
  const sharedAccount = readFlag(given, "sharedAccount", false);
  const todayOn = dayOf(await deps.businessClock.now(), GATEWAY_ZONE);
  const read = readDayRange({ days, from, until }, todayOn);
  if ("fault" in read) throw invalid(`/${read.fault}`, EXPECTED[read.fault]);
  const range: DayRange | null = gateway ? read.range : null;
  return { range, sharedAccount };
}

function readFlag(
  given: Record<string, unknown>,
  name: "gateway" | "sharedAccount",
  otherwise: boolean,
): boolean {
  const value = given[name];
  if (value === undefined) return otherwise;
  if (value !== "true" && value !== "false") throw invalid(`/${name}`, EXPECTED[name]);
  return value === "true";
}

const ONLY_THESE = {
  en: `only the parameters ${NAMES.join(", ")}`,
  ko: `${NAMES.join(", ")} 파라미터만 허용`,
};

function invalid(pointer: string, expected: Text): ProblemError {
  return new ProblemError("VALIDATION_FAILED", { faults: [{ pointer, expected }] });
}
