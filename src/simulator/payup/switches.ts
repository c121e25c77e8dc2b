import { choice, whole } from "../switch-table.ts";

/** What no document settles about PayUp. */
export const PAYUP_SWITCHES = {
  /** The code of a bad signature. */
  badSignature: choice("6002", "2001"),
  /** The code of cancelling what is cancelled already. */
  secondCancel: choice("1005", "1004"),
  /** Whether a cancellation is recorded; a lost one gave the money back, and answers 1006. */
  cancelRecord: choice("kept", "lost"),
  /** The transaction number of an approval: one of its own, or that of its order. */
  transactionId: choice("own", "ordr_idxx"),
  /** What the approval of a card prints: the specification has its amount and its date as optional. */
  cardReply: choice("full", "short"),
  /** The HTTP status of a refusal. */
  errorStatus: choice("http200", "http400"),
  /** How long an order can be paid, in real time; 0 sets no end. */
  orderLifeMs: whole(0, 86_400_000),
  /** Calls that are let in a second; 0 sets no limit. */
  callsPerSecond: whole(0, 100_000),
} as const;
