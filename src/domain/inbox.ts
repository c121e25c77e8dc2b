/** Notices of gateways as they are kept: pure rules of what becomes of one. */
import { type Cause, type HasOutbox, withEvent } from "./events.ts";
import type { InboxReason, NoticeFacts } from "./notice-judgement.ts";

/**
 * `received` still to be looked at, or waiting · `applied` it moved something · `nothing_to_do` it
 * told nothing new · `flagged` it does not fit and moved nothing: a person looks · `unreadable`.
 */
export const INBOX_STATES = [
  "received",
  "applied",
  "nothing_to_do",
  "flagged",
  "unreadable",
] as const;
export type InboxState = (typeof INBOX_STATES)[number];

/** Bytes, query and headers of a notice: sealed, since a stranger may have written anything there. */
export interface SealedRaw {
  keyId: string;
  iv: string;
  tag: string;
  data: string;
}

/** A notice as it is kept. */
export interface InboxEntry extends HasOutbox {
  /** A keyed hash of what was sent: the same text a second time meets the first. */
  id: string;
  gateway: string;
  method: string;
  address: string;
  /** Operational instants. */
  receivedAt: Date;
  lastSeenAt: Date;
  timesSeen: number;
  /** Null once it was removed for its age. */
  raw: SealedRaw | null;
  /** Operational instant from which the bytes have been kept; null once they are gone. */
  rawSince: Date | null;
  state: InboxState;
  reason: InboxReason | null;
  /** What it says, without secrets; null while nobody has read it, or nobody can. */
  facts: (NoticeFacts & { merchantId: string | null }) | null;
  invoiceId: string | null;
  /** Operational instant of the next look; null where none is to come. */
  nextActionAt: Date | null;
  tries: number;
  /** A person has seen it. */
  seen: boolean;
  revision: number;
}

/** What a look at a notice came to. */
export interface InboxOutcome {
  state: Exclude<InboxState, "received">;
  reason: InboxReason;
  facts: InboxEntry["facts"];
  invoiceId: string | null;
}

/** A notice that has just come in. */
export function newInboxEntry(
  given: Pick<InboxEntry, "id" | "gateway" | "method" | "address" | "receivedAt" | "raw">,
): InboxEntry {
  return {
    ...given,
    rawSince: given.receivedAt,
    lastSeenAt: given.receivedAt,
    timesSeen: 1,
    state: "received",
    reason: null,
    facts: null,
    invoiceId: null,
    nextActionAt: given.receivedAt,
    tries: 0,
    seen: false,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
}

/** It was looked at, and that is all there is to it. */
export function settleNotice(entry: InboxEntry, outcome: InboxOutcome): InboxEntry {
  return { ...entry, ...outcome, nextActionAt: null, tries: entry.tries + 1 };
}

/** It cannot be decided yet. */
export function putOffNotice(
  entry: InboxEntry,
  why: Pick<InboxOutcome, "facts" | "invoiceId"> & { reason: InboxReason; until: Date },
): InboxEntry {
  const { until, ...rest } = why;
  return { ...entry, ...rest, nextActionAt: until, tries: entry.tries + 1 };
}

/** It is looked at once more: its turn has come again, without anybody's word. */
export function wakeNotice(entry: InboxEntry, now: Date): InboxEntry | null {
  return entry.state === "flagged"
    ? { ...entry, state: "received", nextActionAt: now, tries: 0 }
    : null;
}

/** A person has it looked at once more. The same rules decide: nothing is applied by this alone. */
export function replayNotice(entry: InboxEntry, cause: Cause & { reason: string }): InboxEntry {
  return withEvent<InboxEntry>(
    { ...entry, state: "received", nextActionAt: cause.at.operational, tries: 0, seen: true },
    { type: "notice.replayed", ...cause, before: entry.state, data: dataOf(entry) },
  );
}

/** A person has seen it; it is not kept any longer than the others. */
export function markNoticeSeen(
  entry: InboxEntry,
  cause: Cause & { reason: string },
): InboxEntry | null {
  if (entry.seen) return null;
  return withEvent<InboxEntry>(
    { ...entry, seen: true },
    { type: "notice.seen", ...cause, before: entry.state, data: dataOf(entry) },
  );
}

function dataOf({ id, gateway, facts, invoiceId }: InboxEntry) {
  return { noticeId: id, gateway, orderNumber: facts?.orderNumber ?? null, invoiceId };
}
