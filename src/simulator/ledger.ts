import path from "node:path";
import { type Books, createBooks } from "./books.ts";
import { ENTRY_KINDS, type EntryDraft, type LedgerEntry } from "./ledger-entry.ts";
import type { SwallowedNote } from "./ledger-entry.ts";
import { openLedgerFile } from "./ledger-file.ts";
import type { SimClock } from "./sim-clock.ts";

/** Fields with an index of their own. */
const INDEXED_FIELDS = ["billingKey", "orderNumber", "transactionId", "buyerId"] as const;
/** A field whose entries can be found without reading all. */
export type IndexedField = (typeof INDEXED_FIELDS)[number];

/** The append-only record of everything the gateways did, and the state folded from it. */
export interface Ledger {
  readonly books: Books;
  /** Writes the entries together, all or none, before it returns them numbered. */
  append(drafts: readonly EntryDraft[]): readonly LedgerEntry[];
  /** Remembers a payment request that was accepted and never processed. */
  noteSwallowed(gateway: string, billingKey: string): void;
  /** The number that the next entry will have. */
  nextSeq(): number;
  all(): readonly LedgerEntry[];
  /** Entries with that value, oldest first. */
  having(field: IndexedField, value: string): readonly LedgerEntry[];
  close(): void;
}

/** Opens the ledger in the data folder and rebuilds everything from it. */
export function createLedger(dir: string, clock: SimClock): Ledger {
  const entries: LedgerEntry[] = [];
  const books = createBooks();
  const index = createIndex();

  const remember = (entry: LedgerEntry): void => {
    entries.push(entry);
    index.add(entry);
    books.apply(entry);
  };
  const file = openLedgerFile(path.join(dir, "ledger.jsonl"), (line) => {
    for (const record of Array.isArray(line) ? line : [line]) {
      if (isSwallowedNote(record)) books.applySwallowed(record);
      else remember(toEntry(record, entries.length + 1));
    }
  });

  return {
    books,
    append(drafts) {
      const realAt = clock.operational.now().toISOString();
      const numbered = drafts.map((draft, position) => ({
        seq: entries.length + 1 + position,
        realAt,
        ...draft,
      }));
      file.append(numbered.length === 1 ? numbered[0] : numbered);
      for (const entry of numbered) remember(entry);
      return numbered;
    },
    noteSwallowed(gateway, billingKey) {
      const note: SwallowedNote = { note: "swallowed", gateway, billingKey };
      file.append(note);
      books.applySwallowed(note);
    },
    nextSeq: () => entries.length + 1,
    all: () => entries,
    having: index.having,
    close: () => file.close(),
  };
}

function createIndex() {
  const lists = new Map<string, LedgerEntry[]>();
  return {
    add(entry: LedgerEntry): void {
      for (const field of INDEXED_FIELDS) {
        const value = entry[field];
        if (value === undefined) continue;
        const list = lists.get(`${field}/${value}`);
        if (list) list.push(entry);
        else lists.set(`${field}/${value}`, [entry]);
      }
    },
    having: (field: IndexedField, value: string): readonly LedgerEntry[] =>
      lists.get(`${field}/${value}`) ?? [],
  };
}

function isSwallowedNote(record: unknown): record is SwallowedNote {
  return typeof record === "object" && record !== null && "note" in record;
}

function toEntry(record: unknown, seq: number): LedgerEntry {
  const entry = record as LedgerEntry;
  if (entry?.seq !== seq || !ENTRY_KINDS.includes(entry.kind)) {
    throw new Error(`the ledger's entry ${seq} is missing or out of order`);
  }
  return entry;
}
