/**
 * Payment windows: what a gateway needs to open one for a customer, and what it tells of a payment
 * that was made in one. Nothing that a browser brings back is believed before that.
 */
import type { Decline } from "../domain/decline.ts";
import type { DepositAccount } from "../domain/payment-window.ts";
import type { Wallet } from "../domain/wallet.ts";

/**
 * Who takes the money: `gateway` in the window itself, so that it may have moved as soon as the
 * window can be opened; `merchant` by a charge of ours, with what the window handed back.
 */
export type WindowKind = "none" | "gateway" | "merchant";

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
      virtualAccount: DepositAccount | null;
    }
  | { kind: "not_found" }
  /** No usable answer. */
  | { kind: "failed"; reason: string };

/** The order to which a browser came back. */
export interface ReturnedOrder {
  orderNumber: string;
  /** Won. */
  amount: number;
  gatewayOrderId: string | null;
}

/** What a browser brought back from a window. Nothing of it is proof. */
export type ReturnReading =
  /** The customer has agreed: a charge with these fields takes the money. */
  | { kind: "authenticated" }
  /** It says that the money was taken. */
  | { kind: "claims_paid"; transactionId: string | null }
  /** Declined, or closed by the customer, in the window's words without secrets. */
  | { kind: "given_up"; reason: string }
  /** It is about something else: this field does not fit the order. */
  | { kind: "mismatch"; field: string };

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
