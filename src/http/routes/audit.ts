import { createHash } from "node:crypto";
import {
  type DayRange,
  DAYS_MAX,
  GATEWAY_ZONE,
  readDayRange,
} from "../../billing/verify/gateway/day-range.ts";
import { HEADINGS, type VerifyReport, toPlainReport } from "../../billing/verify/report.ts";
import type { VerifyOptions } from "../../billing/verify/verify.ts";
import { dayOf } from "../../domain/calendar.ts";
import type { BusinessClock } from "../../lib/clock.ts";
import { escapeHtml } from "../escape-html.ts";
import type { HttpApp } from "../http-app.ts";
import { type Language, type Text, languageOf } from "../language.ts";
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
      return wantsPage ? reply.headers(PAGE_HEADERS).send(toPage(report, language)) : report;
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

type PlainReport = ReturnType<typeof toPlainReport>;

const STYLE =
  "body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}" +
  "table{border-collapse:collapse;width:100%}" +
  "th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}";

/** No script at all, this one style sheet, nothing from elsewhere. */
const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

function toPage(report: PlainReport, language: Language): string {
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const verdict = report.ok ? say("sound") : say("wrong");
  const { subscriptions, invoices, billingKeys } = report.checked;
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(verdict)}</title>
<style>${STYLE}</style>
<h1>${escapeHtml(verdict)}</h1>
<p>${subscriptions} subscriptions, ${invoices} invoices, ${billingKeys} billing keys · ${escapeHtml(report.businessTime)}</p>
${toFindings(report.findings, report.findingsLeftOff, language)}
${report.waiting.length === 0 ? "" : `<h2>${say("waiting")}</h2>${toFindings(report.waiting, report.waitingLeftOff, language)}`}
${toGateways(report.gateways, language)}
</html>
`;
}

function toFindings(
  findings: PlainReport["findings"],
  leftOff: number,
  language: Language,
): string {
  if (findings.length === 0) return "";
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const rows = findings.map((one) => [
    `${one.title} [${one.check}]`,
    one.documentId,
    one.subscriptionId ?? "",
    one.since ?? "",
    one.detail,
    one.advice,
  ]);
  const heads = [say("check"), say("where"), say("subscription"), say("since"), say("what")];
  const more = leftOff > 0 ? `<p>${leftOff} ${say("more")}</p>` : "";
  return toTable([...heads, say("advice")], rows) + more;
}

function toGateways(gateways: PlainReport["gateways"], language: Language): string {
  if (gateways === null) return "";
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const days = gateways.days.map(({ on, gateway, account, approvals, refunds, inProgress }) => [
    on,
    `${gateway}/${account}`,
    `${approvals.ours.count} (${approvals.ours.won} ${say("won")})`,
    `${approvals.theirs.count} (${approvals.theirs.won} ${say("won")})`,
    `${refunds.ours} / ${refunds.theirs}`,
    String(inProgress),
  ]);
  const missing = gateways.notCompared.map(({ on, gateway, account, reason }) => [
    on ?? "",
    `${gateway}/${account}`,
    reason,
  ]);
  const heads = [say("day"), say("account"), say("ours"), say("theirs"), say("refunds")];
  return [
    days.length === 0
      ? ""
      : `<h2>${say("days")}</h2>${toTable([...heads, say("inProgress")], days)}`,
    missing.length === 0
      ? ""
      : `<h2>${say("notCompared")}</h2>${toTable([say("day"), say("account"), say("reason")], missing)}`,
  ].join("\n");
}

/** Everything that comes from a document or a gateway is escaped here. */
function toTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table>${toRow(heads, "th")}${rows.map((row) => toRow(row, "td")).join("")}</table>`;
}

function toRow(cells: readonly string[], tag: "td" | "th"): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
}
