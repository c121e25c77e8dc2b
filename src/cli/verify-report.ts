/** The report of a verification as text for people. */
import { groupBy } from "../lib/group-by.ts";
import type { Finding } from "../billing/verify/finding.ts";
import {
  BOUND_TEXTS,
  type DayTotals,
  HEADINGS,
  type Language,
  type NotCompared,
  type VerifyReport,
} from "../billing/verify/report.ts";
import { renderTable } from "./table.ts";

export function renderReport(report: VerifyReport, language: Language): string {
  const { subscriptions, invoices, billingKeys } = report.checked;
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const parts = [
    `subscriptions ${subscriptions} · invoices ${invoices} · billingkeys ${billingKeys} · ${report.at.business.toISOString()}\n`,
    ...renderFindings(report.findings, language),
    renderMore(report.leftOff, language),
    ...(report.waiting.length > 0 ? [`${say("waiting")}\n\n`] : []),
    ...renderFindings(report.waiting, language),
    renderMore(report.waitingLeftOff, language),
    ...renderGateways(report.gateways, language),
    `${say("bounds")}: ${renderBounds(report, language)}\n`,
    ...(report.ok ? [`${say("sound")}\n`] : []),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** One block a check: its title and what to do, then every place. */
function renderFindings(findings: readonly Finding[], language: Language): string[] {
  const head = (["where", "subscription", "since", "what"] as const).map(
    (name) => HEADINGS[name][language],
  );
  return [...groupBy(findings, ({ check }) => check)].map(([check, group]) => {
    const [first] = group;
    const rows = group.map(({ documentId, subscriptionId, since, detail }) => [
      documentId,
      subscriptionId ?? "",
      since?.toISOString() ?? "",
      detail,
    ]);
    const title = `${first?.title[language] ?? ""} [${check}]: ${group.length}`;
    const advice = `${HEADINGS.advice[language]}: ${first?.advice[language] ?? ""}`;
    return `${title}\n${advice}\n${renderTable(head, rows)}`;
  });
}

function renderMore(count: number, language: Language): string {
  return count > 0 ? `${count} ${HEADINGS.more[language]}\n` : "";
}

function renderGateways(gateways: VerifyReport["gateways"], language: Language): string[] {
  if (gateways === null) return [];
  return [
    ...(gateways.days.length > 0 ? [renderDays(gateways.days, language)] : []),
    ...(gateways.notCompared.length > 0 ? [renderNotCompared(gateways.notCompared, language)] : []),
  ];
}

function renderDays(days: readonly DayTotals[], language: Language): string {
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const head = [
    say("day"),
    say("account"),
    say("ours"),
    say("won"),
    say("theirs"),
    say("won"),
    say("refunds"),
    say("inProgress"),
  ];
  const rows = days.map(({ on, gateway, account, approvals, refunds, inProgress }) => [
    on,
    `${gateway}/${account}`,
    approvals.ours.count,
    approvals.ours.won,
    approvals.theirs.count,
    approvals.theirs.won,
    `${refunds.ours} / ${refunds.theirs}`,
    inProgress,
  ]);
  return `${say("days")}\n${renderTable(head, rows, [2, 3, 4, 5, 6, 7])}`;
}

function renderNotCompared(days: readonly NotCompared[], language: Language): string {
  const say = (heading: keyof typeof HEADINGS) => HEADINGS[heading][language];
  const rows = days.map(({ on, gateway, account, reason }) => [
    on ?? "",
    `${gateway}/${account}`,
    reason,
  ]);
  return `${say("notCompared")}\n${renderTable([say("day"), say("account"), say("reason")], rows)}`;
}

function renderBounds({ bounds }: VerifyReport, language: Language): string {
  return (Object.keys(BOUND_TEXTS) as (keyof typeof BOUND_TEXTS)[])
    .map((name) => `${BOUND_TEXTS[name][language]} ${bounds[name] / 1000} s`)
    .join(" · ");
}
