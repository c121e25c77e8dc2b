/** The audit trail as the API shows it. */
import type { Actor } from "../../domain/events.ts";
import type { HistoryEntry, HistoryPage } from "../tell-history.ts";
import { eventSentence } from "./event-sentence.ts";
import type { Language } from "./language.ts";

export interface HistoryView {
  items: HistoryEntryView[];
  next: string | null;
}

export interface HistoryEntryView {
  id: string;
  at: string;
  /** Real instant of writing. */
  recordedAt: string;
  type: string;
  actor: Actor;
  by: string | null;
  sentence: string;
  reason: string | null;
  before: string | null;
  after: string | null;
  /** Ids and amounts. */
  data: Record<string, string | number | null>;
}

export function presentHistory(page: HistoryPage, language: Language): HistoryView {
  const saying = { language, zone: page.zone, asOf: page.asOf };
  return {
    items: page.entries.map((entry: HistoryEntry) => ({
      id: entry.id,
      at: entry.at.toISOString(),
      recordedAt: entry.recordedAt.toISOString(),
      type: entry.type,
      actor: entry.actor,
      by: entry.by,
      sentence: eventSentence(entry, saying),
      reason: entry.reason,
      before: entry.before,
      after: entry.after,
      data: entry.data,
    })),
    next: page.next,
  };
}
