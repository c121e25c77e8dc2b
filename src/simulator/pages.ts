import type { FastifyInstance } from "fastify";
import { CARD_TABLE, DECLINE_TABLE, EFFECT_TABLE, type GuideTable } from "./guide.ts";
import { type Markup, PAGE_HEADERS, html, page, table } from "../lib/html.ts";
import type { LedgerEntry } from "./ledger-entry.ts";
import { matchingEntries, parseLedgerQuery, totalsOf } from "./ledger-query.ts";
import type { NoticeRecord } from "./notices/notice-log.ts";
import type { SimulatorState } from "./state.ts";
import { readObject } from "./strict-input.ts";

const ROWS_PER_PAGE = 200;
const NOTICES_SHOWN = 20;
const FILTERS = ["kind", "orderNumber", "billingKey", "buyerId", "transactionId", "from", "to"];
const KIND_LABELS: Readonly<Record<LedgerEntry["kind"], string>> = {
  billing_key_issued: "빌링키 발급 billing key issued",
  billing_key_revoked: "빌링키 해지 billing key revoked",
  virtual_account_issued: "가상계좌 발급 virtual account issued",
  approval: "승인 approval",
  decline: "거절 decline",
  refund: "취소 refund",
};

/** A gateway's part of the front page: lines of shell that try it out. */
export interface GatewayGuide {
  readonly title: string;
  curlLines(baseUrl: string): string;
}

/** Registers the two readable pages: the front page and the ledger. */
export function registerPages(
  app: FastifyInstance,
  state: SimulatorState,
  guides: readonly GatewayGuide[],
): void {
  app.get("/", (request, reply) => {
    const baseUrl = `http://127.0.0.1:${request.socket.localPort ?? 4000}`;
    return reply.headers(PAGE_HEADERS).send(frontPage(state, guides, baseUrl));
  });
  app.get("/_sim/ledger.html", (request, reply) =>
    reply.headers(PAGE_HEADERS).send(ledgerPage(state, request.query)),
  );
}

function frontPage(
  state: SimulatorState,
  guides: readonly GatewayGuide[],
  baseUrl: string,
): string {
  const frozenAt = state.clock.frozenAt();
  const rules = state.faults.list().map((rule) => [JSON.stringify(rule)]);
  const unknown = state.notUnderstood.items().toReversed().slice(0, 50);
  return page(
    "Gateway simulator",
    html`<h1>Gateway simulator 결제대행사 시뮬레이터</h1>
<p>No money moves here 실제 결제가 아닙니다. <a href="/_sim/ledger.html">Ledger 원장</a></p>
<p>Business time 영업 시각: ${state.clock.business().toISOString()} ${frozenAt ? "(frozen 고정)" : "(real 실제)"}</p>
<h2>Test cards 테스트 카드</h2>
<p>Invented numbers, issued by no bank 은행이 발급하지 않은 가상의 번호입니다.</p>
${guideTable(CARD_TABLE)}
${guideTable(DECLINE_TABLE)}
<h2>Try it 사용해 보기</h2>
${guides.map((guide) => html`<h3>${guide.title}</h3><pre>${guide.curlLines(baseUrl)}</pre>`)}
<h2>Faults 장애</h2>
${rules.length > 0 ? table(["Rules in force 적용 중인 규칙"], rules) : html`<p>No rules in force 적용 중인 규칙 없음</p>`}
${guideTable(EFFECT_TABLE)}
<h2>Notices 통지</h2>
${noticeTables(state)}
<h2>Not understood 이해하지 못한 요청</h2>
${
  unknown.length > 0
    ? table(
        ["When 시각", "Request 요청", "Reason 사유", "Field 항목"],
        unknown.map((item) => [
          item.realAt,
          `${item.method} ${item.path}`,
          item.reason,
          item.field ?? "",
        ]),
      )
    : html`<p>None 없음</p>`
}`,
  );
}

