/** What the suite that every adapter passes must be told of one gateway's wire. */
import type { ChargeRequest, GatewayAdapter, PaymentSource } from "../../src/gateways/gateway.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import type { KeyInWire } from "./key-in-contract.ts";

/** Replaces what the gateway would echo about a charge. */
export interface EchoChanges {
  orderNumber?: string;
  amount?: string;
  transactionId?: string;
  merchant?: string;
  token?: string;
}

/** What a request said, read back from the wire. */
export interface SentCharge {
  orderNumber: string;
  amount: string;
  productName: string;
  customerName: string;
}

/** What the suite must know of one gateway's wire. */
export interface GatewayFixtures {
  createAdapter(server: { baseUrl: string; callDeadlineMs: number }): GatewayAdapter;
  /** What the suite pays with; a billing key if absent. */
  source?: PaymentSource;
  /** Whether every call needs a credential of its own; one serves many if absent. */
  credentialPerCall?: boolean;
  /** What else an approval echoes, beside order number and amount. */
  echoes?: ReadonlyArray<"merchant" | "token">;
  paths: {
    /** Where the credential is fetched; null where calls need none. */
    credential: string | null;
    /** Where the money moves. */
    charge: string;
    /** Where an answer that was received is made readable, if that is a call of its own. */
    read?: string;
  };
  /** Makes the server behave as the gateway on a good day. */
  approveEverything(server: ScriptedServer, echo?: EchoChanges): void;
  /** Makes it decline charges with this code and these words. */
  declineCharges(server: ScriptedServer, decline: { code: string; message: string }): void;
  /** Makes it refuse the credential of a call, in each of the ways it may do so; empty where there is none. */
  credentialRefusals: ReadonlyArray<(server: ScriptedServer) => void>;
  /** One code of the gateway for each of these; null where it documents no hard one. */
  declineCodes: { hard: string | null; soft: string; merchant: string; unmapped: string };
  /** Reads the charge requests that arrived. */
  sentCharges(server: ScriptedServer): SentCharge[];
  /** The longest names that the gateway takes. */
  nameLengthMax: { productName: number; customerName: number };
  /** What must never be seen in a result: secret, token, card number, billing key. */
  secrets: readonly string[];
  /** Where a card in the clear is charged; exactly where the adapter declares that it takes one. */
  keyIn?: KeyInWire;
}

/** The billing key that the suite charges. */
export const CONTRACT_KEY = "bk0f3e5a7c9d1b2e4a6c";

/** The charge that the suite makes. */
export const CONTRACT_CHARGE: Readonly<ChargeRequest> = {
  orderNumber: "T-4F2K9QX1-1",
  source: { kind: "billing_key", billingKey: CONTRACT_KEY },
  amount: 9_900,
  productName: "월간 구독",
  customerId: "customer-1",
  customerName: "김철수",
};
