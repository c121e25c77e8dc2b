/**
 * What must hold once everything is at rest, whatever happened before: read from the simulator's
 * ledger, which nobody of ours writes, and from the database.
 */
import type { ChargeAttempt } from "../../src/domain/charge-attempt.ts";
import type { OutboxEntry } from "../../src/domain/events.ts";
import type { HoldReason, Invoice } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import type { LedgerEntry } from "../../src/simulator/ledger-entry.ts";
import type { Database } from "../../src/stores/connection.ts";

/** An event as the relay stored it. */
export type KeptEvent = OutboxEntry & { id: string; documentId: string };

/** Everything that is known of some customers. */
export interface Accounts {
  ledger: readonly LedgerEntry[];
  invoices: readonly Invoice[];
  subscriptions: readonly Subscription[];
  events: readonly KeptEvent[];
}

export interface Expectation {
  /** Whether each invoice can be paid: then exactly one approval is there, or none at all. */
  payable: "yes" | "no" | "either";
  /** Reasons for which an invoice may wait for a person. */
  mayHold?: readonly HoldReason[];
  /** Won that each invoice's customer is left charged with; absent: not checked. */
  net?: number;
}

/** Reads the accounts of customers: their documents, and the ledger's lines about them. */
export async function readAccounts(
  database: Database,
  simulatorUrl: string,
  customerIds: readonly string[],
): Promise<Accounts> {
  const [invoices, subscriptions, ...pages] = await Promise.all([
    readDocuments<Invoice>(database, "invoices", { customerId: { $in: [...customerIds] } }),
    readDocuments<Subscription>(database, "subscriptions", {
      customerId: { $in: [...customerIds] },
    }),
    ...customerIds.map((customerId) => readLedger(simulatorUrl, customerId)),
  ]);
  const documentIds = [...invoices, ...subscriptions].map((document) => document.id);
  const events = await readDocuments<KeptEvent>(database, "events", {
    documentId: { $in: documentIds },
  });
  return { ledger: pages.flat(), invoices, subscriptions, events };
}

async function readDocuments<T extends { id: string }>(
  database: Database,
  collection: string,
  filter: object,
): Promise<T[]> {
  const found = await database.collection(collection).find(filter).toArray();
  return found.map(({ _id, ...rest }) => ({ id: String(_id), ...rest }) as unknown as T);
}

async function readLedger(simulatorUrl: string, buyerId: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (let after = 0; ; ) {
    const query = new URLSearchParams({ buyerId, limit: "1000", after: String(after) });
    const answer = await fetch(`${simulatorUrl}/_sim/ledger?${query.toString()}`);
    if (!answer.ok) throw new Error(`the ledger cannot be read: ${await answer.text()}`);
    const page = (await answer.json()) as { entries: LedgerEntry[]; next?: number };
    entries.push(...page.entries);
    if (page.next === undefined) return entries;
    after = page.next;
  }
}

/** Every broken invariant in a sentence; empty where all hold. */
export function findViolations(accounts: Accounts, expected: Expectation): string[] {
  return [
    ...accounts.invoices.flatMap((invoice) => [
      ...checkApprovals(invoice, accounts, expected),
      ...checkRefunds(invoice, accounts),
      ...checkAtRest(invoice, expected),
    ]),
    ...checkOrderNumbers(accounts),
    ...accounts.subscriptions.flatMap((subscription) => checkPeriods(subscription, accounts)),
    ...[...accounts.invoices, ...accounts.subscriptions].flatMap((document) =>
      checkEvents(document, accounts),
    ),
  ];
}

/** The ledger's approvals under any of an invoice's order numbers. */
export function approvalsOf(invoice: Invoice, ledger: readonly LedgerEntry[]): LedgerEntry[] {
  const numbers = new Set(invoice.attempts.map((attempt) => attempt.orderNumber));
  return ledger.filter(
    (entry) => entry.kind === "approval" && numbers.has(entry.orderNumber ?? ""),
  );
}

/** Won that the ledger gave back of a transaction. */
function refundedAt(ledger: readonly LedgerEntry[], transactionId: string | undefined): number {
  return ledger
    .filter((entry) => entry.kind === "refund" && entry.transactionId === transactionId)
    .reduce((sum, entry) => sum + (entry.amount ?? 0), 0);
}

function checkApprovals(
  invoice: Invoice,
  { ledger }: Accounts,
  { payable, net }: Expectation,
): string[] {
  const approvals = approvalsOf(invoice, ledger);
  const keptOf = (entry: LedgerEntry) =>
    (entry.amount ?? 0) - refundedAt(ledger, entry.transactionId);
  const kept = approvals.reduce((sum, entry) => sum + keptOf(entry), 0);
  const paidBy = invoice.attempts.filter((attempt) => attempt.state === "approved");
  const isPaid = invoice.state === "paid";
  const [approval] = approvals;
  return broken(invoice.id, [
    [approvals.length > 1, `double charge: ${approvals.length} approvals for one period`],
    [payable === "yes" && approvals.length === 0, "can be paid and was never charged"],
    [payable === "no" && approvals.length > 0, "was charged though it could not be"],
    [!isPaid && kept > 0, `is ${invoice.state} while the gateway keeps ${kept} won`],
    [isPaid && approval === undefined, "says paid, the gateway knows of no approval"],
    [isPaid !== (paidBy.length === 1), `${invoice.state} with ${paidBy.length} approved attempts`],
    [
      isPaid && approval !== undefined && paidBy[0]?.transaction?.id !== approval.transactionId,
      "is paid by another transaction than the gateway's",
    ],
    [invoice.stop && kept > 0, `was stopped and ${kept} won are kept`],
    [net !== undefined && kept !== net, `leaves ${kept} won charged, not ${net}`],
  ]);
}