function noticeTables({ notices }: SimulatorState): readonly Markup[] {
  const urls = Object.entries(notices.urls.current());
  const latest = notices.log.records().toReversed().slice(0, NOTICES_SHOWN);
  return [
    urls.length > 0
      ? table(["Gateway 대행사", "Address 주소"], urls)
      : html`<p>No address yet 등록된 주소 없음: <code>--notify gateway=http://…</code>, <code>POST /_sim/notice-urls</code></p>`,
    table(
      [
        "When 시각",
        "Gateway 대행사",
        "Kind 구분",
        "Order 주문번호",
        "State 상태",
        "Fault 장애",
        "Last answer 최근 응답",
      ],
      latest.map((one) => [
        one.realAt,
        one.gateway,
        KIND_LABELS[one.kind],
        one.orderNumber,
        one.isForged ? `${one.state} (forged 위조)` : one.state,
        one.fault ?? "",
        lastAnswer(one),
      ]),
    ),
  ];
}

function lastAnswer({ tries }: NoticeRecord): string {
  const last = tries.at(-1);
  return last === undefined ? "" : `${tries.length}: ${last.status ?? last.error ?? ""}`;
}

function ledgerPage(state: SimulatorState, query: unknown): string {
  const { before, ...filters } = readObject(query, "the query", [...FILTERS, "before"]);
  // A form sends its empty fields too; they filter nothing.
  const filled = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ""));
  const matching = matchingEntries(state.ledger, parseLedgerQuery(filled));
  const beforeSeq = typeof before === "string" ? Number(before) : Number.POSITIVE_INFINITY;
  const older = matching.filter((entry) => entry.seq < beforeSeq);
  const shown = older.slice(-ROWS_PER_PAGE).toReversed();
  const last = shown.at(-1);
  return page(
    "Ledger",
    html`<h1>Ledger 원장</h1>
<p><a href="/">Front page 처음으로</a></p>
${filterForm(filled)}
${totalsTable(matching)}
<p>Newest first 최신순, ${shown.length} / ${matching.length}</p>
${entryTable(shown)}
${last && older.length > shown.length ? olderLink(filled, last.seq) : ""}`,
  );
}

function filterForm(filled: Readonly<Record<string, unknown>>): Markup {
  const fields = FILTERS.map(
    (name) => html`<label>${name} <input name="${name}" value="${textOf(filled[name])}"></label> `,
  );
  return html`<form method="get" action="/_sim/ledger.html">${fields}<button>Filter 조회</button></form>`;
}

function totalsTable(entries: readonly LedgerEntry[]): Markup {
  const totals = totalsOf(entries);
  return table(
    [
      "Approvals 승인",
      "Approved amount 승인 금액",
      "Declines 거절",
      "Refunds 취소",
      "Refunded amount 취소 금액",
    ],
    [
      [
        totals.approvals,
        totals.approvedAmount,
        totals.declines,
        totals.refunds,
        totals.refundedAmount,
      ],
    ],
  );
}

function entryTable(entries: readonly LedgerEntry[]): Markup {
  const headings = [
    "No. 번호",
    "Business time 영업 시각",
    "Kind 구분",
    "Gateway 대행사",
    "Order 주문번호",
    "Transaction 거래번호",
    "Amount 금액",
    "Code 코드",
    "Buyer 구매자",
    "Billing key 빌링키",
    "Card 카드",
    "Fault 장애",
  ];
  const rows = entries.map((entry) => [
    entry.seq,
    entry.at,
    KIND_LABELS[entry.kind],
    entry.gateway,
    entry.orderNumber ?? "",
    entry.transactionId ?? "",
    entry.amount ?? "",
    entry.code ?? "",
    entry.buyerId ?? "",
    entry.billingKey ?? "",
    entry.cardLast4 ? `…${entry.cardLast4}` : "",
    entry.fault ?? "",
  ]);
  return table(headings, rows);
}

function olderLink(filled: Readonly<Record<string, unknown>>, seq: number): Markup {
  const query = new URLSearchParams({ before: `${seq}` });
  for (const [name, value] of Object.entries(filled)) query.set(name, textOf(value));
  return html`<p><a href="/_sim/ledger.html?${query.toString()}">Older 이전 기록</a></p>`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function guideTable({ headings, rows }: GuideTable): Markup {
  return table(headings, rows);
}
