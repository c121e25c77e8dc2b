/** Due periods of the product's own kind: an active subscription, its card and its open invoice. */
import { systemClock } from "../../src/lib/clock.ts";
import type { Composition } from "../../src/compose.ts";
import { beginRegistration, finishRegistration } from "../../src/domain/billing-key.ts";
import type { Instants } from "../../src/domain/events.ts";
import { type Invoice, openPeriodInvoice } from "../../src/domain/invoice.ts";
import {
  type Subscription,
  advancePeriod,
  createSubscription,
} from "../../src/domain/subscription.ts";
import { newId, randomText } from "../../src/lib/ids.ts";
import type { SecretBox } from "../../src/lib/secret-box.ts";
import type { Book } from "../messages.ts";

/** Small enough for a reading by ids that takes time with the square of their number. */
const BATCH = 200;
/** Far enough to be another date. */
export const MONTH_MS = 30 * 86_400_000;
const ACCOUNT = { gateway: "cookiepay", account: "default" };
const PERIOD = { startOn: "2026-01-01", endOn: "2026-02-01", late: false };

/** The ids of one due period. */
export interface DuePeriod {
  customerId: string;
  subscriptionId: string;
  invoiceId: string;
}

/**
 * Writes so many due invoices. Each subscription is at its next date already: the product writes
 * that when it opens a period, before the period can be charged.
 */
export async function seedPeriods(
  composition: Composition,
  round: number,
  charges: number,
): Promise<DuePeriod[]> {
  const { database, events, secrets } = composition;
  // What former rounds left for the relay is not this one's work.
  while ((await events.relayOutboxes(BATCH)) > 0);
  const at = { business: systemClock.now(), operational: systemClock.now() };
  const numbers = Array.from({ length: charges }, (_, number) => number);
  const periods: DuePeriod[] = [];
  for (const some of pages(numbers)) {
    const due = some.map((number) => drawPeriod(`r${round}-${number}`, secrets, at));
    const insert = (collection: string, documents: { id: string }[]) =>
      database.collection(collection).insertMany(documents.map(toStored) as never[]);
    await insert(
      "billingkeys",
      due.map(({ billingKey }) => relayed(billingKey)),
    );
    await insert(
      "subscriptions",
      due.map(({ subscription }) => relayed(subscription)),
    );
    await insert(
      "invoices",
      due.map(({ invoice }) => relayed(invoice)),
    );
    periods.push(
      ...due.map(({ subscription: { customerId, id }, invoice }) => ({
        customerId,
        subscriptionId: id,
        invoiceId: invoice.id,
      })),
    );
  }
  return periods;
}

/** What the database says of these periods. */
export async function readPeriods(
  composition: Composition,
  periods: readonly DuePeriod[],
): Promise<Book[]> {
  const now = systemClock.now();
  const books: Book[] = [];
  for (const some of pages(periods)) {
    const [invoices, subscriptions] = await Promise.all([
      readById<Invoice>(
        composition,
        "invoices",
        some.map(({ invoiceId }) => invoiceId),
      ),
      readById<Subscription>(
        composition,
        "subscriptions",
        some.map(({ subscriptionId }) => subscriptionId),
      ),
    ]);
    for (const { customerId, subscriptionId, invoiceId } of some) {
      const invoice = invoices.get(invoiceId);
      const nextAt = subscriptions.get(subscriptionId)?.nextPeriodAt;
      books.push({
        customerId,
        paid: invoice?.state === "paid",
        transactionId: invoice?.attempts.at(-1)?.transaction?.id ?? null,
        advanced: nextAt != null && nextAt > now,
      });
    }
  }
  return books;
}

async function readById<T>(
  { database }: Composition,
  collection: string,
  ids: string[],
): Promise<Map<string, T>> {
  const found = await database
    .collection<{ _id: string }>(collection)
    .find({ _id: { $in: ids } })
    .toArray();
  return new Map(found.map((document) => [document._id, document as unknown as T]));
}

function drawPeriod(customerId: string, secrets: SecretBox, at: Instants) {
  const customer = { customerId, customerName: "홍길동", ...ACCOUNT, idempotency: null, at };
  const begun = beginRegistration({
    ...customer,
    id: newId("bk"),
    customerEmail: null,
    customerPhone: null,
    locale: "ko",
    orderNumber: `KB-${randomText(12)}`,
    maskedNumber: "411111******1111",
  });
  const secret = secrets.seal(`key-of-${customerId}`, begun.id);
  const billingKey = finishRegistration(
    begun,
    { state: "active", secret, cardName: "벤치카드" },
    { at, actor: "api" },
  );
  const subscription = createSubscription({
    ...customer,
    id: newId("sub"),
    billingKeyId: billingKey.id,
    planId: "monthly",
    productName: "월간 구독",
    amount: 9900,
    cycleDay: 15,
    zone: "Asia/Seoul",
    dueHour: 10,
    trialDays: 0,
    firstCharge: "now",
    metadata: {},
  });
  const invoice = openPeriodInvoice(
    subscription,
    { ...PERIOD, dueAt: at.business },
    { number: randomText(12), at },
  );
  return { billingKey, subscription: advancePeriod(subscription, at), invoice };
}

/** What was raised so far is relayed already. */
function relayed<T extends { id: string; outbox: unknown[] }>(document: T): T {
  return { ...document, outbox: [] };
}

function toStored({ id, ...rest }: { id: string }): object {
  return { _id: id, ...rest };
}

/** A list in parts that one command takes. */
export function pages<T>(list: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(list.length / BATCH) }, (_, page) => page * BATCH);
  return starts.map((start) => list.slice(start, start + BATCH));
}
