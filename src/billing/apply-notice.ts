/**
 * A notice that came in is looked at. It moves something only on what the gateway confirms when
 * asked, or, where it cannot be asked, where it matches our own record (law 7).
 */
import { backoffMs } from "../domain/backoff.ts";
import {
  type InboxEntry,
  type InboxOutcome,
  putOffNotice,
  settleNotice,
  wakeNotice,
} from "../domain/inbox.ts";
import type { Invoice } from "../domain/invoice.ts";
import { type InboxReason, type Judgement, flag, wait } from "../domain/notice-judgement.ts";
import { judgeNotice } from "../domain/notice-rules.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayNotice } from "../gateways/notice.ts";
import { describeError } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { InboxStore } from "../stores/inbox.ts";
import { type Answer, askForNotice } from "./ask-for-notice.ts";
import { followUp } from "./follow-up.ts";
import { recordingOf } from "./notice-recording.ts";
import type { ReconcileDeps } from "./reconcile-attempt.ts";
import { stopWhenBroken } from "./stop-broken.ts";
import { updateDocument } from "./update-document.ts";

/** Opens and reads a stored notice. Pure but for the key that opens it. */
export interface NoticeReader {
  read(entry: InboxEntry):
    | {
        kind: "notice";
        notice: GatewayNotice;
        /** Our name of the merchant account that it names; null: none of ours, or it names none. */
        account: string | null;
        /** Whether this gateway's notices may leave the merchant out. */
        mayLackMerchant: boolean;
      }
    | { kind: "unreadable"; reason: InboxReason };
}

export interface ApplyNoticeDeps extends ReconcileDeps {
  inbox: InboxStore;
  notices: NoticeReader;
  hints: WorkHints;
}

/** Looks that the gateway is given to confirm what its notice says: some hours. */
const CONFIRMING_TRIES_MAX = 12;
/** Card numbers have thirteen to nineteen. */
const CARD_DIGITS_MIN = 13;
/** Other notices of one order that are woken. */
const WOKEN_MAX = 20;

/** Looks at one notice of the inbox. Whoever comes second finds it done. */
export async function applyNotice(
  deps: ApplyNoticeDeps,
  input: { id: string },
): Promise<InboxEntry["state"] | "gone"> {
  const entry = await deps.inbox.find(input.id);
  if (entry === null) return "gone";
  if (entry.state !== "received") return entry.state;
  try {
    return await look(deps, entry);
  } catch (error) {
    deps.log.error({ noticeId: entry.id, err: describeError(error) }, "a notice is put off");
    const { facts, invoiceId } = entry;
    await putOff(deps, entry, { facts, invoiceId, reason: "fault" });
    throw error;
  }
}

async function look(deps: ApplyNoticeDeps, entry: InboxEntry): Promise<InboxEntry["state"]> {
  const read = deps.notices.read(entry);
  if (read.kind === "unreadable") {
    const { facts, invoiceId } = entry;
    return settle(deps, entry, { state: "unreadable", reason: read.reason, facts, invoiceId });
  }
  const { notice } = read;
  const invoice = await deps.invoices.findByOrderNumber(notice.orderNumber);
  const stranger = strangeness(entry, invoice, read);
  const isOurs = invoice !== null && stranger === null;
  const facts = isOurs ? notice : withoutNumbers(notice);
  const kept = { facts, invoiceId: invoice?.id ?? null };
  if (invoice === null || stranger !== null) {
    const reason = stranger ?? "unknown_order";
    return settle(deps, entry, { ...kept, state: "flagged", reason });
  }
  const judged = await judgeAndAsk(deps, { entry, notice, invoice });
  if (notice.kind === "paid" && judged.kind !== "wait") await wakeOthers(deps, notice);
  if (judged.kind === "wait") {
    const isTired = judged.reason === "not_confirmed" && entry.tries + 1 >= CONFIRMING_TRIES_MAX;
    return isTired
      ? settle(deps, entry, { ...kept, state: "flagged", reason: judged.reason })
      : putOff(deps, entry, { ...kept, reason: judged.reason });
  }
  return settle(deps, entry, { ...kept, state: stateOf(judged), reason: judged.reason });
}

function stateOf(judged: Exclude<Answer, { kind: "wait" }>): InboxOutcome["state"] {
  if (judged.kind === "flag") return "flagged";
  // A refund of ours that is told has only got its mark.
  return judged.kind === "change" && judged.reason !== "own_refund" ? "applied" : "nothing_to_do";
}

/** Nothing of a text in which a card's number could stand. */
function short(text: string | null): string | null {
  return text !== null && text.replaceAll(/\D/g, "").length >= CARD_DIGITS_MIN ? null : text;
}

