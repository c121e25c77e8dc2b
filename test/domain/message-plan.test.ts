import { describe, expect, it } from "vitest";
import {
  type ToldEvent,
  contactOf,
  draftForCustomer,
  draftForOperator,
  isReachable,
} from "../../src/domain/message-plan.ts";

const AT = new Date("2027-03-15T01:00:00Z");
const NOTHING = { invoice: null, subscription: null, key: null };

const eventOf = (changes: Partial<ToldEvent>): ToldEvent => ({
  id: "whe_1:3",
  type: "webhook_endpoint.disabled",
  at: AT,
  reason: "failing",
  data: { host: "shop.example" },
  documentId: "whe_1",
  subscriptionId: null,
  ...changes,
});

describe("what the operator is told", () => {
  it("is of an endpoint that was given up, by its host", () => {
    expect(draftForOperator(eventOf({}))).toMatchObject({
      stage: "whe_1.3.operator",
      kind: "webhook_disabled",
      facts: { about: "shop.example (whe_1)", reason: "failing", at: AT },
    });
    expect(draftForOperator(eventOf({ reason: "gone" }))?.kind).toBe("webhook_disabled");
  });

  it.each(["operator", "removed"])("is nothing of one that a person disabled (%s)", (reason) => {
    expect(draftForOperator(eventOf({ reason }))).toBeNull();
  });

  it("names an account so that its message can be found again", () => {
    const draft = draftForOperator(
      eventOf({
        id: "cookiepay/default/charge:2",
        type: "account.paused",
        documentId: "cookiepay/default/charge",
        data: { gateway: "cookiepay", account: "default", queue: "charge" },
      }),
    );
    expect(draft?.stage).toBe("cookiepay.default.charge.2.operator");
    expect(draft?.facts.about).toBe("cookiepay/default (charge)");
  });

  it("is of a subscription that is parked", () => {
    const draft = draftForOperator(
      eventOf({ id: "sub_1:4", type: "subscription.parked", documentId: "sub_1", reason: "a gap" }),
    );
    expect(draft).toMatchObject({ kind: "subscription_parked", facts: { about: "sub_1" } });
  });
});

describe("what a customer is told", () => {
  it("is nothing of events that are not a customer's matter, or whose document is not there", () => {
    for (const type of [
      "subscription.created",
      "invoice.failed",
      "payment.failed",
      "invoice.paid",
    ]) {
      expect(draftForCustomer(eventOf({ type }), NOTHING, 4)).toBeNull();
    }
  });

  it("goes where the subscription says, and else where the saved card does", () => {
    const key = { customerEmail: "key@x", customerPhone: "010", locale: "ko" as const };
    const own = { customerEmail: "own@x", customerPhone: null, locale: "en" as const };
    const none = { customerEmail: null, customerPhone: null, locale: null };
    expect(contactOf(own, key)).toEqual({ email: "own@x", phone: "010", language: "en" });
    expect(contactOf(none, key)).toEqual({ email: "key@x", phone: "010", language: "ko" });
    expect(contactOf(null, null)).toEqual({ email: null, phone: null, language: "ko" });
    expect([isReachable(none, key), isReachable(none, none)]).toEqual([true, false]);
  });
});
