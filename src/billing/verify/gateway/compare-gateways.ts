/** Our books against each gateway's own list, day by day, by order number. */
import { addDays, dayOf, instantOn } from "../../../domain/calendar.ts";
import type { ChargeAttempt } from "../../../domain/charge-attempt.ts";
import type { Instants } from "../../../domain/events.ts";
import type { Invoice } from "../../../domain/invoice.ts";
import type { GatewayAdapter, GatewayCall, LookUpResult } from "../../../gateways/gateway.ts";
import type { GatewayRegistry } from "../../../gateways/registry.ts";
import type { OperationalClock } from "../../../lib/clock.ts";
import { groupBy } from "../../../lib/group-by.ts";
import type { VerifyReader } from "../../../stores/verify-reader.ts";
import type { Collector, DayTotals, NotCompared } from "../report.ts";
import {
  type Listed,
  type ListedApproval,
  type ListedRefund,
  compareApprovals,
  gatewayFinding,
  recordedAmount,
} from "./compare-approval.ts";
import { type DayRange, GATEWAY_ZONE, daysOf } from "./day-range.ts";
import type { GatewayCheckName } from "./texts.ts";

export interface CompareDeps {
  reader: VerifyReader;
  gateways: GatewayRegistry;
  clock: OperationalClock;
  orderPrefix: string;
}

export interface CompareOptions {
  range: DayRange;
  /** Other programs charge through the account too: what has not our form of order number is theirs. */
  sharedAccount: boolean;
  at: Instants;
  listingMs: number;
}

export interface Compared {
  days: DayTotals[];
  notCompared: NotCompared[];
}

/** What one account's comparison works with. */
interface Context extends CompareDeps {
  adapter: GatewayAdapter;
  options: CompareOptions;
  findings: Collector;
  compared: Compared;
  /** Order numbers that were looked up: each costs the gateway a whole list. */
  lookedUp: Set<string>;
}

const LOOK_UPS_MAX = 50;
/** Order numbers that are looked for by one query. */
const LOOKED_UP_TOGETHER = 200;

/** Compares every account that can list. What cannot be listed is said, never taken for empty. */
export async function compareGateways(
  deps: CompareDeps,
  options: CompareOptions,
  findings: Collector,
): Promise<Compared> {
  const compared: Compared = { days: [], notCompared: [] };
  for (const adapter of deps.gateways.all()) {
    const context = { ...deps, adapter, options, findings, compared, lookedUp: new Set<string>() };
    if (adapter.capabilities.listTransactions) await compareAccount(context);
    else noteNotCompared(context, null, "this gateway cannot list");
  }
  return compared;
}

function noteNotCompared({ adapter, compared }: Context, on: string | null, reason: string): void {
  const { gateway, account } = adapter;
  compared.notCompared.push({ gateway, account, on, reason });
}

async function compareAccount(context: Context): Promise<void> {
  for (const on of daysOf(context.options.range)) {
    // Read before our books: what it shows was claimed here before.
    const listedAt = context.clock.now();
    const day = await listDay(context, on);
    if (day.kind === "failed") noteNotCompared(context, on, day.reason);
    else await compareDay(context, { on, listed: day.listed, listedAt });
  }
}

interface ListedDay {
  on: string;
  listed: readonly Listed[];
  /** Operational instant before the list was asked for. */
  listedAt: Date;
}

async function listDay(
  { adapter }: Context,
  on: string,
): Promise<{ kind: "listed"; listed: Listed[] } | { kind: "failed"; reason: string }> {
  const call = await openCall(adapter);
  if (call === null) return { kind: "failed", reason: "gateway out of reach" };
  const result = await adapter.listTransactions(call, { fromOn: on, untilOn: on });
  if (result.kind === "failed") return result;
  const approvals: ListedApproval[] = [];
  const refunds: ListedRefund[] = [];
  for (const one of result.transactions) {
    if (one.kind === "approval") approvals.push(one);
    else refunds.push(one);
  }
  const byTransaction = groupBy(refunds, (refund) => refund.transactionId);
  const listed = approvals.map((approval) => ({
    approval,
    refunds: byTransaction.get(approval.transactionId) ?? [],
  }));
  return { kind: "listed", listed };
}

/** A list needs a credential and no lease: it moves nothing. */
async function openCall(adapter: GatewayAdapter): Promise<GatewayCall | null> {
  const opened = await adapter.openCredential({ call: "read" });
  return opened.kind === "ready" ? { credential: opened.credential, maySend: () => true } : null;
}

async function compareDay(context: Context, day: ListedDay): Promise<void> {
  const { gateway, account } = context.adapter;
  const totals: DayTotals = {
    gateway,
    account,
    on: day.on,
    approvals: {
      ours: { count: 0, won: 0 },
      theirs: {
        count: day.listed.length,
        won: day.listed.reduce((sum, { approval }) => sum + approval.amount, 0),
      },
    },
    refunds: { ours: 0, theirs: day.listed.filter(({ refunds }) => refunds.length > 0).length },
    inProgress: 0,
    others: 0,
  };
  await compareTheirs(context, day, totals);
  await compareOurs(context, day, totals);
  context.compared.days.push(totals);
}

