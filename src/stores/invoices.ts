import type { Invoice } from "../domain/invoice.ts";
import type { Database } from "./connection.ts";
import {
  type RevisionedStore,
  type Stored,
  createRevisionedStore,
  fromStored,
} from "./revisioned.ts";
import { invoiceSchema } from "./schemas.ts";

/** Both times at which something is due. */
export interface DueBefore {
  business: Date;
  operational: Date;
}

export interface AccountRef {
  gateway: string;
  account: string;
}

/** What a queue job needs to know of an invoice. */
export interface InvoiceHint {
  id: string;
  step: Invoice["step"];
  revision: number;
  urgent: boolean;
}

export interface UnknownAge {
  oldest: Date | null;
  count: number;
}

/** Invoices with their attempts and refunds: the truth about money. */
export interface InvoiceStore extends RevisionedStore<Invoice> {
  /** Writes a claim: only where the step is still the one that was read. */
  claimAttempt(read: Invoice, next: Invoice): Promise<Invoice | null>;
  /** Writes an outcome: only where the claim is still the one that was read. */
  recordOutcome(read: Invoice, next: Invoice): Promise<Invoice | null>;
  findByIdempotencyKey(key: string): Promise<Invoice | null>;
  findByRefundKey(key: string): Promise<Invoice | null>;
  findByOrderNumber(orderNumber: string): Promise<Invoice | null>;
  listOfSubscription(subscriptionId: string): Promise<Invoice[]>;
  listOpenOfSubscription(subscriptionId: string): Promise<Invoice[]>;
  /** Charges that are due on an account, those that a customer waits for first. */
  listChargeable(account: AccountRef, before: DueBefore, limit: number): Promise<InvoiceHint[]>;
  listRefundable(account: AccountRef, now: Date, limit: number): Promise<InvoiceHint[]>;
  /** Claims whose lease has run out. */
  listExpiredClaims(now: Date, limit: number): Promise<Invoice[]>;
  /** Unknown charges and refunds that are to be asked about. */
  listToAsk(now: Date, limit: number): Promise<InvoiceHint[]>;
  /** Closed attempts that are to be looked for once more. */
  listToRecheck(businessNow: Date, limit: number): Promise<InvoiceHint[]>;
  listFollowUps(limit: number): Promise<Invoice[]>;
  /** Invoices that wait for a person. */
  listHeld(limit: number): Promise<Invoice[]>;
  /** Invoices with an attempt whose outcome nobody knows, oldest question first. */
  listUnknown(limit: number): Promise<Invoice[]>;
  /** Whether anything is in flight, to be asked about, or due at these instants. */
  hasWork(before: DueBefore): Promise<boolean>;
  /** The next business instant after `after` at which an invoice is due or looked at again. */
  nextBusinessInstant(after: Date): Promise<Date | null>;
}

export function createInvoiceStore(database: Database): InvoiceStore {
  const model = database.model<Stored<Invoice>>("Invoice", invoiceSchema, "invoices");
  const base = createRevisionedStore<Invoice>(model);
  const one = async (filter: object) => {
    const found = await model.findOne(filter).lean<Stored<Invoice>>();
    return found === null ? null : fromStored<Invoice>(found);
  };
  const many = async (filter: object, sort: Record<string, 1 | -1>, limit: number) => {
    const found = await model.find(filter).sort(sort).limit(limit).lean<Stored<Invoice>[]>();
    return found.map((stored) => fromStored<Invoice>(stored));
  };
  const hints = async (filter: object, sort: Record<string, 1 | -1>, limit: number) => {
    const found = await model
      .find(filter, { step: 1, revision: 1, urgent: 1 })
      .sort(sort)
      .limit(limit)
      .lean<Pick<Stored<Invoice>, "_id" | "step" | "revision" | "urgent">[]>();
    return found.map(({ _id, step, revision, urgent }) => ({ id: _id, step, revision, urgent }));
  };
  const chargeable = (before: DueBefore) => ({
    step: "charge",
    dueAt: { $lte: before.business },
    nextActionAt: { $lte: before.operational },
  });
  return {
    ...base,
    claimAttempt: (read, next) => base.write(read, next, { step: read.step }),
    recordOutcome: (read, next) =>
      base.write(read, next, { "claim.token": read.claim?.token ?? "" }),
    findByIdempotencyKey: (key) => one({ "idempotency.key": key }),
    findByRefundKey: (key) => one({ "refunds.idempotency.key": key }),
    findByOrderNumber: (orderNumber) => one({ "attempts.orderNumber": orderNumber }),
    listOfSubscription: (subscriptionId) =>
      many({ subscriptionId }, { periodNumber: 1 }, MOST_INVOICES),
    listOpenOfSubscription: (subscriptionId) =>
      many({ subscriptionId, state: "open" }, { periodNumber: 1 }, MOST_INVOICES),
    listChargeable: (account, before, limit) =>
      hints({ ...chargeable(before), ...account, held: null }, { urgent: -1, dueAt: 1 }, limit),
    listRefundable: (account, now, limit) =>
      hints(
        { step: "refund", ...account, held: null, nextActionAt: { $lte: now } },
        { urgent: -1, dueAt: 1 },
        limit,
      ),
    listExpiredClaims: (now, limit) =>
      many({ step: "call", nextActionAt: { $lte: now } }, { nextActionAt: 1 }, limit),
    listToAsk: (now, limit) =>
      hints({ step: "ask", held: null, nextActionAt: { $lte: now } }, { nextActionAt: 1 }, limit),
    listToRecheck: (businessNow, limit) =>
      hints(
        { recheckAt: { $lte: businessNow }, step: { $nin: ["call", "ask"] } },
        { recheckAt: 1 },
        limit,
      ),
    listFollowUps: (limit) => many({ followUp: true }, { _id: 1 }, limit),
    listHeld: (limit) => many({ held: { $gt: "" } }, { dueAt: 1 }, limit),
    listUnknown: (limit) => many({ step: "ask" }, { nextActionAt: 1 }, limit),
    async hasWork(before) {
      const busy = await model
        .exists({ step: { $in: ["call", "ask", "refund"] }, held: null })
        .lean<{ _id: string }>();
      if (busy !== null) return true;
      // Whatever its backoff says, a charge that is due and has not left is unfinished work.
      const due = await model
        .exists({ step: "charge", held: null, dueAt: { $lte: before.business } })
        .lean<{ _id: string }>();
      if (due !== null) return true;
      const told = await model.exists({ followUp: true }).lean<{ _id: string }>();
      const recheck = await model
        .exists({ recheckAt: { $lte: before.business } })
        .lean<{ _id: string }>();
      return told !== null || recheck !== null;
    },
    async nextBusinessInstant(after) {
      const [due, recheck] = await Promise.all([
        many({ step: "charge", held: null, dueAt: { $gt: after } }, { dueAt: 1 }, 1),
        many({ recheckAt: { $gt: after } }, { recheckAt: 1 }, 1),
      ]);
      const times = [due[0]?.dueAt, recheck[0]?.recheckAt].flatMap((at) =>
        at ? [at.getTime()] : [],
      );
      return times.length === 0 ? null : new Date(Math.min(...times));
    },
  };
}

/** More periods than any subscription has: 80 years of months. */
const MOST_INVOICES = 1000;
