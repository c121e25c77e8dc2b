import type mongoose from "mongoose";
import type { Invoice } from "../domain/invoice.ts";
import { type Stored, createFinders, findStored } from "./revisioned.ts";

/** Both times at which something is due. */
export interface DueBefore {
  business: Date;
  operational: Date;
}

export interface AccountRef {
  gateway: string;
  account: string;
}

/** The charges, or the refunds, of an account that wait for a person. */
export interface StoppedQueue extends AccountRef {
  queue: "charge" | "refund";
}

/** What a queue job needs to know of an invoice. */
export interface InvoiceHint {
  id: string;
  step: Invoice["step"];
  revision: number;
  urgent: boolean;
}

/** What is to be done on invoices, as the sweep asks for it. */
export interface InvoiceWork {
  /** Charges that are due on an account, those that a customer waits for first. */
  listChargeable(account: AccountRef, before: DueBefore, limit: number): Promise<InvoiceHint[]>;
  listRefundable(account: AccountRef, now: Date, limit: number): Promise<InvoiceHint[]>;
  /** Claims whose lease has run out. */
  listExpiredClaims(now: Date, limit: number): Promise<Invoice[]>;
  /** Payment windows whose time is over. */
  listEndedWindows(now: Date, limit: number): Promise<Invoice[]>;
  /** Unknown charges and refunds that are to be asked about. */
  listToAsk(now: Date, limit: number): Promise<InvoiceHint[]>;
  /** Closed attempts that are to be looked for once more. */
  listToRecheck(businessNow: Date, limit: number): Promise<InvoiceHint[]>;
  listFollowUps(limit: number): Promise<Invoice[]>;
  /** Invoices that wait for a person. */
  listHeld(limit: number): Promise<Invoice[]>;
  /** Invoices with an attempt whose outcome nobody knows, oldest question first. */
  listUnknown(limit: number): Promise<Invoice[]>;
  /** Whether anything is in flight, to be asked about, or due at this instant; not what is stopped. */
  hasWork(businessNow: Date, stopped?: readonly StoppedQueue[]): Promise<boolean>;
  /** The next business instant after `after` at which an invoice is due or looked at again. */
  nextBusinessInstant(after: Date): Promise<Date | null>;
}

type InvoiceModel = mongoose.Model<Stored<Invoice>>;

/** The queries that find work; each is served by an index of its own. */
export function createInvoiceWork(model: InvoiceModel): InvoiceWork {
  const { many } = createFinders<Invoice>(model);
  return {
    listChargeable: (account, before, limit) =>
      listHints(model, { ...chargeable(before), ...account, held: null }, BY_URGENCY, limit),
    listRefundable: (account, now, limit) =>
      listHints(
        model,
        { step: "refund", ...account, held: null, nextActionAt: { $lte: now } },
        BY_URGENCY,
        limit,
      ),
    listExpiredClaims: (now, limit) =>
      many({ step: "call", nextActionAt: { $lte: now } }, { nextActionAt: 1 }, limit),
    listEndedWindows: (now, limit) =>
      many({ step: "window", nextActionAt: { $lte: now } }, { nextActionAt: 1 }, limit),
    listToAsk: (now, limit) =>
      listHints(
        model,
        { step: "ask", held: null, nextActionAt: { $lte: now } },
        { nextActionAt: 1 },
        limit,
      ),
    listToRecheck: (businessNow, limit) =>
      listHints(
        model,
        { recheckAt: { $lte: businessNow }, step: { $nin: ["call", "ask", "window"] } },
        { recheckAt: 1 },
        limit,
      ),
    listFollowUps: (limit) => many({ followUp: true }, { _id: 1 }, limit),
    listHeld: (limit) => many({ held: { $gt: "" } }, { dueAt: 1 }, limit),
    listUnknown: (limit) => many({ step: "ask" }, { nextActionAt: 1 }, limit),
    hasWork: (businessNow, stopped = []) => hasWork(model, businessNow, stopped),
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

const BY_URGENCY = { urgent: -1, dueAt: 1 } as const;

function chargeable(before: DueBefore): object {
  return {
    step: "charge",
    dueAt: { $lte: before.business },
    nextActionAt: { $lte: before.operational },
  };
}

async function listHints(
  model: InvoiceModel,
  filter: object,
  sort: Record<string, 1 | -1>,
  limit: number,
): Promise<InvoiceHint[]> {
  const projection = { step: 1, revision: 1, urgent: 1 };
  const found = await findStored<Pick<Stored<Invoice>, "_id" | keyof typeof projection>>(
    model,
    filter,
    { projection, sort, limit },
  );
  return found.map(({ _id, step, revision, urgent }) => ({ id: _id, step, revision, urgent }));
}

/**
 * Whether anything is unfinished; a charge that is due and waits out its backoff is unfinished too.
 * Asked often, so the likeliest reason comes first and the first one found is enough. A charge goes
 * round between its steps: all of them stand in one question, so that none slips from the step that
 * is asked about next to the one that was asked about before.
 */
async function hasWork(
  model: InvoiceModel,
  businessNow: Date,
  stopped: readonly StoppedQueue[],
): Promise<boolean> {
  const waiting = stopped.map(({ gateway, account, queue }) => ({ step: queue, gateway, account }));
  const goesOn = waiting.length === 0 ? {} : { $nor: waiting };
  const unfinished: object[] = [
    {
      step: { $in: ["charge", "call", "ask"] },
      held: null,
      dueAt: { $lte: businessNow },
      ...goesOn,
    },
    { step: { $in: ["call", "ask", "refund"] }, held: null, ...goesOn },
    { followUp: true },
    { recheckAt: { $lte: businessNow } },
  ];
  for (const filter of unfinished) {
    const found = await findStored(model, filter, { projection: { _id: 1 }, limit: 1 });
    if (found.length > 0) return true;
  }
  return false;
}
