import type {
  ChargeOutcome,
  Evidence,
  GatewayTransaction,
  RefundOutcome,
} from "../domain/outcome.ts";
import type { Decline } from "../domain/decline.ts";
import type {
  EscrowDelivery,
  EscrowOutcome,
  OpenWindowOutcome,
  OpenWindowRequest,
  ReturnReading,
  ReturnedOrder,
  WindowFault,
  WindowKind,
  WindowReading,
} from "./window.ts";

/** What a gateway can do. The core asks this declaration, never the gateway's name. */
export interface GatewayCapabilities {
  billingKeys: boolean;
  revokeBillingKey: boolean;
  partialRefund: boolean;
  /** How an unknown charge can be asked about; `none`: only a notice or a person can tell. */
  lookUp: "by_order_number" | "by_date_window" | "none";
  /** Whether it can list what the account approved and gave back. */
  listTransactions: boolean;
  /** Whether a refund of all that is left may be repeated without harm. */
  repeatableFullRefund: boolean;
  /** Whether the gateway can run a schedule of its own on a billing key: two retry engines would race. */
  gatewaySchedules: boolean;
  /** What a charge can be paid with. */
  paysWith: readonly PaymentSource["kind"][];
  /** Whether one call can charge a card and save it. */
  savesWithCharge: boolean;
  /** Who takes the money of a payment in a window. */
  windows: WindowKind;
  /** Characters the gateway cannot take in names are those outside this charset. */
  nameCharset: "cp949" | "utf-8";
}

/** Whatever the gateway wants before a call: a token, a ready answer. Fetched before the claim. */
export interface Credential {
  /** Opaque to the core. Never logged, never stored. */
  value: string;
  /** Operational instant after which the gateway refuses it: nobody can send with it any more. */
  endsAt: Date;
}

/** What a credential is wanted for: some gateways give one for a single kind of call. */
export type CredentialUse =
  | { call: "issue" | "revoke" | "read" | "open_window" }
  | {
      call: "charge" | "refund";
      paidWith: PaymentSource["kind"];
      /** Whether a charge in a card's own number saves the card too; false if absent. */
      save?: boolean;
      /** Of a refund: what the gateway called it, of a payment in its window. */
      payMethod?: string;
    };

/** How fast one kind of call may go out, over all workers of the account. */
export interface CallPace {
  /** Calls with one name share the limit. */
  bucket: string;
  perSecond: number;
}

export type CredentialResult =
  | { kind: "ready"; credential: Credential }
  | { kind: "not_sent"; reason: string };

/** What every call carries. */
export interface GatewayCall {
  credential: Credential;
  /**
   * Called synchronously right before bytes can leave (and again when a new connection opens).
   * Returns false when the caller's lease is spent: then nothing is sent and the outcome is `not_sent`.
   */
  maySend(): boolean;
}

/** Card data on its way to the gateway. In memory for one call only. */
export interface CardDetails {
  number: string;
  /** Four digits, year first: YYMM. */
  expiry: string;
  /** First two digits of the card's password. */
  password: string;
  /** Birth date YYMMDD, or a business registration number of ten digits. */
  holderId: string;
}

/** What a charge is paid with. A card in the clear lives for one call; its `save` asks for a billing key too. */
export type PaymentSource =
  | { kind: "billing_key"; billingKey: string }
  | { kind: "card"; card: CardDetails; save: boolean }
  /** What the payment window of an easy-pay wallet handed back. */
  | { kind: "wallet"; authentication: Readonly<Record<string, string>> };

export interface IssueBillingKeyRequest {
  orderNumber: string;
  card: CardDetails;
  customerId: string;
  customerName: string;
  productName: string;
}

export type IssueBillingKeyOutcome =
  | { kind: "issued"; billingKey: string; cardName: string; cardCode: string }
  | { kind: "declined"; decline: Decline }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

export type RevokeBillingKeyOutcome =
  | { kind: "revoked" }
  | { kind: "declined"; decline: Decline }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

export interface ChargeRequest {
  orderNumber: string;
  /** In the clear; for this one call. */
  source: PaymentSource;
  /** Won, a positive integer. */
  amount: number;
  productName: string;
  customerId: string;
  customerName: string;
}

export interface RefundRequest {
  transactionId: string;
  orderNumber: string;
  /** Won to give back. */
  amount: number;
  /** Won of the transaction that were not given back before this refund. */
  leftBefore: number;
  /** True when this refund gives back everything that is left of the transaction. */
  everythingLeft: boolean;
  /** What the transaction was paid with: some gateways cancel by it. */
  paidWith: PaymentSource["kind"];
  /** What the gateway called it, of a payment in its window; absent where nobody told. */
  payMethod?: string;
  reason: string;
}

/** A charge to be looked for. */
export interface LookUpRequest {
  orderNumber: string;
  /** Won; an approval of another amount under our order number is reported, not ignored. */
  amount: number;
  /** Business days (Asia/Seoul, YYYY-MM-DD) within which the charge may have been booked. */
  fromOn: string;
  untilOn: string;
}

