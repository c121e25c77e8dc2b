import { renderTable } from "../table.ts";
import { FAULT_KINDS, type FaultKind } from "./fault-plan.ts";
import type { NaiveResult } from "./storm-naive.ts";

/** What the command prints as JSON: one object. */
export interface StormResult {
  charges: number;
  kills: number;
  faults: Record<FaultKind, number>;
  doubleCharges: number;
  missed: number;
  falselyFailed: number;
  unknownOpen: number;
  /** With 95 % confidence the true rate is below this, where nothing was seen in `charges` trials. */
  bound: number;
  naive: NaiveResult | null;
  seconds: number;
  seed: number;
  settings: Record<string, unknown>;
}

const FAULT_TEXTS: Readonly<Record<FaultKind, [english: string, korean: string]>> = {
  kill_worker: ["workers killed (SIGKILL)", "워커 강제 종료"],
  kill_redis: ["Redis killed", "Redis 강제 종료"],
  kill_mongo: ["MongoDB killed", "MongoDB 강제 종료"],
  kill_api: ["API killed", "API 강제 종료"],
  freeze_worker: ["workers frozen past their lock", "워커 정지 (락 만료 후 재개)"],
  rollback_redis: ["Redis rolled back to an older snapshot", "Redis 이전 스냅샷으로 복귀"],
  flush_redis: ["Redis flushed", "Redis 전체 삭제"],
  fill_redis: ["Redis out of memory", "Redis 메모리 부족"],
  stop_redis: ["Redis stopped and continued", "Redis 정지 후 재개"],
  stop_mongo: ["MongoDB frozen", "MongoDB 일시 정지"],
  cut_mongo: ["connections to MongoDB cut", "MongoDB 연결 끊김"],
  cut_mongo_after_write: ["... right after a write", "쓰기 직후 연결 끊김"],
  cut_redis: ["connections to Redis cut", "Redis 연결 끊김"],
};

/** The result as a table for people, Korean and English. */
export function renderStorm(result: StormResult): string {
  const zero = (count: number) => (count === 0 ? `0  (< ${percent(result.bound)})` : String(count));
  const rows: [string, string, string][] = [
    ["charges due", "청구 건수", result.charges.toLocaleString("en")],
    ...FAULT_KINDS.map((kind): [string, string, string] => [
      ...FAULT_TEXTS[kind],
      String(result.faults[kind]),
    ]),
    ["charged twice", "중복 결제", zero(result.doubleCharges)],
    ["forgotten", "누락", zero(result.missed)],
    ["falsely failed", "잘못된 실패 처리", zero(result.falselyFailed)],
    ["still unknown", "결과 미확인", String(result.unknownOpen)],
    ...naiveRows(result.naive),
    ["seconds", "초", String(result.seconds)],
    ["seed", "시드", String(result.seed)],
  ];
  return renderTable(["result", "결과", ""], rows, [2]);
}

/** The control alone. */
export function renderNaive(naive: NaiveResult, seconds: number): string {
  const rows = [...naiveRows(naive), ["seconds", "초", String(seconds)]];
  return renderTable(["result", "결과", ""], rows, [2]);
}

function naiveRows(naive: NaiveResult | null): [string, string, string][] {
  if (naive === null) return [];
  return [
    ["usual worker: charges", "일반 워커: 청구", naive.charges.toLocaleString("en")],
    ["usual worker: charged twice", "일반 워커: 중복 결제", String(naive.doubleCharges)],
    ["usual worker: falsely failed", "일반 워커: 잘못된 실패", String(naive.falselyFailed)],
  ];
}

function percent(rate: number): string {
  return `${(rate * 100).toPrecision(2)} %, 95 %`;
}
