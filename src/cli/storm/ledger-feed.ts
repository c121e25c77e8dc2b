/** Follows the gateway's ledger page by page: each entry is read once and handed on. */
import type { LedgerEntry } from "../demo/simulator-client.ts";

export interface LedgerFeed {
  /** Hands on everything that was written since the last time. */
  read(): Promise<void>;
}

export function followLedger(url: string, onEntry: (entry: LedgerEntry) => void): LedgerFeed {
  let after = 0;
  return {
    async read() {
      for (;;) {
        const response = await fetch(`${url}/_sim/ledger?limit=1000&after=${after}`);
        if (!response.ok) throw new Error(`the ledger answered HTTP ${response.status}`);
        const page = await response.json().then(asPage);
        for (const entry of page.entries) {
          onEntry(entry);
          after = entry.seq;
        }
        if (page.next === undefined) return;
      }
    },
  };
}

interface Page {
  entries: LedgerEntry[];
  next?: number;
}

function asPage(page: unknown): Page {
  return page as Page;
}