function checkRefunds(invoice: Invoice, { ledger }: Accounts): string[] {
  const open = invoice.held === "refund_unknown";
  const ofTransactions = approvalsOf(invoice, ledger).flatMap((approval) => {
    const refunded = refundedAt(ledger, approval.transactionId);
    const recorded = invoice.refunds
      .filter((one) => one.transactionId === approval.transactionId && one.state === "done")
      .reduce((sum, one) => sum + one.amount, 0);
    return broken(invoice.id, [
      [refunded > (approval.amount ?? 0), `refunds of ${refunded} exceed what was captured`],
      [!open && refunded !== recorded, `${refunded} won given back, ${recorded} on record`],
    ]);
  });
  const reserved = invoice.refunds
    .filter((one) => !one.surplus && one.state !== "failed")
    .reduce((sum, one) => sum + one.amount, 0);
  const agrees =
    invoice.refundable >= 0 && invoice.refundable + reserved === invoice.capturedAmount;
  return [...ofTransactions, ...broken(invoice.id, [[!agrees, "the books do not agree"]])];
}

const FINAL_ATTEMPTS: readonly ChargeAttempt["state"][] = [
  "approved",
  "declined",
  "absent",
  "abandoned",
];

function checkAtRest(invoice: Invoice, { mayHold = [] }: Expectation): string[] {
  const openAttempts = invoice.attempts.filter((one) => !FINAL_ATTEMPTS.includes(one.state));
  const openRefunds = invoice.refunds.filter((one) => !["done", "failed"].includes(one.state));
  const held = invoice.held;
  const mayWait = held !== null && mayHold.includes(held);
  const openIds = [...openAttempts, ...openRefunds].map((one) => `${one.orderNumber} ${one.state}`);
  return broken(invoice.id, [
    [held !== null && !mayWait, `is held: ${held}`],
    [!mayWait && openIds.length > 0, `is not final: ${openIds.join(", ")}`],
    [!mayWait && invoice.state === "open", `is still open, step ${invoice.step}`],
    [!mayWait && invoice.step !== "none", `is ${invoice.state} with step ${invoice.step}`],
    [!mayWait && invoice.claim !== null, "keeps a claim"],
    [invoice.followUp, "has not told its subscription"],
  ]);
}

function checkOrderNumbers({ invoices, ledger }: Accounts): string[] {
  const numbers = invoices.flatMap((one) => one.attempts.map((attempt) => attempt.orderNumber));
  const strange = ledger.filter(
    (entry) => entry.kind === "approval" && !numbers.includes(entry.orderNumber ?? ""),
  );
  return broken("order numbers", [
    [new Set(numbers).size !== numbers.length, "one was given twice"],
    [numbers.some((one) => !/^[A-Z0-9-]{1,20}$/.test(one)), "one does not fit every gateway"],
    [strange.length > 0, `approvals under ${strange.length} numbers that no attempt has`],
  ]);
}

/** Periods tile from 0 to the one before the next: none is lost, none is opened too early. */
function checkPeriods(subscription: Subscription, { invoices }: Accounts): string[] {
  const periods = invoices
    .filter((one) => one.subscriptionId === subscription.id)
    .sort((one, other) => (one.periodNumber ?? 0) - (other.periodNumber ?? 0));
  const numbers = periods.map((one) => one.periodNumber);
  const { nextPeriod, nextPeriodAt } = subscription;
  // Its invoice is inserted first: one that ends in between keeps it, and is not advanced any more.
  const hasEnded = nextPeriodAt === null && numbers.at(-1) === nextPeriod;
  const wanted = Array.from(
    { length: nextPeriod + (hasEnded ? 1 : 0) },
    (_unused, number) => number,
  );
  const gaps = periods.filter((one, index) => {
    const startOn =
      index === 0 ? subscription.schedule.firstPeriodOn : periods[index - 1]?.periodEndOn;
    return one.periodStartOn !== startOn;
  });
  return broken(subscription.id, [
    [
      numbers.join() !== wanted.join(),
      `has periods ${numbers.join()} and opens ${nextPeriod} next`,
    ],
    [gaps.length > 0, "has periods that do not tile"],
    [subscription.aligning, "has a change that did not reach its invoices"],
  ]);
}

function checkEvents(document: Invoice | Subscription, { events }: Accounts): string[] {
  const numbers = events
    .filter((event) => event.documentId === document.id)
    .map((event) => event.number)
    .sort((one, other) => one - other);
  const wanted = Array.from({ length: document.outboxNumber }, (_unused, index) => index + 1);
  return broken(document.id, [
    [document.outbox.length > 0, `has ${document.outbox.length} events that were not relayed`],
    [numbers.join() !== wanted.join(), `has events ${numbers.join()} of ${document.outboxNumber}`],
  ]);
}

function broken(subject: string, checks: readonly (readonly [boolean, string])[]): string[] {
  return checks.filter(([isBroken]) => isBroken).map(([, sentence]) => `${subject}: ${sentence}`);
}
