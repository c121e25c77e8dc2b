/** What a verification answers. */
import type { VerifyBounds } from "./bounds.ts";
import type { Finding, Text } from "./finding.ts";

/** A day that could not be compared with a gateway's list. */
export interface NotCompared {
  gateway: string;
  account: string;
  /** Null: no day of it could be. */
  on: string | null;
  reason: string;
}

/** Sums of one day at one account; refunds count on the day of the approval that they give back. */
export interface DayTotals {
  gateway: string;
  account: string;
  on: string;
  approvals: { ours: Sum; theirs: Sum };
  refunds: { ours: number; theirs: number };
  /** There, and here still being asked about. */
  inProgress: number;
  /** Of other programs of the account, where it is said to have them. */
  others: number;
}

export interface Sum {
  count: number;
  won: number;
}

export interface VerifyReport {
  /** Nothing is wrong, and everything that was to be compared was. */
  ok: boolean;
  at: { business: Date; operational: Date };
  bounds: VerifyBounds;
  checked: { subscriptions: number; invoices: number; billingKeys: number };
  findings: Finding[];
  /** Findings beyond those that are listed. */
  leftOff: number;
  /** What waits for a person: no damage. */
  waiting: Finding[];
  waitingLeftOff: number;
  gateways: { days: DayTotals[]; notCompared: NotCompared[] } | null;
}

/** Most findings, and most things that wait, that one report lists. */
export const LISTED_MAX = 1000;

/** Collects findings up to the most that a report lists, and counts the rest. */
export interface Collector {
  add(findings: readonly Finding[]): void;
  /** Counts what is not listed. */
  count(more: number): void;
  readonly listed: Finding[];
  leftOff(): number;
}

export function createCollector(): Collector {
  const listed: Finding[] = [];
  let count = 0;
  return {
    listed,
    add(findings) {
      count += findings.length;
      listed.push(...findings.slice(0, Math.max(0, LISTED_MAX - listed.length)));
    },
    count(more) {
      count += more;
    },
    leftOff: () => count - listed.length,
  };
}

export type Language = "en" | "ko";

/** The words around the findings. */
export const HEADINGS = {
  sound: { en: "Nothing is wrong.", ko: "이상이 없습니다." },
  wrong: { en: "What is wrong", ko: "발견된 이상" },
  waiting: { en: "What waits for a person (no damage)", ko: "담당자를 기다리는 항목 (이상 아님)" },
  notCompared: { en: "Could not be compared", ko: "비교하지 못함" },
  days: { en: "Gateway, day by day", ko: "PG 일별 비교" },
  bounds: {
    en: "Bounds: younger than this is work in progress",
    ko: "기준: 이보다 최근이면 처리 중",
  },
  check: { en: "check", ko: "검사" },
  where: { en: "where", ko: "위치" },
  subscription: { en: "subscription", ko: "구독" },
  since: { en: "since", ko: "발생 시각" },
  what: { en: "what", ko: "내용" },
  advice: { en: "What to do", ko: "조치" },
  day: { en: "day", ko: "날짜" },
  account: { en: "account", ko: "가맹점" },
  ours: { en: "ours", ko: "시스템" },
  theirs: { en: "gateway", ko: "PG" },
  won: { en: "won", ko: "원" },
  refunds: { en: "refunds ours / gateway", ko: "환불 시스템 / PG" },
  inProgress: { en: "in progress", ko: "처리 중" },
  reason: { en: "reason", ko: "사유" },
  more: { en: "more, not listed", ko: "건 더 있음 (생략)" },
} as const satisfies Record<string, Text>;

/** What each bound is about. */
export const BOUND_TEXTS = {
  claimMs: { en: "claim after its lease", ko: "점유 만료 후" },
  unknownMs: { en: "unknown charge or refund", ko: "결과 미확인 결제·환불" },
  sweepMs: { en: "event or mark for the sweep", ko: "sweep 대기 이벤트·표시" },
  openMs: { en: "due period without invoice", ko: "도래했으나 미생성 주기" },
  dueMs: { en: "due charge or refund", ko: "도래한 결제·환불" },
  listingMs: { en: "answer missing in the gateway's list", ko: "PG 목록 반영 지연" },
  deliveryMs: { en: "an event that is refused", ko: "거부된 이벤트" },
  confirmMs: { en: "between two readings", ko: "두 번 읽는 간격" },
} as const satisfies Record<keyof VerifyBounds, Text>;

/** The report in one language, for machines: instants as ISO texts, sentences as plain texts. */
export function toPlainReport(report: VerifyReport, language: Language) {
  const plain = (finding: Finding) => ({
    check: finding.check,
    title: finding.title[language],
    documentId: finding.documentId,
    subscriptionId: finding.subscriptionId,
    since: finding.since?.toISOString() ?? null,
    detail: finding.detail,
    advice: finding.advice[language],
  });
  return {
    ok: report.ok,
    at: report.at.operational.toISOString(),
    businessTime: report.at.business.toISOString(),
    bounds: report.bounds,
    checked: report.checked,
    findings: report.findings.map(plain),
    findingsLeftOff: report.leftOff,
    waiting: report.waiting.map(plain),
    waitingLeftOff: report.waitingLeftOff,
    gateways: report.gateways,
  };
}
