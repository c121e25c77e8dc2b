/** `/admin/audit` as people read it: what is wrong, what waits, and the days beside the gateway. */
import { saySecond } from "../../billing/texts/instant-words.ts";
import { GATEWAY_ZONE } from "../../billing/verify/gateway/day-range.ts";
import { HEADINGS, type toPlainReport } from "../../billing/verify/report.ts";
import { type Markup, html, page, table } from "../../lib/html.ts";
import type { Language } from "../language.ts";
import { adminLinks } from "./admin-links.ts";

type PlainReport = ReturnType<typeof toPlainReport>;

/** The page, with everything from documents and gateways escaped. */
export function auditPage(report: PlainReport, language: Language): string {
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const verdict = report.ok ? say("sound") : say("wrong");
  const at = saySecond(new Date(report.businessTime), GATEWAY_ZONE);
  const waiting = findingsTable(report.waiting, report.waitingLeftOff, language);
  const body = html`<h1>${verdict}</h1>
${adminLinks(language)}
<p>${sayChecked(report.checked, language)} · ${at} (${GATEWAY_ZONE})</p>
${findingsTable(report.findings, report.findingsLeftOff, language)}
${report.waiting.length === 0 ? "" : html`<h2>${say("waiting")}</h2>${waiting}`}
${gatewayTables(report.gateways, language)}`;
  return page(verdict, body, language);
}

function sayChecked(checked: PlainReport["checked"], language: Language): string {
  const { subscriptions, invoices, billingKeys } = checked;
  return language === "ko"
    ? `구독 ${subscriptions}건, 청구 ${invoices}건, 빌링키 ${billingKeys}건`
    : `${subscriptions} subscriptions, ${invoices} invoices, ${billingKeys} billing keys`;
}

function findingsTable(
  findings: PlainReport["findings"],
  leftOff: number,
  language: Language,
): Markup {
  if (findings.length === 0) return html``;
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
  const more = leftOff > 0 ? html`<p>${leftOff} ${say("more")}</p>` : "";
  return html`${table([...heads, say("advice")], rows)}${more}`;
}

function gatewayTables(gateways: PlainReport["gateways"], language: Language): Markup {
  if (gateways === null) return html``;
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const days = gateways.days.map(({ on, gateway, account, approvals, refunds, inProgress }) => [
    on,
    `${gateway}/${account}`,
    `${approvals.ours.count} (${approvals.ours.won} ${say("won")})`,
    `${approvals.theirs.count} (${approvals.theirs.won} ${say("won")})`,
    `${refunds.ours} / ${refunds.theirs}`,
    inProgress,
  ]);
  const missing = gateways.notCompared.map(({ on, gateway, account, reason }) => [
    on ?? "",
    `${gateway}/${account}`,
    reason,
  ]);
  const heads = [say("day"), say("account"), say("ours"), say("theirs"), say("refunds")];
  const compared = html`<h2>${say("days")}</h2>${table([...heads, say("inProgress")], days)}`;
  const left = html`<h2>${say("notCompared")}</h2>${table([say("day"), say("account"), say("reason")], missing)}`;
  return html`${days.length === 0 ? "" : compared}${missing.length === 0 ? "" : left}`;
}
