import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { openDuePeriods } from "../../src/billing/open-due-periods.ts";
import { listUnresolved } from "../../src/billing/list-unresolved.ts";
import { payOpenInvoice } from "../../src/billing/pay-open-invoice.ts";
import { releaseHeld } from "../../src/billing/release-held.ts";
import { updateDocument } from "../../src/billing/update-document.ts";
import { sweepDepsOf } from "../../src/compose.ts";
import { periodInvoiceId } from "../../src/domain/invoice.ts";
import { type Core, startCore } from "../support/core.ts";

const DAY_MS = 86_400_000;

describe("what people do", () => {
  let core: Core;
  let count = 0;
  beforeAll(async () => {
    core = await startCore();
    await core.setClock(new Date("2027-01-15T01:00:00Z"));
  });
  afterAll(() => core?.close());

  const deps = () => ({ ...core.composition, hints: core.composition.queues.hints });
  const approvals = (customerId: string) =>
    core.simulator.ledger({ kind: "approval", buyerId: customerId });
  const decline = (buyerId: string, code: string, times = 1) =>
    core.plantFaults({
      match: { operation: "payments", buyerId },
      times,
      effect: { decline: code },
    });

  /** A subscription whose first period is due now. */
  async function duePeriod() {
    count += 1;
    const customerId = `people-${count}`;
    const key = await core.register(customerId);
    const { id } = await core.subscribe(key, { firstCharge: "now", cycleDay: 15 });
    await core.sweep();
    return { customerId, subscriptionId: id, invoiceId: periodInvoiceId(id, 0) };
  }
  const subscription = async (id: string) => {
    const found = await core.composition.subscriptions.find(id);
    if (found === null) throw new Error(`no subscription ${id}`);
    return found;
  };

  it("pays a declined invoice by hand, once, however often it is asked for", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await decline(customerId, "2002");
    await core.charge(invoiceId);
    expect((await subscription(subscriptionId)).state).toBe("past_due");
    const idempotency = { key: `pay:${subscriptionId}`, bodyHash: "same" };
    const first = await payOpenInvoice(deps(), { subscriptionId, idempotency });
    expect(first).toMatchObject({ id: invoiceId, urgent: true });
    const asked = await Promise.all(
      [1, 2, 3].map(() => payOpenInvoice(deps(), { subscriptionId, idempotency })),
    );
    expect(asked.map((invoice) => invoice.id)).toEqual([invoiceId, invoiceId, invoiceId]);
    await Promise.all([1, 2, 3].map(() => core.charge(invoiceId)));
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid" });
    expect(await approvals(customerId)).toHaveLength(1);
    expect((await subscription(subscriptionId)).state).toBe("active");
    await expect(
      payOpenInvoice(deps(), { subscriptionId, idempotency: { ...idempotency, bodyHash: "x" } }),
    ).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    await expect(
      payOpenInvoice(deps(), { subscriptionId, idempotency: null }),
    ).rejects.toMatchObject({ code: "NOTHING_TO_PAY" });
  });

  it("tries another card at once, and an unpaid subscription goes on", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await decline(customerId, "2003");
    await core.charge(invoiceId);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "failed" });
    expect((await subscription(subscriptionId)).state).toBe("unpaid");
    const other = await core.register(customerId);
    const idempotency = { key: `card:${subscriptionId}`, bodyHash: "same" };
    const input = { subscriptionId, billingKeyId: other.id, idempotency };
    expect(await changeCard(deps(), input)).toMatchObject({
      state: "past_due",
      billingKeyId: other.id,
      aligning: false,
    });
    const { version } = await subscription(subscriptionId);
    expect(await changeCard(deps(), input)).toMatchObject({ version });
    await core.charge(invoiceId);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid", billingKeyId: other.id });
    expect(await subscription(subscriptionId)).toMatchObject({ state: "active", nextPeriod: 1 });
    expect((await subscription(subscriptionId)).nextPeriodAt?.toISOString()).toBe(
      "2027-02-15T01:00:00.000Z",
    );
    expect(await approvals(customerId)).toHaveLength(1);
  });

  it("charges no period after a cancel at its end, answered while that period was being opened", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    await core.setClock(new Date("2027-02-15T01:00:00Z"));
    const open = sweepDepsOf(core.composition);
    await openDuePeriods({
      ...open,
      invoices: {
        ...open.invoices,
        async insert(invoice) {
          const answered = await cancelSubscription(deps(), {
            subscriptionId,
            atPeriodEnd: true,
            reason: "asked",
            idempotency: null,
          });
          expect(answered.state).toBe("active");
          return open.invoices.insert(invoice);
        },
      },
    });
    await core.sweep();
    await core.charge(periodInvoiceId(subscriptionId, 1));
    expect(await core.invoice(periodInvoiceId(subscriptionId, 1))).toMatchObject({ state: "void" });
    expect((await subscription(subscriptionId)).state).toBe("canceled");
    expect(await approvals(customerId)).toHaveLength(1);
  });

  it("charges no period that a dead process opened before a cancel at its end was answered", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    await core.setClock(new Date("2027-03-15T01:00:00Z"));
    const open = sweepDepsOf(core.composition);
    const died = openDuePeriods({
      ...open,
      subscriptions: {
        ...open.subscriptions,
        listDue: async () => [await subscription(subscriptionId)],
        write: () => Promise.reject(new Error("the process died here")),
      },
    });
    await expect(died).rejects.toThrow("the process died here");
    await cancelSubscription(deps(), {
      subscriptionId,
      atPeriodEnd: true,
      reason: "asked",
      idempotency: null,
    });
    const next = periodInvoiceId(subscriptionId, 1);
    expect(await core.charge(next)).toMatchObject({ kind: "skipped" });
    expect(await approvals(customerId)).toHaveLength(1);
    await core.sweep();
    expect(await core.invoice(next)).toMatchObject({ state: "void", attempts: [] });
  });

  it("refuses another customer's card, and everything on a subscription that has ended", async () => {
    const { subscriptionId } = await duePeriod();
    const foreign = await core.register("somebody-else");
    const card = { subscriptionId, billingKeyId: foreign.id, idempotency: null };
    await expect(changeCard(deps(), card)).rejects.toMatchObject({
      code: "BILLING_KEY_OF_ANOTHER_CUSTOMER",
    });
    await cancelSubscription(deps(), {
      subscriptionId,
      atPeriodEnd: false,
      reason: "asked",
      idempotency: null,
    });
    await expect(changeCard(deps(), card)).rejects.toMatchObject({ code: "SUBSCRIPTION_ENDED" });
    await expect(
      payOpenInvoice(deps(), { subscriptionId, idempotency: null }),
    ).rejects.toMatchObject({ code: "SUBSCRIPTION_ENDED" });
  });

  it("parks only the subscription that contradicts itself, and lets it go when told to", async () => {
    const broken = await duePeriod();
    const sound = await duePeriod();
    await updateDocument(core.composition.invoices, broken.invoiceId, (invoice) => ({
      ...invoice,
      refundable: 5,
    }));
    await core.charge(broken.invoiceId);
    await core.charge(sound.invoiceId);
    expect(await core.invoice(sound.invoiceId)).toMatchObject({ state: "paid" });
    expect(await core.invoice(broken.invoiceId)).toMatchObject({ held: "broken", attempts: [] });
    expect((await subscription(broken.subscriptionId)).parked).toContain("5 refundable");
    await core.sweep();
    expect(await core.charge(broken.invoiceId)).toMatchObject({ kind: "skipped" });
    expect(await approvals(broken.customerId)).toEqual([]);
    const listed = await listUnresolved(core.composition, { language: "en", zone: "Asia/Seoul" });
    expect(listed.map((row) => row.id)).toEqual(
      expect.arrayContaining([broken.subscriptionId, broken.invoiceId]),
    );
    await expect(
      payOpenInvoice(deps(), { subscriptionId: broken.subscriptionId, idempotency: null }),
    ).rejects.toMatchObject({ code: "SUBSCRIPTION_PARKED" });

    const release = (id: string) =>
      releaseHeld(deps(), { id, reason: "the amount was corrected", by: "kim" });
    // Released without being mended it stops again.
    await release(broken.subscriptionId);
    await release(broken.invoiceId);
    await core.charge(broken.invoiceId);
    expect(await core.invoice(broken.invoiceId)).toMatchObject({ held: "broken", attempts: [] });
    await updateDocument(core.composition.invoices, broken.invoiceId, (invoice) => ({
      ...invoice,
      refundable: 0,
    }));
    await release(broken.subscriptionId);
    await release(broken.invoiceId);
    await core.charge(broken.invoiceId);
    expect(await core.invoice(broken.invoiceId)).toMatchObject({ state: "paid", held: null });
    expect(await approvals(broken.customerId)).toHaveLength(1);
    await expect(release(broken.invoiceId)).rejects.toMatchObject({ code: "NOT_HELD" });
    await core.sweep();
    const events = await core.composition.events.listOfSubscription(broken.subscriptionId, 100);
    expect(events.filter((event) => event.actor === "operator")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: "subscription.released",
          by: "kim",
          reason: "the amount was corrected",
        }),
        expect.objectContaining({ type: "invoice.released", by: "kim" }),
      ]),
    );
  });

  it("parks a subscription whose periods do not follow each other", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    await updateDocument(core.composition.invoices, invoiceId, (invoice) => ({
      ...invoice,
      periodEndOn: "2027-02-01",
    }));
    await core.setClock(new Date(Date.parse("2027-04-15T01:00:00Z") + DAY_MS));
    await core.sweep();
    expect((await subscription(subscriptionId)).parked).toContain("period 0 ends on 2027-02-01");
    expect(await core.composition.invoices.find(periodInvoiceId(subscriptionId, 1))).toBeNull();
    expect(await approvals(customerId)).toHaveLength(1);
  });
});