/** What a stranger writes may be anything, a card's number too: long ones stay sealed. */
function withoutNumbers(notice: GatewayNotice): GatewayNotice {
  return {
    ...notice,
    merchantId: short(notice.merchantId),
    transactionId: short(notice.transactionId),
    cancellationId: short(notice.cancellationId),
  };
}

/** Why a notice is not about this invoice, or about none. */
function strangeness(
  entry: InboxEntry,
  invoice: Invoice | null,
  read: Extract<ReturnType<NoticeReader["read"]>, { kind: "notice" }>,
): InboxReason | null {
  if (invoice === null) return "unknown_order";
  if (invoice.gateway !== entry.gateway) return "another_gateway";
  if (read.notice.merchantId === null) return read.mayLackMerchant ? null : "no_merchant";
  return read.account === invoice.account ? null : "another_merchant";
}

interface Matter {
  entry: InboxEntry;
  notice: GatewayNotice;
  invoice: Invoice;
}

/** Decides; where the rule wants the gateway asked first, asks, and decides once more. */
async function judgeAndAsk(deps: ApplyNoticeDeps, matter: Matter): Promise<Answer> {
  const { invoice } = matter;
  const adapter = deps.gateways.find(invoice.gateway, invoice.account);
  if (adapter === undefined) return flag("another_merchant");
  const decided = await stopWhenBroken(deps, invoice.id, () => decide(deps, matter, adapter));
  return decided ?? flag("contradicts");
}

async function decide(
  deps: ApplyNoticeDeps,
  matter: Matter,
  adapter: GatewayAdapter,
): Promise<Answer> {
  const first = await judge(deps, matter, adapter);
  if (first.kind !== "ask") return first;
  const asked = await askForNotice(deps, { ...matter, adapter, about: first.about });
  if (asked !== null) return asked;
  const second = await judge(deps, matter, adapter);
  if (second.kind === "nothing") {
    // It was not so before the gateway was asked: the notice is why it is so now.
    return { kind: "change", invoice: matter.invoice, reason: "charge_settled" };
  }
  if (second.kind !== "ask") return second;
  if (second.about === first.about) return notConfirmed(matter.notice);
  const again = await askForNotice(deps, { ...matter, adapter, about: second.about });
  return again ?? notConfirmed(matter.notice);
}

/** The gateway does not say so. A failure that it does not confirm stays beside the open question. */
function notConfirmed({ kind }: GatewayNotice): Answer {
  return kind === "failed" ? flag("failure_not_proof") : wait("not_confirmed");
}

async function judge(
  deps: ApplyNoticeDeps,
  { entry, notice, invoice }: Matter,
  adapter: GatewayAdapter,
): Promise<Judgement> {
  const recording = await recordingOf(deps, entry);
  const canAsk = adapter.capabilities.lookUp !== "none";
  let judged: Judgement = wait("call_in_flight");
  const { document, changed } = await updateDocument(deps.invoices, invoice.id, (read) => {
    judged = judgeNotice(read, { notice, canAsk }, recording);
    return judged.kind === "change" ? judged.invoice : null;
  });
  if (changed) await goOn(deps, document);
  return judged;
}

/** What follows from an invoice that a notice has changed. */
async function goOn(deps: ApplyNoticeDeps, document: Invoice): Promise<void> {
  await followUp(deps, document);
  if (document.step === "refund") await deps.hints.charge(document);
}

/** A cancellation that came before the approval that it belongs to is looked at again. */
async function wakeOthers(deps: ApplyNoticeDeps, { orderNumber }: GatewayNotice): Promise<void> {
  const waiting = await deps.inbox.listFlagged(orderNumber, "nothing_captured", WOKEN_MAX);
  for (const entry of waiting) {
    const { document, changed } = await updateDocument(deps.inbox, entry.id, (read) =>
      wakeNotice(read, deps.clock.now()),
    );
    if (changed) await deps.hints.document("webhook", document);
  }
}

/** Where somebody else was quicker, his word stands. */
async function settle(
  deps: ApplyNoticeDeps,
  entry: InboxEntry,
  outcome: InboxOutcome,
): Promise<InboxEntry["state"]> {
  await deps.inbox.write(entry, settleNotice(entry, outcome));
  const { state, reason, invoiceId } = outcome;
  const line = { noticeId: entry.id, gateway: entry.gateway, state, reason, invoiceId };
  deps.log[state === "flagged" ? "warn" : "info"](line, "a notice was looked at");
  return state;
}

async function putOff(
  deps: ApplyNoticeDeps,
  entry: InboxEntry,
  why: { facts: InboxEntry["facts"]; invoiceId: string | null; reason: InboxReason },
): Promise<"received"> {
  const delayMs = backoffMs(deps.policy.lookUpBackoff, entry.tries + 1, deps.random());
  const until = new Date(deps.clock.now().getTime() + delayMs);
  await deps.inbox.write(entry, putOffNotice(entry, { ...why, until }));
  return "received";
}
