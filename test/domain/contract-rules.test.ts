import { describe, expect, test } from "vitest";
import { alignInvoice, applyStanding, standingOf } from "../../src/domain/contract-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  type Subscription,
  type SubscriptionState,
  endSubscription,
} from "../../src/domain/subscription.ts";
import {
  after,
  approved,
  claimed,
  declined,
  eventsOf,
  expired,
  newSubscription,
  newest,
  periodInvoice,
  recorded,
  statesOf,
  unknownInvoice,
} from "./fixtures.ts";

const BY = { at: after(60_000), actor: "api" as const };

function canceled(): Subscription {
  return endSubscription(newSubscription(), "canceled", { ...BY, reason: "customer asked" });
}

function changed(): Subscription {
  return { ...newSubscription(), version: 2, amount: 12_000, billingKeyId: "bk_2" };
}

function notSent(): Invoice {
  return recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" });
}

describe("a cancel", () => {
  test.each([
    ["waits for its day", periodInvoice()],
    ["is on the ladder", recorded(claimed(periodInvoice()), declined("card_declined"))],
    ["is held for a person", periodInvoice({ held: "late", step: "none" })],
  ])("voids an invoice that %s", (_why, invoice) => {
    const voided = alignInvoice(invoice, canceled(), BY);
    expect(voided).toMatchObject({ state: "void", step: "none", held: null, version: 2 });
    expect(voided.outbox.at(-1)).toMatchObject({ type: "invoice.voided", reason: "canceled" });
  });

  test("gives up a number that never left", () => {
    const voided = alignInvoice(notSent(), canceled(), BY);
    expect(voided.state).toBe("void");
    expect(newest(voided)).toMatchObject({ state: "abandoned", closedAt: BY.at.business });
  });

  test.each([
    ["out", claimed(periodInvoice())],
    ["asked about", unknownInvoice()],
    ["without a worker", expired()],
  ])("only marks an invoice whose charge is %s", (_why, invoice) => {
    const marked = alignInvoice(invoice, canceled(), BY);
    expect(marked).toEqual({ ...invoice, behind: true, stop: true, version: 2 });
    expect(alignInvoice(marked, canceled(), BY)).toBe(marked);
  });

  test("leaves what is settled as it is", () => {
    const paid = recorded(claimed(periodInvoice()), approved());
    const failed = recorded(claimed(periodInvoice()), declined("card_expired"));
    expect(alignInvoice(paid, canceled(), BY)).toBe(paid);
    expect(alignInvoice(failed, canceled(), BY)).toBe(failed);
  });
});

describe("a change of terms", () => {
  test("reaches an idle invoice", () => {
    expect(alignInvoice(periodInvoice(), changed(), BY)).toMatchObject({
      state: "open",
      step: "charge",
      amount: 12_000,
      billingKeyId: "bk_2",
      version: 2,
      behind: false,
    });
  });

  test("marks an invoice in flight and reaches it when its call is back", () => {
    const marked = alignInvoice(claimed(periodInvoice()), changed(), BY);
    expect(marked).toMatchObject({ behind: true, stop: false, amount: 9900, version: 2 });
    const back = recorded(marked, declined("insufficient_funds"));
    expect(back).toMatchObject({ state: "open", behind: true });
    expect(alignInvoice(back, changed(), BY)).toMatchObject({
      behind: false,
      amount: 12_000,
      version: 2,
    });
  });

  test("has a charge that never left taken up under a new number with the new terms", () => {
    const aligned = alignInvoice(notSent(), changed(), BY);
    expect(statesOf(aligned)).toEqual(["abandoned"]);
    const again = claimed(aligned, 60_000, "token-2");
    expect(newest(again)).toMatchObject({
      number: 2,
      state: "initiated",
      amount: 12_000,
      billingKeyId: "bk_2",
    });
  });

  test("that leaves amount and card alone lets a charge that never left keep its number", () => {
    const aligned = alignInvoice(notSent(), { ...newSubscription(), version: 2 }, BY);
    expect(statesOf(aligned)).toEqual(["not_sent"]);
    expect(aligned.version).toBe(2);
  });

  test("turned into a cancel while the call is out stops it", () => {
    const marked = alignInvoice(claimed(periodInvoice()), changed(), BY);
    const ended = endSubscription(changed(), "canceled", { ...BY, reason: "customer asked" });
    expect(alignInvoice(marked, ended, BY)).toMatchObject({ behind: true, stop: true });
  });

  test("does nothing to an invoice that follows it already", () => {
    const invoice = periodInvoice();
    expect(alignInvoice(invoice, newSubscription(), BY)).toBe(invoice);
  });
});

