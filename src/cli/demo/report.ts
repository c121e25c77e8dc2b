import { renderTable } from "../table.ts";
import type { DemoResult } from "./audit.ts";
import type { Stage } from "./stage.ts";

/** The result as a table for people, Korean and English. */
export function renderResult(result: DemoResult): string {
  const rows: [string, string, number | string][] = [
    ["months", "개월", result.months],
    ["subscriptions", "구독", result.subscriptions],
    ["periods due (calendar)", "청구 대상 기간", result.periodsDue],
    ["periods paid (gateway's ledger)", "결제된 기간", result.periodsPaid],
    ["periods open, with a reason", "진행 중인 기간", result.periodsOpen],
    ["declines", "거절", result.declines],
    ["recovered after a decline", "재시도로 회복", result.recovered],
    ["unknown outcomes settled", "응답 유실 후 확인", result.unknownResolved],
    ["approvals at the gateway", "승인 건수", result.gatewayApprovals],
    ["charged twice", "중복 결제", result.doubleCharges],
    ["forgotten", "누락", result.missedPeriods],
    ["e-mails received", "수신된 이메일", result.emails],
    ["events delivered, signature right", "서명 확인된 이벤트", result.events],
    ["e-mails twice, events wrong, untold", "이메일 중복·이벤트 오류·미전달", notRight(result)],
    ["seconds", "초", result.seconds],
  ];
  return renderTable(["result", "결과", ""], rows, [2]);
}

function notRight({ emailsDoubled, eventsWrong, untold }: DemoResult): number {
  return emailsDoubled + eventsWrong + untold;
}

/** Where to look while the demo stays up. */
export function renderAddresses(stage: Stage): string {
  return [
    `  Bull Board         ${stage.apiUrl}/admin/queues   user admin, password ${stage.adminPassword}`,
    `  messages           ${stage.apiUrl}/admin/emails   the same login`,
    `  API documentation  ${stage.apiUrl}/docs`,
    `  simulator's ledger ${stage.simulatorUrl}/_sim/ledger.html`,
    "  Ctrl-C stops everything; nothing is kept.",
    "",
  ].join("\n");
}
