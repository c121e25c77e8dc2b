import { describe, expect, test } from "vitest";
import { alignInvoice, applyStanding } from "../../src/domain/contract-rules.ts";
import { claimCharge } from "../../src/domain/claim-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  type Subscription,
  changeCard,
  endSubscription,
  payInvoiceNow,
} from "../../src/domain/subscription.ts";
import {
  DAY_MS,
  POLICY,
  after,
  approved,
  claimRequest,
  claimed,
  declined,
  newSubscription,
  periodInvoice,
  recorded,
  unknownInvoice,
} from "./fixtures.ts";

const BY = { at: after(DAY_MS / 2), actor: "api" as const, by: "key 1a2b3c4d" };
const NEW_CARD = { billingKeyId: "bk_2", gateway: "cookiepay", account: "default" };

function subscriptionOf(changes: Partial<Subscription> = {}): Subscription {
  return {
    ...newSubscription(),
    nextPeriod: 1,
    nextPeriodAt: after(31 * DAY_MS).business,
    ...changes,
  };
}

function onLadder(): Invoice {
  return recorded(claimed(periodInvoice()), declined("card_declined"));
}

function failed(): Invoice {
  return recorded(claimed(periodInvoice()), declined("card_expired"));
}

function unpaid(): Subscription {
  return endSubscription(subscriptionOf(), "unpaid", { ...BY, reason: "last charge declined" });
}

describe("paying now", () => {
  test("brings a declined invoice forward, without using a step", () => {
    const invoice = onLadder();
    expect(invoice.dueAt > BY.at.business).toBe(true);
    const asked = payInvoiceNow(subscriptionOf(), invoice.id, BY);
    expect(asked).toMatchObject({
      version: 2,
      aligning: true,
      payNow: invoice.id,
      state: "active",
    });
    const due = alignInvoice(invoice, asked, BY);
    expect(due).toMatchObject({ urgent: true, dueAt: BY.at.business, dunning: invoice.dunning });
    expect(claimCharge(due, { ...claimRequest(0, "t", 2), at: BY.at }, POLICY)).not.toBeNull();
  });

  test("leaves an invoice alone whose charge is out or unknown", () => {
    for (const invoice of [claimed(periodInvoice()), unknownInvoice()]) {
      const marked = alignInvoice(invoice, payInvoiceNow(subscriptionOf(), invoice.id, BY), BY);
      expect(marked).toEqual({ ...invoice, behind: true, stop: false, version: 2 });
    }
  });

  test("touches no other invoice", () => {
    const invoice = onLadder();
    const asked = payInvoiceNow(subscriptionOf(), "sub_1-p7", BY);
    expect(alignInvoice(invoice, asked, BY)).toMatchObject({ dueAt: invoice.dueAt, urgent: false });
  });

  test("makes an unpaid subscription owe again, and opens its failed invoice", () => {
    const invoice = failed();
    const asked = payInvoiceNow(unpaid(), invoice.id, BY);
    expect(asked).toMatchObject({ state: "past_due", nextPeriodAt: null });
    expect(asked.outbox.at(-1)).toMatchObject({ type: "subscription.reopened", by: BY.by });
    const open = alignInvoice(invoice, asked, BY);
    expect(open).toMatchObject({ state: "open", step: "charge", version: asked.version });
    const out = claimCharge(open, { ...claimRequest(0, "t-2", asked.version), at: BY.at }, POLICY);
    expect(out?.attempts.map((attempt) => attempt.state)).toEqual(["declined", "initiated"]);
  });

  test("opens the next period once the unpaid one is paid, and not before", () => {
    const asked = { ...payInvoiceNow(unpaid(), "sub_1-p0", BY), aligning: false, payNow: null };
    expect(applyStanding(asked, "past_due", "unpaid", BY)).toBe(asked);
    const paid = applyStanding(asked, "active", "unpaid", BY);
    expect(paid).toMatchObject({ state: "active", nextPeriod: 1 });
    expect(paid.nextPeriodAt?.toISOString()).toBe("2026-02-05T01:00:00.000Z");
  });

  test("ends as unpaid again when it is declined again", () => {
    const asked = { ...payInvoiceNow(unpaid(), "sub_1-p0", BY), aligning: false, payNow: null };
    expect(applyStanding(asked, "exhausted", "unpaid", BY).state).toBe("unpaid");
  });

  test("is not undone by the failed invoice before the change has reached it", () => {
    const asked = payInvoiceNow(unpaid(), "sub_1-p0", BY);
    expect(applyStanding(asked, "exhausted", "unpaid", BY)).toBe(asked);
  });

  test("never opens a paid invoice again", () => {
    const paid = recorded(claimed(periodInvoice()), approved());
    expect(alignInvoice(paid, payInvoiceNow(unpaid(), paid.id, BY), BY)).toBe(paid);
  });
});

describe("another card", () => {
  const swapped = changeCard(subscriptionOf(), { ...NEW_CARD, invoiceId: null }, BY);

  test("is said with the one before", () => {
    expect(swapped).toMatchObject({ billingKeyId: "bk_2", version: 2, aligning: true });
    expect(swapped.outbox.at(-1)).toMatchObject({
      type: "subscription.card_changed",
      before: "bk_1",
      after: "bk_2",
      by: BY.by,
    });
  });

  test("is tried at once on what was declined, on a ladder of its own", () => {
    const due = alignInvoice(onLadder(), swapped, BY);
    expect(due).toMatchObject({ billingKeyId: "bk_2", dueAt: BY.at.business, urgent: true });
    expect(due.dunning).toEqual({ step: 0, firstDeclinedAt: BY.at.business });
  });

  test("does not bring forward what is not due", () => {
    const waiting = periodInvoice({ dueAt: after(3 * DAY_MS).business });
    const aligned = alignInvoice(waiting, swapped, BY);
    expect(aligned).toMatchObject({ billingKeyId: "bk_2", dueAt: waiting.dueAt, urgent: false });
  });

  test("waits for the call on the old card, and is tried when that one is declined for good", () => {
    const marked = alignInvoice(claimed(periodInvoice()), swapped, BY);
    const back = recorded(marked, declined("card_expired"));
    expect(back).toMatchObject({ state: "open", step: "charge", behind: true });
    const due = alignInvoice(back, swapped, BY);
    expect(due).toMatchObject({ billingKeyId: "bk_2", behind: false, state: "open" });
    expect(due.dueAt <= BY.at.business).toBe(true);
  });

  test("reopens an unpaid subscription with its failed invoice", () => {
    const invoice = failed();
    const reopened = changeCard(unpaid(), { ...NEW_CARD, invoiceId: invoice.id }, BY);
    expect(reopened).toMatchObject({ state: "past_due", billingKeyId: "bk_2" });
    expect(alignInvoice(invoice, reopened, BY)).toMatchObject({
      state: "open",
      billingKeyId: "bk_2",
      urgent: true,
      dunning: { step: 0 },
    });
  });
});
