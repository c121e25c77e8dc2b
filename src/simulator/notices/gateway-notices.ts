import type { LedgerEntry } from "../ledger-entry.ts";
import { choice, whole } from "../switch-table.ts";
import type { Switches } from "../switches.ts";

/** What a gateway tells: an approval, a refund, or a virtual account that waits, beside the approval that it belongs to. */
export interface Told {
  readonly entry: LedgerEntry;
  /** The same entry where that is the approval. */
  readonly approval: LedgerEntry;
}

/** A notice as it goes over the wire. A GET carries `text` as its query, which is ASCII already. */
export type NoticeMessage =
  | { readonly method: "GET"; readonly text: string }
  | {
      readonly method: "POST";
      readonly text: string;
      readonly contentType: string;
      readonly charset: "utf-8" | "euc-kr";
    };

/** What the merchant's server answered; of the body no more than the first 64 KiB. */
export interface NoticeAnswer {
  readonly status: number;
  readonly body: string;
}

/** How one gateway sends notices. */
export interface GatewayNotices {
  /** Whether the gateway tells this by itself. A person at its console can have it sent anyway. */
  tells(told: Told, switches: Switches): boolean;
  /** Addresses that the payment itself asked for; they replace the registered one. */
  askedUrls?(told: Told): readonly string[];
  write(told: Told, switches: Switches): NoticeMessage;
  /** Whether the gateway is content with this answer and stops sending. */
  isAcknowledged(answer: NoticeAnswer, switches: Switches): boolean;
  /** The gateway's own of the switches below. */
  timing(switches: Switches): NoticeTiming;
}

/** Where `noticeSwitches` of one gateway stand. */
export interface NoticeTiming {
  readonly noticeTries: number;
  readonly noticeRetryMs: number;
  readonly noticeTimeoutMs: number;
}

/** The switches that all gateways with notices have; what no document settles differs in its default. */
export function noticeSwitches(otherwise: { readonly tries: number; readonly retryMs: number }) {
  return {
    /** Whether notices are sent at all. */
    notices: choice("on", "off"),
    /** How often a notice is sent in total until it is acknowledged. */
    noticeTries: whole(otherwise.tries, 100),
    /** How long after an answer, or the lack of one, it is sent again, in real time. */
    noticeRetryMs: whole(otherwise.retryMs, 600_000),
    /** How long an answer is waited for, in real time. */
    noticeTimeoutMs: whole(10_000, 60_000),
  } as const;
}