/** Everything that the gateway lists is to be known here. */
async function compareTheirs(context: Context, day: ListedDay, totals: DayTotals): Promise<void> {
  const byOrderNumber = groupBy(day.listed, ({ approval }) => approval.orderNumber);
  const listedBefore = listedBeforeOf(context, day);
  const orderNumbers = [...byOrderNumber.keys()];
  for (let from = 0; from < orderNumbers.length; from += LOOKED_UP_TOGETHER) {
    const some = orderNumbers.slice(from, from + LOOKED_UP_TOGETHER);
    const invoices = byAttempt(await context.reader.findByOrderNumbers(some));
    for (const orderNumber of some) {
      const listed = byOrderNumber.get(orderNumber) ?? [];
      const invoice = invoices.get(orderNumber);
      if (invoice === undefined) {
        noteUnknown(context, listed, totals);
        continue;
      }
      const result = compareApprovals(invoice, listed, listedBefore);
      context.findings.add(result.findings);
      if (result.unclear !== null) {
        await lookInto(context, { invoice, attempt: result.unclear, on: day.on });
      }
      totals.approvals.ours.count += result.ours.count;
      totals.approvals.ours.won += result.ours.won;
      totals.refunds.ours += result.ours.refunds;
      totals.inProgress += result.inProgress;
    }
  }
}

function listedBeforeOf({ options }: Context, { listedAt }: ListedDay): Date {
  return new Date(listedAt.getTime() - options.listingMs);
}

function byAttempt(invoices: readonly Invoice[]): Map<string, Invoice> {
  return new Map(
    invoices.flatMap((invoice) =>
      invoice.attempts.map(({ orderNumber }) => [orderNumber, invoice] as const),
    ),
  );
}

function noteUnknown(context: Context, listed: readonly Listed[], totals: DayTotals): void {
  const { options, orderPrefix, findings } = context;
  for (const { approval, refunds } of listed) {
    const hasOurForm = approval.orderNumber.startsWith(`${orderPrefix}-`);
    if (options.sharedAccount && !hasOurForm) {
      totals.others += 1;
      continue;
    }
    const refunded = refunds.length > 0 ? ", refunded there" : "";
    findings.add([
      gatewayFinding("gateway-unknown-charge", {
        documentId: approval.orderNumber === "" ? approval.transactionId : approval.orderNumber,
        subscriptionId: null,
        since: approval.at,
        detail: `${approval.transactionId}, ${approval.amount} won${refunded}`,
      }),
    ]);
  }
}

/** Everything that we hold for approved on this day is to be listed. */
async function compareOurs(context: Context, day: ListedDay, totals: DayTotals): Promise<void> {
  const { gateway, account } = context.adapter;
  const known = new Set(day.listed.map(({ approval }) => approval.orderNumber));
  const range = {
    gateway,
    account,
    from: instantOn(day.on, 0, GATEWAY_ZONE),
    until: instantOn(addDays(day.on, 1), 0, GATEWAY_ZONE),
  };
  const listedBefore = listedBeforeOf(context, day);
  for await (const invoices of context.reader.approvedBetween(range)) {
    for (const invoice of invoices) {
      for (const attempt of invoice.attempts) {
        const at = attempt.transaction?.approvedAt;
        const isOfDay = at !== undefined && at >= range.from && at < range.until;
        if (!isOfDay || attempt.state !== "approved" || known.has(attempt.orderNumber)) continue;
        const settledAt = attempt.callEndedAt ?? attempt.claimedAt;
        if (settledAt >= listedBefore) totals.inProgress += 1;
        else {
          totals.approvals.ours.count += 1;
          totals.approvals.ours.won += attempt.amount;
          await lookInto(context, { invoice, attempt, on: day.on });
        }
      }
    }
  }
}

/**
 * Not on the list of the day on which we booked it, or another one is there under its order number.
 * A person's word may have another day than the gateway's, and midnights differ: what is wrong is
 * said only once everything under the order number was seen.
 */
async function lookInto(
  context: Context,
  asked: { invoice: Invoice; attempt: ChargeAttempt; on: string },
): Promise<void> {
  const { invoice, attempt, on } = asked;
  if (context.lookedUp.has(attempt.orderNumber)) return;
  const looked = await lookUp(context, attempt);
  if (looked.kind === "failed") {
    noteNotCompared(context, on, `${attempt.orderNumber}: ${looked.reason}`);
    return;
  }
  const there = looked.kind === "found" ? looked.transactions : [];
  const check = judge(invoice, attempt, there);
  if (check === null) return;
  const ids = there.map(({ id, amount }) => `${id} (${amount} won)`).join(", ");
  context.findings.add([
    gatewayFinding(check, {
      documentId: invoice.id,
      subscriptionId: invoice.subscriptionId,
      since: attempt.transaction?.approvedAt ?? null,
      detail: `${attempt.orderNumber}: here ${attempt.transaction?.id ?? "none"} (${attempt.amount} won), there ${ids === "" ? "nothing" : ids}`,
    }),
  ]);
}

type FoundThere = Extract<LookUpResult, { kind: "found" }>["transactions"];

function judge(
  invoice: Invoice,
  attempt: ChargeAttempt,
  there: FoundThere,
): GatewayCheckName | null {
  if (there.length === 0) return "gateway-missing-charge";
  if (!there.some(({ id }) => id === attempt.transaction?.id)) return "gateway-other-transaction";
  const surplus = there.some(
    ({ id, refunded }) => !refunded && recordedAmount(invoice, attempt, id) === null,
  );
  return surplus ? "gateway-second-charge" : null;
}

async function lookUp(context: Context, attempt: ChargeAttempt): Promise<LookUpResult> {
  if (context.lookedUp.size >= LOOK_UPS_MAX) {
    return { kind: "failed", reason: "not looked into: too many differ" };
  }
  context.lookedUp.add(attempt.orderNumber);
  const call = await openCall(context.adapter);
  if (call === null) return { kind: "failed", reason: "gateway out of reach" };
  const today = dayOf(context.options.at.business, GATEWAY_ZONE);
  return context.adapter.lookUpCharge(call, {
    orderNumber: attempt.orderNumber,
    amount: attempt.amount,
    fromOn: addDays(dayOf(attempt.initiatedAt, GATEWAY_ZONE), -1),
    untilOn: addDays(today, 1),
  });
}
