/** Kinds of damage, each with the one check that must find it. */
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Vandal } from "./plant.ts";
import type { SoundWorld } from "./world.ts";

export const HOUR_MS = 3_600_000;
export const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

interface Damage {
  /** The check that must find it, and nothing else. */
  check: string;
  /** What the same damage breaks as well. */
  also?: string;
  plant: (world: SoundWorld, vandal: Vandal) => Promise<unknown>;
}

/** A paid period as it is stored, under another id, number and order number. */
async function copyOf(world: SoundWorld, vandal: Vandal, changes: Record<string, unknown>) {
  const original = await vandal.read("invoices", `${world.paid.id}-p0`);
  const [attempt] = original["attempts"] as object[];
  return {
    ...original,
    _id: "copy",
    number: "COPY00000000",
    attempts: [{ ...attempt, orderNumber: "KB-COPY00000000-1" }],
    outboxNumber: 0,
    ...changes,
  };
}

/** Something waits for an endpoint that is there since long. */
async function plantLane(vandal: Vandal, nextTryAt: Date): Promise<void> {
  const endpoint = { _id: "we_1", state: "enabled", enabledAt: ago(24 * 30) };
  await vandal.insert("webhookendpoints", endpoint);
  await vandal.insert("deliverylanes", { _id: "l", endpointId: "we_1", work: true, nextTryAt });
}

export const claimOf = (kind: "charge" | "refund", subject: string, leaseUntil: Date) => ({
  token: "t",
  kind,
  worker: "gone",
  leaseUntil,
  credentialEndsAt: leaseUntil,
  subject,
});

/** The newest attempt of the invoice that waits on the ladder, in flight since hours. */
export async function inFlight(world: SoundWorld, state: "initiated" | "unknown") {
  const invoice = await world.core.invoice(`${world.pastDue.id}-p0`);
  const last = invoice.attempts.at(-1);
  if (last === undefined) throw new Error("no attempt");
  const attempts = invoice.attempts.map((attempt) =>
    attempt === last ? { ...attempt, state, unknownSince: ago(5), recheckAt: null } : attempt,
  );
  return {
    step: state === "initiated" ? "call" : "ask",
    attempts,
    recheckAt: null,
    claim: claimOf("charge", last.orderNumber, ago(5)),
    nextActionAt: ago(-1),
  };
}

const invoice = (
  idOf: (world: SoundWorld) => string,
  fields: Record<string, unknown> | ((world: SoundWorld) => Promise<Record<string, unknown>>),
) => {
  return async (world: SoundWorld, vandal: Vandal) =>
    vandal.set(
      "invoices",
      idOf(world),
      typeof fields === "function" ? await fields(world) : fields,
    );
};

const subscription = (
  idOf: (world: SoundWorld) => string,
  fields: Record<string, unknown> | ((world: SoundWorld) => Record<string, unknown>),
) => {
  return (world: SoundWorld, vandal: Vandal) =>
    vandal.set("subscriptions", idOf(world), typeof fields === "function" ? fields(world) : fields);
};

export const p = (number: number) => (world: SoundWorld) => `${world.paid.id}-p${number}`;
export const declined = (world: SoundWorld) => `${world.pastDue.id}-p0`;
export const payment = (world: SoundWorld) => world.payment.id;

/** The approval of the first payment, as if another attempt had one too. */
async function withSecondApproval(world: SoundWorld): Promise<Record<string, unknown>> {
  const { attempts, number } = await world.core.invoice(world.payment.id);
  const [first] = attempts;
  if (first?.transaction == null) throw new Error("not paid");
  const second = {
    ...first,
    number: 2,
    orderNumber: `KB-${number}-2`,
    transaction: { ...first.transaction, id: "T-OTHER" },
  };
  return { attempts: [first, second] };
}

const refundOf = (invoiceOf: Invoice, changes: object) => ({
  ...invoiceOf.refunds[0],
  id: "ref_planted",
  idempotency: { key: "planted", bodyHash: "" },
  ...changes,
});

