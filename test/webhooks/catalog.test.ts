import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import {
  addEndpoint,
  rotateEndpoint,
  sendTest,
} from "../../src/billing/webhooks/manage-endpoints.ts";
import { payloadOf } from "../../src/billing/webhooks/payload.ts";
import type { EventType } from "../../src/domain/event-types.ts";
import { payloadSchema } from "../../src/http/schemas/event-catalog.ts";
import { type Core, startCore } from "../support/core.ts";

/** Cards of the simulator: one that is declined for want of funds, one that is reported stolen. */
const POOR = "4000000000010118";
const STOLEN = "4000000000010134";

describe("events that are really written", () => {
  let core: Core;

  beforeAll(async () => {
    core = await startCore({ CATCH_UP: "charge", DUNNING_STEP_DAYS: "1" });
  });
  afterAll(() => core?.close());

  const deps = () => ({ ...core.composition, hints: core.composition.queues.hints });
  const NO_KEY = { idempotency: null, by: "key-1" };

  /** Charges what is due, and asks where nobody knows. */
  async function chargeDue(invoiceId: string): Promise<void> {
    await core.sweep();
    await core.charge(invoiceId);
    if ((await core.invoice(invoiceId)).step === "ask") await core.askUntilSettled(invoiceId);
    await core.sweep();
  }

  async function act(): Promise<void> {
    await core.setClock(new Date("2026-03-01T01:00:00Z"));
    const good = await core.register("good");
    const poor = await core.register("poor", POOR);
    const stolen = await core.register("stolen", STOLEN);
    const paying = await core.subscribe(good, { trialDays: 3 });
    const owing = await core.subscribe(poor);
    const ended = await core.subscribe(stolen);
    await core.setClock(new Date("2026-03-15T02:00:00Z"));
    await chargeDue(`${paying.id}-p0`);
    await chargeDue(`${owing.id}-p0`);
    await chargeDue(`${ended.id}-p0`);
    const other = await core.register("poor");
    await changeCard(deps(), { subscriptionId: owing.id, billingKeyId: other.id, ...NO_KEY });
    await chargeDue(`${owing.id}-p0`);
    await requestRefund(deps(), {
      paymentId: `${paying.id}-p0`,
      amount: 900,
      reason: "customer asked",
      ...NO_KEY,
    });
    await core.refund(`${paying.id}-p0`);
    const cancel = { subscriptionId: paying.id, reason: "too dear", ...NO_KEY };
    await cancelSubscription(deps(), { ...cancel, atPeriodEnd: true });
    await cancelSubscription(deps(), { ...cancel, atPeriodEnd: false });
    const lost = await core.register("lost");
    const unsure = await core.subscribe(lost);
    await core.setClock(new Date("2026-04-15T02:00:00Z"));
    await core.sweep();
    await core.plantFaults({
      match: { operation: "payments", buyerId: "lost" },
      effect: "hang",
      nth: 1,
    });
    await chargeDue(`${unsure.id}-p0`);
    const given = { url: "http://127.0.0.1:1/hooks", types: null, description: "", by: null };
    const { endpoint } = await addEndpoint(deps(), given);
    await rotateEndpoint(deps(), { id: endpoint.id, by: null, overlapMs: 1000 });
    await sendTest(deps(), { id: endpoint.id, by: null });
    while ((await core.composition.events.relayOutboxes(500)) > 0);
  }

  it("are each what the catalogue says", async () => {
    await act();
    const events = await core.composition.events.list(
      {},
      { after: null, newestFirst: false, limit: 1000 },
    );
    const wrong = events.flatMap((event) => {
      const schema = payloadSchema(event.type as EventType);
      const payload = JSON.parse(JSON.stringify(payloadOf(event))) as unknown;
      return Value.Check(schema, payload)
        ? []
        : [{ payload, errors: Value.Errors(schema, payload) }];
    });
    expect(wrong).toEqual([]);
    const types = new Set(events.map(({ type }) => type));
    expect([...types]).toEqual(
      expect.arrayContaining([
        "subscription.created",
        "subscription.activated",
        "subscription.past_due",
        "subscription.card_changed",
        "subscription.canceled",
        "subscription.cancel_scheduled",
        "invoice.opened",
        "invoice.paid",
        "invoice.failed",
        "subscription.unpaid",
        "charge_attempt.declined",
        "charge_attempt.unknown",
        "refund.requested",
        "refund.completed",
        "billing_key.registered",
        "webhook_endpoint.created",
        "webhook_endpoint.rotated",
        "webhook_endpoint.tested",
      ]),
    );
    // No caller's name, no card and no secret is told to a receiver.
    expect(JSON.stringify(events.map(payloadOf))).not.toMatch(/key-1|\d{13}|whsec_/);
  });

  it("would be refused with a field that the catalogue does not have, or without one it has", async () => {
    const [event] = await core.composition.events.list(
      { type: "invoice.paid" },
      { after: null, newestFirst: false, limit: 1 },
    );
    const payload = JSON.parse(JSON.stringify(payloadOf(event!))) as {
      data: Record<string, unknown>;
    };
    const schema = payloadSchema("invoice.paid");
    expect(Value.Check(schema, payload)).toBe(true);
    expect(Value.Check(schema, { ...payload, data: { ...payload.data, card: "x" } })).toBe(false);
    const { orderNumber: _gone, ...less } = payload.data;
    expect(Value.Check(schema, { ...payload, data: less })).toBe(false);
  });
});
