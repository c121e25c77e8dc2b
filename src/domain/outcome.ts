import type { Decline } from "./decline.ts";

/** What a gateway says about money that moved. */
export interface GatewayTransaction {
  /** The gateway's transaction number: what a refund needs. */
  id: string;
  /** Business instant at which the gateway approved, as it told us. */
  approvedAt: Date;
  approvalNumber?: string;
  cardName?: string;
  /** What the customer paid with in a window, as the gateway calls it. */
  payMethod?: string;
}

/** A card that the gateway saved together with a charge. In memory until it is sealed. */
export interface SavedCard {
  /** The gateway's billing key in the clear. */
  billingKey: string;
  cardName: string;
}

/** An answer that could not be read yet, kept so that reconciliation can read it later. */
export interface Evidence {
  /** What it is, in the adapter's words (for example `enc_data`). */
  kind: string;
  /** Opaque to us; never contains card data in the clear. */
  value: string;
}

/**
 * The five outcomes of a charge. Only `not_sent` may be sent again under the same attempt; only a
 * definite answer is `declined`; everything that is not certain is `unknown`.
 */
export type ChargeOutcome =
  | { kind: "approved"; transaction: GatewayTransaction; savedCard?: SavedCard }
  | { kind: "declined"; decline: Decline }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string; evidence?: Evidence }
  | { kind: "pending"; reason: string };

/** The outcomes of a refund: the same five, with the amount that was given back. */
export type RefundOutcome =
  | { kind: "approved"; refundTransactionId: string; refundedAt: Date }
  | { kind: "declined"; decline: Decline }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string }
  | { kind: "pending"; reason: string };
