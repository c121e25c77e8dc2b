/**
 * Payment windows: what a gateway needs to open one for a customer, and what it tells of a payment
 * that was made in one. Nothing that a browser brings back is believed before that.
 */
import type { Decline } from "../domain/decline.ts";

/**
 * Who takes the money: `gateway` in the window itself, so that it may have moved as soon as the
 * window can be opened; `merchant` by a charge of ours, with what the window handed back.
 */
export type WindowKind = "none" | "gateway" | "merchant";

/** Wallets that can be chosen before a window opens. */
export const WALLETS = ["kakaopay", "naverpay", "samsungpay", "payco"] as const;
export type Wallet = (typeof WALLETS)[number];

/** What a page passes on to the gateway's script or form; nothing in it is secret. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A payment window to be opened. */
export interface OpenWindowRequest {
  orderNumber: string;
  /** Won. */
  amount: number;
  productName: string;
  customerName: string;
  customerEmail: string | null;
  customerPhone: string | null;
  /** Where the window sends the customer's browser. */
  returnUrl: string;
  device: "pc" | "mobile";
  /** Null: the window offers all that the contract has. */
  wallet: Wallet | null;
  /** What this gateway alone knows, in its own words; null: nothing. Checked by `checkWindow`. */
  options: JsonObject | null;
}

/** What a page needs to open the window. */
export interface OpenedWindow {
  /** What the gateway calls the order, where it has a name of its own for it. */
  gatewayOrderId: string | null;
  /** Form fields, or the argument of the script's function. */
  fields: JsonObject;
  /** Where a form with the fields is posted; null: the script opens the window. */
  url: string | null;
  /** The gateway's script; null where a form is enough. */
  script: string | null;
  /** What the script is initialised with, in this order. */
  init: readonly string[];
}

export type OpenWindowOutcome =
  | ({ kind: "opened" } & OpenedWindow)
  | { kind: "declined"; decline: Decline }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** Something about the options of a window that the gateway would refuse. */
export interface WindowFault {
  /** JSON pointer within the options. */
  pointer: string;
  /** What would be right. */
  expected: { en: string; ko: string };
}

/** A virtual account into which the customer is to pay. */
export interface VirtualAccount {
  bankName: string;
  accountNumber: string;
  holder: string;
  /** Instant after which no deposit is taken; null where the gateway does not say. */
  endsAt: Date | null;
}

/** What the gateway tells of one payment that a browser names. */
export type WindowReading =
  | {
      kind: "found";
      orderNumber: string;
      /** Won. */
      amount: number;
      /** `pending`: a virtual account waits for its deposit. */
      state: "paid" | "pending" | "failed" | "refunded";
      /** Why it failed, in the gateway's words without secrets; null where it did not. */
      reason: string | null;
      virtualAccount: VirtualAccount | null;
    }
  | { kind: "not_found" }
  /** No usable answer. */
  | { kind: "failed"; reason: string };

/** Who sent what to whom, of goods that are paid for in escrow. */
export interface EscrowDelivery {
  sender: JsonObject;
  receiver: JsonObject;
  logis: JsonObject;
}

export type EscrowOutcome =
  | { kind: "done" }
  /** `registered`: there is one already, or it cannot be changed any more. */
  | { kind: "declined"; reason: "not_found" | "registered" | "refused"; message: string }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };
