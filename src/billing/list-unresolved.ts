/** Everything that waits for a person, with the evidence that a person needs to decide. */
import type { AccountPause } from "../domain/account-pause.ts";
import { factsOf } from "../domain/decline.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { InboxStore } from "../stores/inbox.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { attemptEvidence, refundEvidence } from "./texts/evidence-words.ts";
import { sayReason, sayState } from "./texts/event-words.ts";
import { saySecond } from "./texts/instant-words.ts";
import type { Language } from "./texts/language.ts";
import { sayNoticeReason } from "./texts/notice-words.ts";

/** What helps: letting it go on, saying what happened at the gateway, or deciding a late period. */
export type Remedy = "release" | "resolve_charge" | "resolve_refund" | "decide_late";

export interface UnresolvedRow {
  /** What the remedy is applied to: an account, a subscription, an invoice, an order number or a refund. */
  id: string;
  remedy: Remedy;
  /** Why it waits, for programs: a reason to hold, `parked`, `account_paused`, `unknown_charge` or `unknown_refund`. */
  kind: string;
  /** The same in words. */
  why: string;
  /** ISO instant. */
  since: string;
  subscriptionId: string | null;
  invoiceId: string | null;
  /** Empty where it is about an account. */
  customerId: string;
  /** Won; null where no amount is in question. */
  amount: number | null;
  evidence: string[];
}

export interface UnresolvedDeps {
  inbox: Pick<InboxStore, "listFlaggedOfInvoices">;
  pauses: Pick<AccountPauseStore, "listPaused">;
  invoices: Pick<InvoiceStore, "listHeld" | "listUnknown">;
  subscriptions: Pick<SubscriptionStore, "listParked">;
}

/** Most rows of each kind. */
const ROWS_MAX = 500;

/** How the rows are worded. */
export interface Reader {
  language: Language;
  zone: string;
}

/** Stopped accounts first, then parked subscriptions, held invoices, then unknown charges and refunds, oldest first. */
export async function listUnresolved(
  deps: UnresolvedDeps,
  reader: Reader,
): Promise<UnresolvedRow[]> {
  const [paused, parked, held, unknown] = await Promise.all([
    deps.pauses.listPaused(),
    deps.subscriptions.listParked(ROWS_MAX),
    deps.invoices.listHeld(ROWS_MAX),
    deps.invoices.listUnknown(ROWS_MAX),
  ]);
  const ownHeld = held.filter((invoice) => invoice.held !== "parked");
  const unheld = unknown.filter((invoice) => invoice.held === null);
  const told = await listTold(deps, [...ownHeld, ...unheld], reader);
  const rows = [
    ...paused.map((pause) => rowOfPause(pause, reader)),
    ...parked.map((subscription) => rowOfSubscription(subscription, reader)),
    // What its subscription holds is released with it.
    ...ownHeld.map((invoice) => rowOfHeld(invoice, reader)),
    ...unheld.map((invoice) => rowOfUnknown(invoice, reader)),
  ];
  return rows.map((row) => {
    const lines = told.get(row.invoiceId ?? "") ?? [];
    return lines.length === 0 ? row : { ...row, evidence: [...row.evidence, ...lines] };
  });
}

/** What notices say that were flagged beside these invoices: evidence, and no more. */
async function listTold(
  deps: UnresolvedDeps,
  invoices: readonly Invoice[],
  { language, zone }: Reader,
): Promise<Map<string, string[]>> {
  const told = new Map<string, string[]>();
  if (invoices.length === 0) return told;
  const ids = invoices.map(({ id }) => id);
  for (const entry of await deps.inbox.listFlaggedOfInvoices(ids, ROWS_MAX)) {
    const id = entry.invoiceId ?? "";
    const at = saySecond(entry.receivedAt, zone);
    const line = `${WORDS.notice[language]} ${entry.id} (${at}): ${sayNoticeReason(entry.reason, language)}`;
    told.set(id, [...(told.get(id) ?? []), line]);
  }
  return told;
}

const WORDS = {
  unknownCharge: { en: "Nobody knows whether it was charged", ko: "결제 여부 미확인" },
  unknownRefund: { en: "Nobody knows whether it was refunded", ko: "환불 여부 미확인" },
  nextPeriod: { en: "next period", ko: "다음 회차" },
  stopped: {
    charge: { en: "The account's charges are stopped", ko: "계정 결제 중지" },
    refund: { en: "The account's refunds are stopped", ko: "계정 환불 중지" },
  },
  triedAgain: { en: "tried again", ko: "다음 시도" },
  notice: { en: "notice", ko: "통지" },
  claimedBy: { en: "claimed by", ko: "처리한 워커" },
} as const;

