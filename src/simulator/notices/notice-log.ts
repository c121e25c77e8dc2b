import type { LedgerEntry } from "../ledger-entry.ts";

const REMEMBERED_MAX = 1_000;

/** One time that a notice was sent, and what came back. */
export interface NoticeTry {
  readonly realAt: string;
  readonly status?: number;
  /** The beginning of the body. */
  readonly answer?: string;
  readonly error?: string;
}

/**
 * A notice and what became of it: it waits, was acknowledged, is not sent again, was lost by a fault,
 * or was not sent since its address may not be called or too many wait.
 */
export interface NoticeRecord {
  readonly id: number;
  readonly realAt: string;
  readonly gateway: string;
  readonly kind: LedgerEntry["kind"];
  readonly orderNumber: string;
  readonly transactionId: string;
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly contentType?: string;
  /** The query or the body. */
  readonly sent: string;
  readonly isForged: boolean;
  /** The rule's effect that struck it. */
  readonly fault?: string;
  state: "waiting" | "acknowledged" | "given_up" | "lost" | "refused" | "dropped";
  readonly tries: NoticeTry[];
}

/** What a new record says; number, state and tries are the log's. */
export type NewNotice = Omit<NoticeRecord, "id" | "state" | "tries">;

/** The latest notices, oldest first. */
export interface NoticeLog {
  add(notice: NewNotice, state: NoticeRecord["state"]): NoticeRecord;
  records(): readonly NoticeRecord[];
  clear(): void;
}

/** An empty log; it forgets the oldest beyond a thousand. */
export function createNoticeLog(): NoticeLog {
  let records: NoticeRecord[] = [];
  let added = 0;
  return {
    add(notice, state) {
      added += 1;
      const record: NoticeRecord = { id: added, ...notice, state, tries: [] };
      records.push(record);
      // Cut rarely: a copy for every notice would cost more than all else here.
      if (records.length > 2 * REMEMBERED_MAX) records = records.slice(-REMEMBERED_MAX);
      return record;
    },
    records: () => records.slice(-REMEMBERED_MAX),
    clear: () => {
      records = [];
    },
  };
}