export type LookUpResult =
  /** All approvals under this order number, oldest first. */
  | {
      kind: "found";
      transactions: Array<
        GatewayTransaction & {
          amount: number;
          refunded: boolean;
          /** Won given back of it; absent where the gateway does not show it. */
          refundedAmount?: number;
        }
      >;
    }
  /** The gateway answered and does not know it (it may still be on its way). */
  | { kind: "not_found" }
  /** No usable answer: ask again later. */
  | { kind: "failed"; reason: string };

export type RefundLookUpResult =
  | {
      kind: "found";
      /** Whether the gateway shows any refund on the transaction. */
      refunded: boolean;
      /** Won given back of it so far; null where the gateway shows that, and not how much. */
      refundedAmount: number | null;
      /** Null where it prints no readable time. */
      lastRefundedAt: Date | null;
    }
  | { kind: "failed"; reason: string };

/** Whether the gateway itself would charge a billing key on a schedule. */
export type ScheduleLookUpResult =
  | { kind: "none" }
  | { kind: "scheduled"; count: number }
  | { kind: "failed"; reason: string };

/** Days whose transactions are to be listed. */
export interface ListTransactionsRequest {
  /** Business days (Asia/Seoul, YYYY-MM-DD), both included; at most `LISTED_DAYS_MAX` of them. */
  fromOn: string;
  untilOn: string;
}

/** Most days that one listing covers. */
export const LISTED_DAYS_MAX = 31;
/** Most transactions that one listing holds; a longer one fails and must be asked for in parts. */
export const LISTED_TRANSACTIONS_MAX = 200_000;

/** What a gateway lists of an account: money that came in, and money that went back. */
export type ListedTransaction =
  | {
      kind: "approval";
      orderNumber: string;
      transactionId: string;
      /** Won. */
      amount: number;
      at: Date;
    }
  | {
      kind: "refund";
      orderNumber: string;
      /** The approval that was given back, whole or in part. */
      transactionId: string;
      /** Won; null where the gateway lists that it was refunded and not how much. */
      amount: number | null;
      /** Null where the gateway prints no readable time. */
      at: Date | null;
    };

export type ListTransactionsResult =
  /** Every approval booked on these days, and the refunds that the gateway shows on them. */
  | { kind: "listed"; transactions: readonly ListedTransaction[] }
  /** No complete list: says nothing about what is there. */
  | { kind: "failed"; reason: string };

/**
 * One gateway, one merchant account. Methods never throw for what a gateway or a network can do:
 * they return one of the outcomes. Every method obeys a total deadline of its own configuration.
 */
export interface GatewayAdapter {
  readonly gateway: string;
  readonly account: string;
  readonly capabilities: GatewayCapabilities;
  /** The longest time one call of this adapter can take, milliseconds. */
  readonly callDeadlineMs: number;

  openCredential(use: CredentialUse): Promise<CredentialResult>;
  /** Null: the gateway sets no limit to such calls. */
  paceOf(use: CredentialUse): CallPace | null;
  issueBillingKey(
    call: GatewayCall,
    request: IssueBillingKeyRequest,
  ): Promise<IssueBillingKeyOutcome>;
  revokeBillingKey(call: GatewayCall, billingKey: string): Promise<RevokeBillingKeyOutcome>;
  charge(call: GatewayCall, request: ChargeRequest): Promise<ChargeOutcome>;
  refund(call: GatewayCall, request: RefundRequest): Promise<RefundOutcome>;
  lookUpCharge(call: GatewayCall, request: LookUpRequest): Promise<LookUpResult>;
  lookUpRefund(call: GatewayCall, transactionId: string): Promise<RefundLookUpResult>;
  /** Only where `gatewaySchedules` is declared. */
  lookUpSchedule?(call: GatewayCall, billingKey: string): Promise<ScheduleLookUpResult>;
  /** This and the four below only where `windows` is declared. It moves no money. */
  openWindow?(call: GatewayCall, request: OpenWindowRequest): Promise<OpenWindowOutcome>;
  /** What can be paid with, in the gateway's own words, where a request has to name it. */
  windowMethods?: readonly string[];
  /** Reads what a browser brought back from the window; asks nobody. */
  readReturn?(fields: Readonly<Record<string, string>>, order: ReturnedOrder): ReturnReading;
  /** What the gateway would refuse of a window; asks nobody. Absent: it knows no options. */
  checkWindow?(request: OpenWindowRequest): readonly WindowFault[];
  /** Reads the payment with this number at the gateway. Absent: it cannot be asked. */
  readWindow?(call: GatewayCall, transactionId: string): Promise<WindowReading>;
  /** Tells the gateway how goods paid for in escrow are delivered; `change` what was told before. */
  tellDelivery?(
    call: GatewayCall,
    told: { transactionId: string; delivery: EscrowDelivery; change: boolean },
  ): Promise<EscrowOutcome>;
  /** Fails where the capability is missing, the list is incomplete, or a row cannot be read. */
  listTransactions(
    call: GatewayCall,
    request: ListTransactionsRequest,
  ): Promise<ListTransactionsResult>;
  /** Reads an answer that could not be read at the time (law: it is read-only at the gateway). */
  readEvidence(
    call: GatewayCall,
    evidence: Evidence,
    request: EvidenceContext,
  ): Promise<ChargeOutcome>;
  /** Ends kept connections. */
  close(): void;
}

/** What the answer must echo to be believed. */
export interface EvidenceContext {
  orderNumber: string;
  amount: number;
}
