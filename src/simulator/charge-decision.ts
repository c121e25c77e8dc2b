import type { TestCard } from "./cards.ts";
import { type Effect, type ReplyEffect, isReplyEffect } from "./effects.ts";
import { toKoreaStamp } from "./korea-time.ts";

/** Who said no: the card itself, its expiry, a fault rule, or the gateway before asking the card. */
export type DecidedBy = "card" | "expiry" | "rule" | "gateway";

/** What becomes of one payment request. */
export type ChargeDecision =
  | { readonly kind: "approve"; readonly fault: ChargeFault | null; readonly replyDelayMs: number }
  | { readonly kind: "decline"; readonly code: string; readonly decidedBy: DecidedBy }
  | { readonly kind: "swallow" };

/** A fault that accompanies an approval. */
export type ChargeFault =
  | { readonly kind: ReplyEffect | "break_enc_data" }
  | { readonly kind: "decrypt_fails"; readonly times: number };

/** A card as the gateway keeps it behind a billing key. */
export interface CardOnFile {
  readonly card: TestCard;
  /** YYMM. */
  readonly expiry: string;
  readonly paymentRequests: number;
  readonly declinesInARow: number;
}

/** Decides one payment: a rule's decline first, then the expiry, then the card's own behaviour. */
export function decideCharge(
  onFile: CardOnFile,
  effect: Effect | null,
  businessNow: Date,
): ChargeDecision {
  if (effect?.kind === "decline") {
    return { kind: "decline", code: effect.code, decidedBy: "rule" };
  }
  if (isExpired(onFile.card, onFile.expiry, businessNow)) {
    return { kind: "decline", code: "2015", decidedBy: "expiry" };
  }
  const decision = askCard(onFile);
  const ruleFault = toChargeFault(effect);
  return decision.kind === "approve" && ruleFault ? { ...decision, fault: ruleFault } : decision;
}

/** Issuing a key without charging it asks no card; only a rule can spoil it. */
export function approveIssue(effect: Effect | null): ChargeDecision {
  return { kind: "approve", fault: toChargeFault(effect), replyDelayMs: 0 };
}

/** Whether this card's YYMM is over, or is no month at all. */
export function isExpired(card: TestCard, expiry: string, businessNow: Date): boolean {
  if (card.ignoresExpiry) return false;
  const month = Number(expiry.slice(2));
  return month < 1 || month > 12 || expiry < toKoreaStamp(businessNow).slice(2, 6);
}

/** The fault that the ledger records beside a decline: the rule's own, or what spoils the reply. */
export function declineFault(effect: Effect | null, decidedBy: DecidedBy): string | undefined {
  if (decidedBy === "rule") return "decline";
  return effect && isReplyEffect(effect.kind) ? effect.kind : undefined;
}

function askCard({ card, paymentRequests, declinesInARow }: CardOnFile): ChargeDecision {
  const approve = { kind: "approve", fault: null, replyDelayMs: 0 } as const;
  const { behaviour } = card;
  switch (behaviour.kind) {
    case "approve":
      return approve;
    case "approve_slowly":
      return { ...approve, replyDelayMs: behaviour.replyDelayMs };
    case "decline":
      return { kind: "decline", code: behaviour.code, decidedBy: "card" };
    case "decline_first":
      return declinesInARow < behaviour.times
        ? { kind: "decline", code: behaviour.code, decidedBy: "card" }
        : approve;
    case "fault_on_odd": {
      const isOdd = paymentRequests % 2 === 0;
      if (!isOdd) return approve;
      if (behaviour.effect === "hang") return { kind: "swallow" };
      return { ...approve, fault: { kind: behaviour.effect } };
    }
    default:
      return behaviour satisfies never;
  }
}

function toChargeFault(effect: Effect | null): ChargeFault | null {
  if (!effect) return null;
  if (effect.kind === "decrypt_fails") return effect;
  if (effect.kind === "break_enc_data") return { kind: effect.kind };
  return isReplyEffect(effect.kind) ? { kind: effect.kind } : null;
}
