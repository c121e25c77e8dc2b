import type { Invoice } from "../domain/invoice.ts";
import type { Database } from "./connection.ts";
import { type InvoiceWork, createInvoiceWork } from "./invoice-work.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { invoiceSchema } from "./schemas.ts";

/** Invoices with their attempts and refunds: the truth about money. */
export interface InvoiceStore extends RevisionedStore<Invoice>, InvoiceWork {
  /** Writes a claim: only where the step is still the one that was read. */
  claimAttempt(read: Invoice, next: Invoice): Promise<Invoice | null>;
  /** Writes an outcome: only where the claim is still the one that was read. */
  recordOutcome(read: Invoice, next: Invoice): Promise<Invoice | null>;
  findByIdempotencyKey(key: string): Promise<Invoice | null>;
  findByRefundKey(key: string): Promise<Invoice | null>;
  findByOrderNumber(orderNumber: string): Promise<Invoice | null>;
  /** The payment in a window with the merchant's number for the order. */
  findByOrderId(orderId: string): Promise<Invoice | null>;
  findByRefundId(refundId: string): Promise<Invoice | null>;
  listOfSubscription(subscriptionId: string): Promise<Invoice[]>;
  listOpenOfSubscription(subscriptionId: string): Promise<Invoice[]>;
  /** Those that say how the subscription stands: open ones and failed ones. */
  listOwedOfSubscription(subscriptionId: string): Promise<Invoice[]>;
}

/** More periods than any subscription has: 80 years of months. */
const MOST_INVOICES = 1000;

export function createInvoiceStore(database: Database, joining: Joining = JOINING): InvoiceStore {
  const model = database.model<Stored<Invoice>>("Invoice", invoiceSchema, "invoices");
  const base = createRevisionedStore<Invoice>(model, joining);
  const { one, many } = createFinders<Invoice>(model);
  return {
    ...base,
    ...createInvoiceWork(model),
    claimAttempt: (read, next) => base.write(read, next, { step: read.step }),
    recordOutcome: (read, next) =>
      base.write(
        read,
        next,
        read.claim === null ? { claim: null } : { "claim.token": read.claim.token },
      ),
    findByIdempotencyKey: (key) => one({ "idempotency.key": key }),
    findByRefundKey: (key) => one({ "refunds.idempotency.key": key }),
    findByOrderId: (orderId) => one({ "window.orderId": orderId }),
    findByRefundId: (refundId) => one({ "refunds.id": refundId }),
    findByOrderNumber: (orderNumber) => one({ "attempts.orderNumber": orderNumber }),
    listOfSubscription: (subscriptionId) =>
      many({ subscriptionId }, { periodNumber: 1 }, MOST_INVOICES),
    listOpenOfSubscription: (subscriptionId) =>
      many({ subscriptionId, state: "open" }, { periodNumber: 1 }, MOST_INVOICES),
    listOwedOfSubscription: (subscriptionId) =>
      many(
        { subscriptionId, state: { $in: ["open", "failed"] } },
        { periodNumber: 1 },
        MOST_INVOICES,
      ),
  };
}