export const DAMAGES: Record<string, Damage> = {
  "a second approval": {
    check: "charged-twice",
    plant: invoice(payment, withSecondApproval),
  },
  "an open attempt beside an approved one": {
    check: "attempts-overlap",
    plant: invoice(payment, async (world) => {
      const { attempts } = (await withSecondApproval(world)) as unknown as Invoice;
      return {
        attempts: [attempts[0], { ...attempts[1], state: "not_sent", transaction: null }],
        held: "broken",
      };
    }),
  },
  "a paid invoice without an approval": {
    check: "paid-without-approval",
    plant: invoice(payment, { "attempts.0.transaction": null }),
  },
  "an approval on a failed payment": {
    check: "approved-but-unpaid",
    plant: invoice(payment, { state: "failed", capturedAmount: 0, refundable: 0 }),
  },
  "an attempt that was taken away": {
    check: "attempt-missing",
    plant: invoice(
      (world) => `${world.recovered.id}-p0`,
      async (world) => ({
        attempts: (await world.core.invoice(`${world.recovered.id}-p0`)).attempts.slice(1),
      }),
    ),
  },
  "an order number of another invoice": {
    check: "order-number",
    plant: invoice(payment, { "attempts.0.orderNumber": "KB-SOMEBODYELSE-1" }),
  },
  "an amount that is no won": { check: "amount-not-won", plant: invoice(p(0), { amount: 9900.5 }) },
  "another captured amount than the attempt's": {
    check: "captured-differs",
    plant: invoice(p(0), { capturedAmount: 9000, refundable: 9000 }),
  },
  "more refunded than captured": {
    check: "over-refunded",
    plant: invoice((world) => world.partlyRefunded.id, { "refunds.0.amount": 30_000 }),
  },
  "an amount that can be refunded twice": {
    check: "refund-balance",
    plant: invoice((world) => world.partlyRefunded.id, { refundable: 9000 }),
  },
  "a refund of somebody else's transaction": {
    check: "refund-target",
    plant: invoice((world) => world.partlyRefunded.id, { "refunds.0.transactionId": "T-OTHER" }),
  },
  "an open invoice that nobody will touch": {
    check: "step-and-state",
    plant: invoice(declined, { step: "none" }),
  },
  "a queued refund that nobody will send": {
    check: "step-and-state",
    plant: invoice(
      (world) => world.partlyRefunded.id,
      async (world) => {
        const found = await world.core.invoice(world.partlyRefunded.id);
        const refund = refundOf(found, { state: "queued", amount: 1000 });
        return { refunds: [...found.refunds, refund], refundable: found.refundable - 1000 };
      },
    ),
  },
  "a claim whose lease ran out hours ago": {
    check: "claim-expired",
    plant: invoice(declined, (world) => inFlight(world, "initiated")),
  },
  "a charge that nobody has asked about for hours": {
    check: "charge-unknown",
    plant: invoice(declined, (world) => inFlight(world, "unknown")),
  },
  "a refund that nobody has asked about for hours": {
    check: "refund-unknown",
    plant: invoice(
      (world) => world.partlyRefunded.id,
      async (world) => {
        const found = await world.core.invoice(world.partlyRefunded.id);
        const refund = refundOf(found, { state: "unknown", amount: 1000, claimedAt: ago(5) });
        return {
          refunds: [...found.refunds, refund],
          refundable: found.refundable - 1000,
          step: "ask",
          claim: claimOf("refund", "ref_planted", ago(5)),
          nextActionAt: ago(-1),
        };
      },
    ),
  },
  "a charge that is due for days": {
    check: "charge-overdue",
    plant: invoice(declined, { dueAt: new Date("2026-02-27T00:00:00Z"), nextActionAt: ago(30) }),
  },
  "a payment window that was never ended": {
    check: "window-overdue",
    plant: async (world, vandal) =>
      vandal.insert(
        "invoices",
        await copyOf(world, vandal, {
          kind: "payment",
          paidWith: "wallet",
          subscriptionId: null,
          periodNumber: null,
          periodStartOn: null,
          periodEndOn: null,
          state: "open",
          step: "window",
          attempts: [],
          capturedAmount: 0,
          refundable: 0,
          nextActionAt: ago(30),
          window: { orderId: "ORDER-1", endsAt: ago(31) },
        }),
      ),
  },
  "a refund that waits for days": {
    check: "refund-overdue",
    plant: invoice(
      (world) => world.partlyRefunded.id,
      async (world) => {
        const found = await world.core.invoice(world.partlyRefunded.id);
        const refund = refundOf(found, { state: "queued", amount: 1000 });
        return {
          refunds: [...found.refunds, refund],
          refundable: found.refundable - 1000,
          step: "refund",
          nextActionAt: ago(30),
        };
      },
    ),
  },
  "a second look that will never come": {
    check: "recheck-mark",
    plant: invoice(declined, { recheckAt: null }),
  },
  "an event that was taken away": {
    check: "event-missing",
    also: "event-numbers",
    plant: (world, vandal) => vandal.remove("events", `${p(1)(world)}:1`),
  },
  "an event of nobody's": {
    check: "event-missing",
    plant: invoice(p(1), { outboxNumber: 1 }),
  },
  "an event that is not passed on": {
    check: "outbox-stuck",
    also: "event-numbers",
    plant: async (world, vandal) => {
      const { _id, ...event } = await vandal.read("events", `${p(1)(world)}:2`);
      await vandal.remove("events", _id);
      await vandal.set("invoices", p(1)(world), { outbox: [{ ...event, recordedAt: ago(1) }] });
    },
  },
  "an event with another's number": {
    check: "event-numbers",
    plant: (world, vandal) => vandal.set("events", `${world.paid.id}:1`, { sequence: 1000 }),
  },
  "a delivery that nobody makes": {
    check: "delivery-stuck",
    plant: (_world, vandal) => plantLane(vandal, ago(1)),
  },
  "a delivery that is tried without end": {
    check: "delivery-overdue",
    plant: async (_world, vandal) => {
      await plantLane(vandal, ago(-1));
      const head = { _id: "d", lane: "l", state: "waiting", sequence: 1 };
      await vandal.insert("deliveries", { ...head, eventId: "e", firstTriedAt: ago(24 * 9) });
    },
  },
  "an invoice whose subscription is gone": {
    check: "invoice-without-subscription",
    plant: async (world, vandal) =>
      vandal.insert("invoices", await copyOf(world, vandal, { subscriptionId: "sub_gone" })),
  },
  "a period that was forgotten": {
    check: "period-missing",
    plant: (world, vandal) => vandal.remove("invoices", p(1)(world)),
  },
  "a period that was charged under another id": {
    check: "period-twice",
    plant: async (world, vandal) => vandal.insert("invoices", await copyOf(world, vandal, {})),
  },
  "a period that begins a day too early": {
    check: "period-days",
    plant: invoice(p(1), { periodStartOn: "2026-01-14" }),
  },
  "a next period that was set back": {
    check: "period-ahead",
    plant: subscription(
      (world) => world.paid.id,
      // To where the second month was still to come.
      () => ({ nextPeriod: 2, nextPeriodAt: new Date("2026-02-15T01:00:00Z") }),
    ),
  },
  "a next period on another day": {
    check: "next-period",
    plant: subscription(
      (world) => world.paid.id,
      () => ({ nextPeriodAt: new Date("2026-04-15T01:00:00Z") }),
    ),
  },
  "an ended subscription that goes on": {
    check: "next-period",
    plant: subscription(
      (world) => world.failed.id,
      () => ({ nextPeriodAt: new Date("2026-03-15T01:00:00Z") }),
    ),
  },
  "an active subscription with a declined invoice": {
    check: "subscription-state",
    plant: subscription((world) => world.pastDue.id, { state: "active" }),
  },
  "a subscription past due that owes nothing": {
    check: "subscription-state",
    plant: subscription((world) => world.paid.id, { state: "past_due" }),
  },
  "an open invoice of a version to come": {
    check: "version-differs",
    plant: invoice(declined, { version: 9 }),
  },
  "an open invoice with another amount than the contract": {
    check: "terms-differ",
    plant: invoice(declined, { amount: 99_000 }),
  },
  "a call in flight that a cancel has not reached": {
    check: "charge-not-stopped",
    plant: async (world, vandal) => {
      await vandal.set("invoices", declined(world), {
        ...(await inFlight(world, "initiated")),
        claim: claimOf("charge", (await lastOrderNumber(world)) ?? "", ago(-1)),
      });
      await vandal.set("subscriptions", world.pastDue.id, { state: "unpaid", nextPeriodAt: null });
    },
  },
  "an active subscription whose card is gone": {
    check: "subscription-card",
    plant: (world, vandal) =>
      vandal.set("billingkeys", world.paid.billingKeyId, { state: "revoked" }),
  },
  "a subscription with another customer's card": {
    check: "subscription-card",
    plant: (world, vandal) =>
      vandal.set("subscriptions", world.paid.id, { billingKeyId: world.recovered.billingKeyId }),
  },
  "an open payment whose card is gone": {
    check: "payment-card",
    plant: invoice((world) => world.failedPayment.id, {
      state: "open",
      step: "charge",
      billingKeyId: "key_gone",
      nextActionAt: ago(0),
    }),
  },
  "a card that was sealed for another record": {
    check: "card-unreadable",
    plant: async (world, vandal) => {
      const other = await vandal.read("billingkeys", world.paid.billingKeyId);
      const key = world.canceledInFlight.billingKeyId;
      await vandal.set("billingkeys", key, { secret: other["secret"] });
    },
  },
};

export async function lastOrderNumber(world: SoundWorld): Promise<string | undefined> {
  return (await world.core.invoice(declined(world))).attempts.at(-1)?.orderNumber;
}
