import { parseBound } from "./korea-time.ts";
import type { IndexedField, Ledger } from "./ledger.ts";
import { ENTRY_KINDS, type LedgerEntry } from "./ledger-entry.ts";
import { ControlInputError, readChoice, readObject, readText, readWhole } from "./strict-input.ts";

const PLAIN_FIELDS = [
  "transactionId",
  "orderNumber",
  "billingKey",
  "buyerId",
  "gateway",
  "merchant",
  "code",
  "fault",
] as const;
const INDEXED: readonly IndexedField[] = ["transactionId", "orderNumber", "billingKey", "buyerId"];
const QUERY_KEYS = ["kind", ...PLAIN_FIELDS, "from", "to", "limit", "after"];
const DEFAULT_LIMIT = 100;
const LIMIT_MAX = 1000;

/** Which entries are asked for, and which page of them. */
export interface LedgerQuery {
  readonly equals: Readonly<Partial<Record<(typeof PLAIN_FIELDS)[number] | "kind", string>>>;
  readonly from?: string;
  readonly until?: string;
  readonly limit: number;
  readonly after: number;
}

/** Sums over every entry that matches, whatever the page. */
export interface LedgerTotals {
  approvals: number;
  approvedAmount: number;
  declines: number;
  refunds: number;
  refundedAmount: number;
}

/** Reads the query string strictly: an unknown key or a bad value is refused, not ignored. */
export function parseLedgerQuery(query: unknown): LedgerQuery {
  const given = readObject(query, "the query", QUERY_KEYS);
  const equals: Record<string, string> = {};
  for (const field of PLAIN_FIELDS) {
    if (given[field] !== undefined) equals[field] = readText(given[field], field);
  }
  if (given.kind !== undefined) equals.kind = readChoice(given.kind, "kind", ENTRY_KINDS);
  return {
    equals,
    ...(given.from === undefined ? {} : { from: readBound(given.from, "from") }),
    ...(given.to === undefined ? {} : { until: readBound(given.to, "to") }),
    limit: readNumber(given.limit ?? `${DEFAULT_LIMIT}`, "limit", [1, LIMIT_MAX]),
    after: readNumber(given.after ?? "0", "after", [0, Number.MAX_SAFE_INTEGER]),
  };
}

/** One page of matching entries, oldest first, with the totals over all of them. */
export function queryLedger(ledger: Ledger, query: LedgerQuery) {
  const matching = matchingEntries(ledger, query);
  const rest = matching.filter((entry) => entry.seq > query.after);
  const entries = rest.slice(0, query.limit);
  const last = entries.at(-1);
  return {
    entries,
    totals: totalsOf(matching),
    ...(last && rest.length > entries.length ? { next: last.seq } : {}),
  };
}

/** Every entry that matches, oldest first. */
export function matchingEntries(ledger: Ledger, query: LedgerQuery): readonly LedgerEntry[] {
  const wanted = Object.entries(query.equals) as [keyof LedgerEntry, string][];
  return narrowestList(ledger, query).filter(
    (entry) =>
      wanted.every(([field, value]) => entry[field] === value) &&
      (query.from === undefined || entry.at >= query.from) &&
      (query.until === undefined || entry.at < query.until),
  );
}

/** The sums of a list of entries. */
export function totalsOf(entries: readonly LedgerEntry[]): LedgerTotals {
  const totals = { approvals: 0, approvedAmount: 0, declines: 0, refunds: 0, refundedAmount: 0 };
  for (const entry of entries) {
    if (entry.kind === "decline") totals.declines += 1;
    if (entry.kind === "approval") {
      totals.approvals += 1;
      totals.approvedAmount += entry.amount ?? 0;
    }
    if (entry.kind === "refund") {
      totals.refunds += 1;
      totals.refundedAmount += entry.amount ?? 0;
    }
  }
  return totals;
}

function narrowestList(ledger: Ledger, query: LedgerQuery): readonly LedgerEntry[] {
  for (const field of INDEXED) {
    const value = query.equals[field];
    if (value !== undefined) return ledger.having(field, value);
  }
  return ledger.all();
}

function readBound(value: unknown, key: "from" | "to"): string {
  const bound = parseBound(readText(value, key), key === "from" ? "start" : "end");
  if (bound) return bound;
  throw new ControlInputError(
    `${key} must be a day yyyy-MM-dd or an instant such as 2026-03-01T00:00:00Z (2000 to 2099)`,
  );
}

function readNumber(value: unknown, key: string, bounds: readonly [number, number]): number {
  const text = readText(value, key);
  return readWhole(/^\d+$/.test(text) ? Number(text) : undefined, key, bounds);
}
