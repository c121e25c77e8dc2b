/** What a verification looks at and what it says. */
import type { BillingKeyState } from "../../domain/billing-key.ts";
import type { BillingKey } from "../../domain/billing-key.ts";
import type { Instants } from "../../domain/events.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Invoice } from "../../domain/invoice.ts";
import type { Subscription } from "../../domain/subscription.ts";
import type { WebhookEndpoint } from "../../domain/webhook-endpoint.ts";
import type { WaitingLane } from "../../stores/verify-reader.ts";
import type { VerifyBounds } from "./bounds.ts";

/** A sentence in both languages. */
export interface Text {
  en: string;
  ko: string;
}

/** One thing that is wrong, or that waits for a person. */
export interface Finding {
  /** Name of the check that found it. */
  check: string;
  title: Text;
  /** Id of the document, or what else names the place. */
  documentId: string;
  subscriptionId: string | null;
  /** Since when, where it can be told. */
  since: Date | null;
  /** What was read, in our own names and values; the same at every reading. */
  detail: string;
  /** What to do about it. */
  advice: Text;
}

/** What a check found in its scope. */
export interface Found {
  detail: string;
  since?: Date | null;
  /** Where it is another document than the one that the scope is about. */
  documentId?: string;
}

/** When a check is made, and from which ages on something is wrong. */
export interface Moment {
  at: Instants;
  bounds: VerifyBounds;
}

/** One small check. Pure: the same scope and moment give the same findings. */
export interface Check<Scope> {
  name: string;
  title: Text;
  advice: Text;
  find(scope: Scope, moment: Moment): Found[];
}

/** Which events of a document are known, copied or still in its outbox. */
export interface EventTrace {
  numbers: ReadonlySet<number>;
  /** Operational instant of the newest one. */
  lastAt: Date | null;
}

/** A billing key as others rely on it. */
export interface KeyStanding {
  state: BillingKeyState | "missing";
  customerId: string | null;
  /** Whether its secret can be decrypted. */
  opens: boolean;
}

export interface InvoiceScope {
  invoice: Invoice;
  events: EventTrace;
  /** Whether the subscription that it names exists; true for a one-off payment. */
  hasSubscription: boolean;
  /** Ids of other invoices with the same number. */
  sameNumber: readonly string[];
  /** The key that it is to be charged with. */
  key: KeyStanding;
}

export interface SubscriptionScope {
  subscription: Subscription;
  /** By period. */
  invoices: readonly Invoice[];
  events: EventTrace;
  /** Numbers of the events of it and its invoices, in their order. */
  sequences: readonly number[];
  key: KeyStanding;
}

/** What waits for an endpoint. */
export interface LaneScope {
  lane: WaitingLane;
  /** The event that all others of the lane wait for. */
  head: Pick<Delivery, "eventId" | "firstTriedAt"> | null;
  endpoint: WebhookEndpoint | null;
}

export interface BillingKeyScope {
  billingKey: BillingKey;
  opens: boolean;
  events: EventTrace;
}

/** Where nothing is wrong, or one finding with this detail. */
export function when(isWrong: boolean, detail: string, since: Date | null = null): Found[] {
  return isWrong ? [{ detail, since }] : [];
}

/** Whether an operational instant lies further back than `ms`. */
export function isOlder(since: Date | null, ms: number, { at }: Moment): boolean {
  return since === null || at.operational.getTime() - since.getTime() > ms;
}