describe("the standing of a subscription", () => {
  const clean = { step: 0, firstDeclinedAt: null };
  const dunning = { step: 1, firstDeclinedAt: after(0).business };

  test.each([
    ["active without invoices", [], "active"],
    ["active while nothing was declined", [{ state: "open", dunning: clean }], "active"],
    ["past due on the ladder", [{ state: "open", dunning }], "past_due"],
    ["active once that is paid", [{ state: "paid", dunning }], "active"],
    ["active where it was given up", [{ state: "void", dunning }], "active"],
    [
      "exhausted where one has failed",
      [
        { state: "open", dunning },
        { state: "failed", dunning },
      ],
      "exhausted",
    ],
  ] as const)("is %s", (_why, invoices, standing) => {
    expect(standingOf(invoices)).toBe(standing);
  });

  test("moves it to past due and back", () => {
    const pastDue = applyStanding(newSubscription(), "past_due", "unpaid", BY);
    expect(pastDue).toMatchObject({ state: "past_due", version: 1, aligning: false });
    const active = applyStanding(pastDue, "active", "unpaid", BY);
    expect(active).toMatchObject({ state: "active", version: 1 });
    expect(eventsOf(active)).toEqual([
      "subscription.created",
      "subscription.past_due",
      "subscription.activated",
    ]);
  });

  test("says nothing where nothing changes", () => {
    const subscription = newSubscription();
    expect(applyStanding(subscription, "active", "unpaid", BY)).toBe(subscription);
    const trialing = newSubscription({ trialDays: 7 });
    expect(applyStanding(trialing, "past_due", "unpaid", BY)).toBe(trialing);
  });

  test.each(["unpaid", "canceled"] as const)("ends it as %s when it is exhausted", (finalState) => {
    const ended = applyStanding(newSubscription(), "exhausted", finalState, BY);
    expect(ended).toMatchObject({
      state: finalState,
      version: 2,
      aligning: true,
      nextPeriodAt: null,
    });
  });

  test.each(["canceled", "unpaid", "paused"] as SubscriptionState[])(
    "wakes no subscription that is %s",
    (state) => {
      const subscription = { ...newSubscription(), state };
      for (const standing of ["active", "past_due", "exhausted"] as const) {
        expect(applyStanding(subscription, standing, "unpaid", BY)).toBe(subscription);
      }
    },
  );
});

describe("an older change that is finished late", () => {
  const paidNow = { ...newSubscription(), version: 2, payNow: "sub_1-p0" };

  test("does not take back a cancel that has reached the charge in flight", () => {
    const ended = endSubscription(paidNow, "canceled", { ...BY, reason: "customer asked" });
    const marked = alignInvoice(claimed(periodInvoice()), ended, BY);
    expect(alignInvoice(marked, paidNow, BY)).toBe(marked);
    const back = recorded(marked, approved());
    expect(back).toMatchObject({ state: "paid", step: "refund", refundable: 0 });
  });

  test("does not void what was opened again", () => {
    const failed = recorded(claimed(periodInvoice()), declined("card_expired"));
    const unpaid = endSubscription(newSubscription(), "unpaid", { ...BY, reason: "declined" });
    const reopened = { ...unpaid, state: "past_due" as const, version: 3, payNow: failed.id };
    const open = alignInvoice(failed, reopened, BY);
    expect(open.state).toBe("open");
    expect(alignInvoice(open, unpaid, BY)).toBe(open);
  });
});
