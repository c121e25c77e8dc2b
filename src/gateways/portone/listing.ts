/** The payments of some days, put together from lists by status. */
import { addDays, isCalendarDay } from "../../domain/calendar.ts";
import {
  LISTED_DAYS_MAX,
  LISTED_TRANSACTIONS_MAX,
  type ListTransactionsRequest,
  type ListTransactionsResult,
} from "../gateway.ts";
import type { PortoneRequest } from "./client.ts";
import { type Page, readPage, toListed } from "./mapping.ts";
import { type Payment, readPayment } from "./payment.ts";
import type { MindedReply } from "./reply.ts";
import { type Span, toStatusRequest } from "./requests.ts";

const DAY_SECONDS = 86_400;
/** The gateway searches ninety days at once. */
const SPAN_SECONDS_MAX = 90 * DAY_SECONDS;
/** Ten years: no refund of a card comes later. */
const SPANS_MAX = 41;

export interface ListingDeps {
  send: (request: PortoneRequest) => Promise<MindedReply>;
  now: Date;
}

/**
 * Lists the approvals of these days with their refunds. The gateway finds a payment by the time of
 * its last status: one that was given back stands under `cancelled`, at the day of its refund, which
 * may be any day since. So those days are read too, and what was approved on other days is left out.
 */
export async function listPayments(
  deps: ListingDeps,
  request: ListTransactionsRequest,
): Promise<ListTransactionsResult> {
  const days = toSpan(request);
  if (days === null) return { kind: "failed", reason: `from 1 to ${LISTED_DAYS_MAX} days` };
  const payments = new Map<string, Payment>();
  // First the paid ones: a payment that is given back meanwhile then turns up among the others.
  for (const { status, span } of toSearches(days, deps.now)) {
    const found = await readAll(deps, status, span);
    if (found.kind === "failed") return { ...found, reason: `${status}: ${found.reason}` };
    for (const payment of found.payments) payments.set(payment.id, payment);
    if (payments.size > LISTED_TRANSACTIONS_MAX) {
      return { kind: "failed", reason: `more than ${LISTED_TRANSACTIONS_MAX} transactions` };
    }
  }
  return toResult([...payments.values()], days);
}

function toResult(payments: readonly Payment[], days: Span): ListTransactionsResult {
  const dated: Array<{ payment: Payment; at: Date }> = [];
  for (const payment of payments) {
    const at = payment.approvedAt;
    if (at === undefined) return { kind: "failed", reason: "payment without a time" };
    const isWithin = at.getTime() >= days.from * 1000 && at.getTime() < (days.to + 1) * 1000;
    if (isWithin) dated.push({ payment, at });
  }
  dated.sort((one, other) => one.at.getTime() - other.at.getTime());
  const transactions = dated.flatMap(({ payment, at }) => toListed(payment, at));
  if (transactions.length > LISTED_TRANSACTIONS_MAX) {
    return { kind: "failed", reason: `more than ${LISTED_TRANSACTIONS_MAX} transactions` };
  }
  return { kind: "listed", transactions };
}

/** Null where there is no such range, or too long a one. */
function toSpan({ fromOn, untilOn }: ListTransactionsRequest): Span | null {
  if (!isCalendarDay(fromOn) || !isCalendarDay(untilOn) || fromOn > untilOn) return null;
  if (addDays(fromOn, LISTED_DAYS_MAX - 1) < untilOn) return null;
  return { from: startOfKoreanDay(fromOn), to: startOfKoreanDay(addDays(untilOn, 1)) - 1 };
}

function startOfKoreanDay(on: string): number {
  return Date.parse(`${on}T00:00:00+09:00`) / 1000;
}

function toSearches(days: Span, now: Date) {
  const searches: Array<{ status: "paid" | "cancelled"; span: Span }> = [
    { status: "paid", span: days },
  ];
  const nowSeconds = now.getTime() / 1000;
  for (let from = days.from; searches.length <= SPANS_MAX; from += SPAN_SECONDS_MAX) {
    searches.push({ status: "cancelled", span: { from, to: from + SPAN_SECONDS_MAX - 1 } });
    if (from + SPAN_SECONDS_MAX > nowSeconds) break;
  }
  return searches;
}

type Found = { kind: "found"; payments: readonly Payment[] } | { kind: "failed"; reason: string };

async function readAll(
  { send }: ListingDeps,
  status: "paid" | "cancelled",
  span: Span,
): Promise<Found> {
  const payments = new Map<string, Payment>();
  let total: number | undefined;
  for (let page = 1; page !== 0; ) {
    const read = readPage(await send(toStatusRequest(status, span, page)));
    if (read.kind === "failed") return read;
    // A payment that comes or goes between two pages moves the others: one may be missed.
    if (total !== undefined && read.total !== total) return failed("changed while it was read");
    total = read.total;
    const problem = collect(read, payments);
    if (problem !== undefined) return failed(problem);
    if (read.next !== 0 && read.next !== page + 1) return failed("pages out of order");
    if (payments.size > LISTED_TRANSACTIONS_MAX) return failed("too many payments");
    page = read.next;
  }
  if (payments.size !== total) return failed(`${payments.size} of ${total} payments`);
  return { kind: "found", payments: [...payments.values()] };
}

function collect(
  { rows }: Extract<Page, { kind: "page" }>,
  payments: Map<string, Payment>,
): string | undefined {
  for (const row of rows) {
    const read = readPayment(row);
    if (read.kind === "odd") return read.problem;
    const { payment } = read;
    if (payment.status !== "paid" && payment.status !== "cancelled") return "another status";
    payments.set(payment.id, payment);
  }
  return undefined;
}

const failed = (reason: string) => ({ kind: "failed", reason }) as const;
