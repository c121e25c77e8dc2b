/** The three collections, each document with what belongs to it. */
import type { BillingKey } from "../../domain/billing-key.ts";
import type { HasOutbox } from "../../domain/events.ts";
import type { Invoice } from "../../domain/invoice.ts";
import type { Subscription } from "../../domain/subscription.ts";
import type { SecretBox } from "../../lib/secret-box.ts";
import {
  BILLING_KEY_CHECKS,
  HELD,
  INVOICE_CHECKS,
  LANE_CHECKS,
  PARKED,
  SUBSCRIPTION_CHECKS,
} from "./check-list.ts";
import type {
  BillingKeyScope,
  EventTrace,
  InvoiceScope,
  KeyStanding,
  LaneScope,
  SubscriptionScope,
} from "./finding.ts";
import { groupBy } from "../../lib/group-by.ts";
import type { VerifyReader, WaitingLane } from "../../stores/verify-reader.ts";
import type { Pass } from "./run-checks.ts";

interface Reading {
  reader: VerifyReader;
  secrets: SecretBox;
}

export function subscriptionPass(reading: Reading): Pass<Subscription, SubscriptionScope> {
  const { reader } = reading;
  return {
    pages: () => reader.subscriptions(),
    find: (ids) => reader.findSubscriptions(ids),
    subscriptionIdOf: ({ id }) => id,
    checks: SUBSCRIPTION_CHECKS,
    waiting: [PARKED],
    async scopesOf(subscriptions) {
      const ids = subscriptions.map(({ id }) => id);
      const [invoices, events, numbers, keys] = await Promise.all([
        reader.invoicesOfSubscriptions(ids),
        traceEvents(reader, subscriptions),
        reader.numbersIn(ids),
        readKeys(reading, subscriptions),
      ]);
      const byStream = groupBy(numbers, ({ stream }) => stream);
      const bySubscription = groupBy(invoices, (invoice) => invoice.subscriptionId);
      return subscriptions.map((subscription, index) => ({
        subscription,
        invoices: (bySubscription.get(subscription.id) ?? []).sort(byPeriod),
        events: events[index] ?? NO_EVENTS,
        sequences: (byStream.get(subscription.id) ?? []).map(({ sequence }) => sequence),
        key: keys.get(subscription.billingKeyId) ?? MISSING_KEY,
      }));
    },
  };
}

function byPeriod(a: Invoice, b: Invoice): number {
  return (a.periodNumber ?? 0) - (b.periodNumber ?? 0);
}

export function invoicePass(reading: Reading): Pass<Invoice, InvoiceScope> {
  const { reader } = reading;
  return {
    pages: () => reader.invoices(),
    find: (ids) => reader.findInvoices(ids),
    subscriptionIdOf: ({ subscriptionId }) => subscriptionId,
    checks: INVOICE_CHECKS,
    waiting: [HELD],
    async scopesOf(invoices) {
      const named = invoices.flatMap(({ subscriptionId }) => subscriptionId ?? []);
      const [events, keys, subscriptions, numbers] = await Promise.all([
        traceEvents(reader, invoices),
        readKeys(
          reading,
          invoices.filter(({ kind }) => kind === "payment"),
        ),
        reader.findSubscriptions([...new Set(named)]),
        reader.findByNumbers(invoices.map(({ number }) => number)),
      ]);
      const existing = new Set(subscriptions.map(({ id }) => id));
      const byNumber = groupBy(numbers, ({ number }) => number);
      return invoices.map((invoice, index) => ({
        invoice,
        events: events[index] ?? NO_EVENTS,
        hasSubscription: invoice.subscriptionId === null || existing.has(invoice.subscriptionId),
        sameNumber: (byNumber.get(invoice.number) ?? [])
          .map(({ id }) => id)
          .filter((id) => id !== invoice.id)
          .sort(),
        key: keys.get(invoice.billingKeyId ?? "") ?? MISSING_KEY,
      }));
    },
  };
}

export function billingKeyPass(reading: Reading): Pass<BillingKey, BillingKeyScope> {
  const { reader, secrets } = reading;
  return {
    pages: () => reader.billingKeys(),
    find: (ids) => reader.findBillingKeys(ids),
    subscriptionIdOf: () => null,
    checks: BILLING_KEY_CHECKS,
    waiting: [],
    async scopesOf(billingKeys) {
      const events = await traceEvents(reader, billingKeys);
      return billingKeys.map((billingKey, index) => ({
        billingKey,
        opens: canOpen(secrets, billingKey),
        events: events[index] ?? NO_EVENTS,
      }));
    },
  };
}

export function lanePass({ reader }: Pick<Reading, "reader">): Pass<WaitingLane, LaneScope> {
  return {
    pages: () => reader.lanes(),
    find: (ids) => reader.findLanes(ids),
    subscriptionIdOf: () => null,
    checks: LANE_CHECKS,
    waiting: [],
    async scopesOf(lanes) {
      const endpointIds = [...new Set(lanes.map(({ endpointId }) => endpointId))];
      const endpoints = await reader.findEndpoints(endpointIds);
      const byId = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
      return Promise.all(
        lanes.map(async (lane) => ({
          lane,
          head: await reader.headOf(lane),
          endpoint: byId.get(lane.endpointId) ?? null,
        })),
      );
    },
  };
}

const NO_EVENTS: EventTrace = { numbers: new Set(), lastAt: null };
const MISSING_KEY: KeyStanding = { state: "missing", customerId: null, opens: false };

async function readKeys(
  { reader, secrets }: Reading,
  documents: readonly { billingKeyId: string | null }[],
): Promise<Map<string, KeyStanding>> {
  const ids = [...new Set(documents.flatMap(({ billingKeyId }) => billingKeyId ?? []))];
  const keys = ids.length === 0 ? [] : await reader.findBillingKeys(ids);
  return new Map(
    keys.map((key) => [
      key.id,
      { state: key.state, customerId: key.customerId, opens: canOpen(secrets, key) },
    ]),
  );
}

function canOpen(secrets: SecretBox, key: BillingKey): boolean {
  try {
    return key.secret !== null && secrets.open(key.secret, key.id) !== "";
  } catch {
    return false;
  }
}

/**
 * The events of each document, copied or waiting. They are read after their documents: an entry
 * that leaves an outbox meanwhile was copied before.
 */
async function traceEvents(
  reader: VerifyReader,
  documents: readonly (HasOutbox & { id: string })[],
): Promise<EventTrace[]> {
  const copied = await reader.eventsOf(documents.map(({ id }) => id));
  const byDocument = groupBy(copied, ({ documentId }) => documentId);
  return documents.map(({ id, outbox }) => {
    const known = [...(byDocument.get(id) ?? []), ...(Array.isArray(outbox) ? outbox : [])];
    const lastMs = Math.max(...known.map(({ recordedAt }) => recordedAt.getTime()));
    return {
      numbers: new Set(known.map(({ number }) => number)),
      lastAt: known.length === 0 ? null : new Date(lastMs),
    };
  });
}
