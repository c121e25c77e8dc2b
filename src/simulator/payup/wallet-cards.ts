import type { TestCard } from "../cards.ts";
import { type ChargeDecision, decideCharge } from "../charge-decision.ts";
import type { Effect } from "../effects.ts";
import type { Order } from "./orders.ts";

/** A wallet's cards are not entered here, so none of them expires. */
const FAR_EXPIRY = "9912";

/**
 * The codes of card declines. CC10 and CC61 are KCP's own for these, 5003 is PayUp's for a
 * merchant's limit; the others are the simulator's own.
 */
const CARD_CODES: Readonly<Record<string, string>> = {
  "2001": "CC10",
  "2002": "CC61",
  "2003": "SIM3",
  "2004": "SIM4",
  "2005": "5003",
};

/** What the cards behind the wallets did so far; forgotten at a restart. */
export interface WalletCards {
  /** Decides one payment of an order with a card, and remembers that it was asked for. */
  decide(order: Order, card: TestCard, effect: Effect | null, businessNow: Date): ChargeDecision;
}

/** Cards that nobody paid with yet; each buyer of a merchant has their own. */
export function createWalletCards(): WalletCards {
  const used = new Map<string, { paymentRequests: number; declinesInARow: number }>();
  return {
    decide({ merchant, userName }, card, effect, businessNow) {
      const key = JSON.stringify([merchant, userName, card.id]);
      const so = used.get(key) ?? { paymentRequests: 0, declinesInARow: 0 };
      const onFile = { ...so, card, expiry: FAR_EXPIRY };
      const decision = decideCharge(onFile, effect, businessNow);
      const isOwnDecline = decision.kind === "decline" && decision.decidedBy === "card";
      if (decision.kind !== "decline" || isOwnDecline) {
        const declinesInARow = isOwnDecline ? so.declinesInARow + 1 : 0;
        used.set(key, { paymentRequests: so.paymentRequests + 1, declinesInARow });
      }
      if (!isOwnDecline) return decision;
      return { ...decision, code: CARD_CODES[decision.code] ?? decision.code };
    },
  };
}