function rowOfPause(pause: AccountPause, { language, zone }: Reader): UnresolvedRow {
  const { code, rawCode, rawMessage, orderNumber, pausedUntil } = pause;
  const { noun, operator } = factsOf(code);
  const until = pausedUntil === null ? "-" : saySecond(pausedUntil, zone);
  return {
    id: `${pause.gateway}/${pause.account}`,
    remedy: "release",
    kind: "account_paused",
    why: `${WORDS.stopped[pause.queue][language]}: ${noun[language]}`,
    since: pause.since.toISOString(),
    subscriptionId: null,
    invoiceId: null,
    customerId: "",
    amount: null,
    evidence: [
      `${orderNumber}: ${rawCode} ${rawMessage}`.trim(),
      `${WORDS.triedAgain[language]}: ${until}`,
      operator[language],
    ],
  };
}

function rowOfSubscription(subscription: Subscription, { language, zone }: Reader): UnresolvedRow {
  const entry = subscription.outbox.findLast((one) => one.type === "subscription.parked");
  const { nextPeriod, nextPeriodAt } = subscription;
  const next = nextPeriodAt === null ? "-" : saySecond(nextPeriodAt, zone);
  return {
    id: subscription.id,
    remedy: "release",
    kind: "parked",
    why: subscription.parked ?? "",
    since: (entry?.at ?? subscription.createdAt).toISOString(),
    subscriptionId: subscription.id,
    invoiceId: null,
    customerId: subscription.customerId,
    amount: null,
    evidence: [
      sayState(subscription.state, language),
      `${WORDS.nextPeriod[language]} ${nextPeriod}: ${next}`,
    ],
  };
}

function rowOfHeld(invoice: Invoice, reader: Reader): UnresolvedRow {
  if (invoice.held === "refund_unknown") return rowOfRefund(invoice, reader);
  if (invoice.held === "amount_mismatch" && invoice.step === "ask") {
    return rowOfCharge(invoice, reader);
  }
  return {
    ...rowBase(invoice),
    id: invoice.id,
    remedy: invoice.held === "late" ? "decide_late" : "release",
    kind: invoice.held ?? "",
    why: sayReason(invoice.held ?? "", reader.language),
    since: invoice.dueAt.toISOString(),
    amount: invoice.amount,
    evidence: invoice.attempts.flatMap((attempt) => attemptEvidence(attempt, reader)),
  };
}

function rowOfUnknown(invoice: Invoice, reader: Reader): UnresolvedRow {
  const isRefund = invoice.claim?.kind === "refund";
  return isRefund ? rowOfRefund(invoice, reader) : rowOfCharge(invoice, reader);
}

function rowOfCharge(invoice: Invoice, reader: Reader): UnresolvedRow {
  const attempt = invoice.attempts.at(-1);
  const { language } = reader;
  return {
    ...rowBase(invoice),
    id: attempt?.orderNumber ?? invoice.id,
    remedy: "resolve_charge",
    kind: invoice.held ?? "unknown_charge",
    why: invoice.held ? sayReason(invoice.held, language) : WORDS.unknownCharge[language],
    since: (attempt?.unknownSince ?? invoice.nextActionAt).toISOString(),
    amount: attempt?.amount ?? invoice.amount,
    evidence: [
      ...(attempt === undefined ? [] : attemptEvidence(attempt, reader)),
      `${WORDS.claimedBy[language]} ${invoice.claim?.worker ?? "-"}`,
    ],
  };
}

function rowOfRefund(invoice: Invoice, { language }: Reader): UnresolvedRow {
  const refund = invoice.refunds.find((one) => one.state === "unknown");
  return {
    ...rowBase(invoice),
    id: refund?.id ?? invoice.id,
    remedy: "resolve_refund",
    kind: "unknown_refund",
    why: WORDS.unknownRefund[language],
    since: (refund?.claimedAt ?? invoice.nextActionAt).toISOString(),
    amount: refund?.amount ?? null,
    evidence: invoice.refunds.map((one) => refundEvidence(one, language)),
  };
}

function rowBase(invoice: Invoice) {
  const { subscriptionId, id: invoiceId, customerId } = invoice;
  return { subscriptionId, invoiceId, customerId };
}
