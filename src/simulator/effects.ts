/** What a fault does to one request. */
export type Effect =
  | { readonly kind: "delay"; readonly delayMs: number }
  | { readonly kind: "reply_delay"; readonly delayMs: number }
  | { readonly kind: "decline"; readonly code: string }
  | { readonly kind: "decrypt_fails"; readonly times: number }
  | { readonly kind: "notice_delay"; readonly delayMs: number }
  | { readonly kind: "notice_forged"; readonly field: ForgedField }
  | { readonly kind: PlainEffect };

/** What a forged notice says wrongly. */
export const FORGED_FIELDS = ["amount", "orderNumber"] as const;

/** One of the words of `FORGED_FIELDS`. */
export type ForgedField = (typeof FORGED_FIELDS)[number];

/** Effects that need no value: a rule names them by the word alone. */
export const PLAIN_EFFECTS = [
  "hang",
  "drop",
  "http_500",
  "garbage",
  "unavailable",
  "commit_then_drop",
  "commit_then_500",
  "commit_then_hang",
  "commit_then_garbage",
  "commit_then_wrong_charset",
  "break_enc_data",
  "token_refused",
  "notice_lost",
  "notice_doubled",
  "notice_reordered",
  "notice_early",
] as const;

/** One of the words of `PLAIN_EFFECTS`. */
type PlainEffect = (typeof PLAIN_EFFECTS)[number];

/** A fault that replaces the processing of the request: nothing is approved. */
export type SwallowingEffect = "hang" | "drop" | "http_500" | "garbage" | "unavailable";

/** A fault that spoils the reply after the request was processed in full. */
export type ReplyEffect =
  | "commit_then_drop"
  | "commit_then_500"
  | "commit_then_hang"
  | "commit_then_garbage"
  | "commit_then_wrong_charset";

/** Whether the fault replaces the processing. */
export function isSwallowing(kind: Effect["kind"]): kind is SwallowingEffect {
  return ["hang", "drop", "http_500", "garbage", "unavailable"].includes(kind);
}

/** Whether the fault comes after the processing. */
export function isReplyEffect(kind: Effect["kind"]): kind is ReplyEffect {
  return kind.startsWith("commit_then_");
}

/** Whether the fault happens to a notice, and to nothing else. */
export function isNoticeEffect(kind: Effect["kind"]): boolean {
  return kind.startsWith("notice_");
}

/** Every effect as it is written in a rule, and what it does; the page and the docs show this. */
export const EFFECT_GUIDE: readonly (readonly [written: string, does: string])[] = [
  ['{"delayMs": 3000}', "waits, then processes: the approval comes late"],
  ['{"replyDelayMs": 3000}', "processes at once, answers late"],
  ['"commit_then_drop"', "processes in full, then destroys the socket"],
  ['"commit_then_500"', "processes in full, then answers HTTP 500"],
  ['"commit_then_hang"', "processes in full and never answers"],
  ['"commit_then_garbage"', "processes in full, then answers HTTP 200 with an unreadable body"],
  ['"commit_then_wrong_charset"', "processes in full, then answers in another charset"],
  ['"hang"', "accepts the request and never answers; nothing is processed"],
  ['"drop"', "destroys the socket; nothing is processed"],
  ['"http_500"', "answers HTTP 500; nothing is processed"],
  ['"garbage"', "answers HTTP 200 with an unreadable body; nothing is processed"],
  ['"unavailable"', "answers HTTP 503 as a balancer without servers would; nothing is processed"],
  ['{"decline": "2001"}', "declines with this code (operations that charge)"],
  [
    '"break_enc_data"',
    "processes; the ENC_DATA can never be decrypted (operations that answer with it)",
  ],
  [
    '{"decryptFails": 2}',
    "processes; the decrypt call refuses this ENC_DATA so many times, then works (operations that answer with it)",
  ],
  ['"token_refused"', "refuses the token, or the token request (operations that look at one)"],
  ['{"noticeDelayMs": 3000}', "the notice is sent so much later (notices)"],
  [
    '"notice_early"',
    "the notice is sent, and its answer awaited, before the reply leaves (notices)",
  ],
  [
    '"notice_reordered"',
    "the notice waits until the gateway's next one was sent, at most 5 s (notices)",
  ],
  ['"notice_doubled"', "the notice is sent twice at the same time (notices)"],
  ['"notice_lost"', "the notice is never sent (notices)"],
  [
    '{"noticeForged": "amount"}',
    "a forgery with another amount goes out too, or with another order number by orderNumber (notices)",
  ],
];
