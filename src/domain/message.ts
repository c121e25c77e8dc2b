/** Messages to customers and operators: what they are, and how one is claimed, sent, tried again or given up. */
import { type BackoffPolicy, backoffMs } from "./backoff.ts";
import type { DeclineCode } from "./decline.ts";
import type { HasOutbox } from "./events.ts";

/** What a customer is told. */
export const CUSTOMER_KINDS = [
  "receipt",
  "upcoming_charge",
  "payment_failed",
  "last_warning",
  "card_expiring",
  "ended_declined",
  "ended_canceled",
  "refund",
] as const;

/** What the operator is told. */
export const OPERATOR_KINDS = [
  "webhook_disabled",
  "account_paused",
  "subscription_parked",
] as const;

export type CustomerKind = (typeof CUSTOMER_KINDS)[number];
export type OperatorKind = (typeof OPERATOR_KINDS)[number];
export type MessageKind = CustomerKind | OperatorKind;

/** The two languages in which people are told things. */
export const MESSAGE_LANGUAGES = ["ko", "en"] as const;
export type MessageLanguage = (typeof MESSAGE_LANGUAGES)[number];

/** Ways on which a message can go out. */
export type ChannelName = "email" | "http";

/**
 * `failed`: nobody took it for as long as it was tried · `set_aside`: refused for good ·
 * `not_sent`: never tried, on purpose; the reason says why.
 */
export type MessageState = "waiting" | "sent" | "failed" | "set_aside" | "not_sent";

export const MESSAGE_STATES: readonly MessageState[] = [
  "waiting",
  "sent",
  "failed",
  "set_aside",
  "not_sent",
];

/** Why a message is not sent at all. */
export const NO_SMTP = "no SMTP";
export const STALE = "stale";

/** What a message says. Amounts are won; nothing of a card but its name and last four digits. */
export interface MessageFacts {
  customerName: string | null;
  productName: string | null;
  amount: number | null;
  /** Business instant of what happened. */
  at: Date;
  /** Business instant of what is to come: the next try, the coming charge. */
  dueAt: Date | null;
  periodStartOn: string | null;
  /** First day of the next period. */
  periodEndOn: string | null;
  cardName: string | null;
  cardLastFour: string | null;
  declineCode: DeclineCode | null;
  orderNumber: string | null;
  /** To operators: which account, endpoint or subscription, and why. */
  about: string | null;
  reason: string | null;
}

/** The facts of which most are not there. */
export const NO_FACTS: Omit<MessageFacts, "at"> = {
  customerName: null,
  productName: null,
  amount: null,
  dueAt: null,
  periodStartOn: null,
  periodEndOn: null,
  cardName: null,
  cardLastFour: null,
  declineCode: null,
  orderNumber: null,
  about: null,
  reason: null,
};

/** What a message is about: by this it is found out whether it still holds. */
export interface MessageSubject {
  invoiceId: string | null;
  subscriptionId: string | null;
  billingKeyId: string | null;
  /** Number of the attempt, or of the period. */
  number: number | null;
}

export interface MessageClaim {
  /** Random, one per claim. */
  token: string;
  /** Operational instant from which another worker may send it. */
  leaseUntil: Date;
}

export interface Message extends HasOutbox {
  /** Derived from what it tells: whoever plans it twice meets the first one. */
  id: string;
  kind: MessageKind;
  channel: ChannelName;
  language: MessageLanguage;
  /** E-mail address or telephone number. */
  to: string;
  subject: MessageSubject;
  facts: MessageFacts;
  state: MessageState;
  /** Why it is where it is; never an address or a text of the customer's. */
  reason: string | null;
  /** Operational instants. */
  nextTryAt: Date;
  createdAt: Date;
  endedAt: Date | null;
  tries: number;
  claim: MessageClaim | null;
  revision: number;
}

/** What is to be told, before it is known to whom and how. */
export interface MessageDraft {
  /** Name of the stage, the same however often it is planned. */
  stage: string;
  kind: MessageKind;
  subject: MessageSubject;
  facts: MessageFacts;
}

/** Where somebody can be reached. */
export interface Contact {
  email: string | null;
  phone: string | null;
  language: MessageLanguage;
}

/** The message of one channel; `reason` where it is only to be recorded. */
export function newMessage(
  draft: MessageDraft,
  way: { channel: ChannelName; to: string; language: MessageLanguage; notSent: string | null },
  now: Date,
): Message {
  const { stage, ...told } = draft;
  const { notSent, ...given } = way;
  return {
    ...told,
    ...given,
    id: `${stage}.${way.channel}`,
    state: notSent === null ? "waiting" : "not_sent",
    reason: notSent,
    nextTryAt: now,
    createdAt: now,
    endedAt: notSent === null ? null : now,
    tries: 0,
    claim: null,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
}

/** Takes the message up for sending. Null: it is not due, or somebody else is at it. */
export function claimMessage(message: Message, claim: MessageClaim, now: Date): Message | null {
  if (message.state !== "waiting" || message.nextTryAt > now) return null;
  // Should this process die now, the message is due again once the lease has ended.
  return { ...message, claim, nextTryAt: claim.leaseUntil };
}

/** What came of handing a message over. Reasons are codes and carry no address and no text. */
export type Delivery =
  | { kind: "sent" }
  /** The other side will never take it. */
  | { kind: "refused"; reason: string }
  /** Not now: the other side is away, is busy or does not let us in. */
  | { kind: "not_taken"; reason: string };

export interface MessagePolicy {
  backoff: BackoffPolicy;
  /** How long a message is tried, from its planning on. */
  triedForMs: number;
}

/** Records what came of it. Null: the claim is not ours any more. */
export function settleMessage(
  message: Message,
  result: { token: string; delivery: Delivery },
  settling: { now: Date; random: number; policy: MessagePolicy },
): Message | null {
  if (message.state !== "waiting" || message.claim?.token !== result.token) return null;
  const tried = { ...message, claim: null, tries: message.tries + 1 };
  const { now, random, policy } = settling;
  switch (result.delivery.kind) {
    case "sent":
      return end(tried, "sent", null, now);
    case "refused":
      return end(tried, "set_aside", result.delivery.reason, now);
    case "not_taken": {
      const { reason } = result.delivery;
      const nextMs = now.getTime() + backoffMs(policy.backoff, tried.tries, random);
      const isOver = nextMs > message.createdAt.getTime() + policy.triedForMs;
      return isOver
        ? end(tried, "failed", reason, now)
        : { ...tried, reason, nextTryAt: new Date(nextMs) };
    }
  }
}

/** A message that is not to be sent any more. Null: it has ended already. */
export function dropMessage(message: Message, reason: string, now: Date): Message | null {
  return message.state === "waiting"
    ? end({ ...message, claim: null }, "not_sent", reason, now)
    : null;
}

function end(message: Message, state: MessageState, reason: string | null, now: Date): Message {
  return { ...message, state, reason, endedAt: now };
}

/** As much of an address as a list may show: `h***@example.com`, `***-5678`. */
export function maskAddress(to: string): string {
  const at = to.lastIndexOf("@");
  return at > 0 ? `${to.slice(0, 1)}***${to.slice(at)}` : `***-${to.slice(-4)}`;
}
