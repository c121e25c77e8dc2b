import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  BILLING_KEY_CHECKS,
  INVOICE_CHECKS,
  LANE_CHECKS,
  SUBSCRIPTION_CHECKS,
} from "../../src/billing/verify/check-list.ts";
import { verify } from "../../src/billing/verify/verify.ts";
import { createDatabase, openDatabase } from "../../src/stores/connection.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import {
  DAMAGES,
  HOUR_MS,
  ago,
  claimOf,
  declined,
  inFlight,
  lastOrderNumber,
  p,
  payment,
} from "./damages.ts";
import { type Vandal, createVandal } from "./plant.ts";
import { type SoundWorld, WHOLE, buildSoundWorld, testDepsOf, verifyWorld } from "./world.ts";

describe("damage in a database", () => {
  let world: SoundWorld;
  let vandal: Vandal;

  beforeAll(async () => {
    world = await buildSoundWorld();
    vandal = createVandal(world.core);
  }, 240_000);
  afterEach(() => vandal.restore());
  afterAll(() => world?.core.close());

  const found = async () => {
    const report = await verifyWorld(world.core);
    expect(report.ok).toBe(report.findings.length === 0);
    return report.findings.map((finding) => finding.check);
  };

  it("is not there in a sound one, which holds everything that can happen", async () => {
    expect(world.paid).toMatchObject({ state: "active", nextPeriod: 3 });
    expect(world.failed).toMatchObject({ state: "unpaid" });
    expect(world.trial).toMatchObject({ state: "active" });
    expect(world.canceledInFlight).toMatchObject({ state: "canceled" });
    expect(world.pastDue).toMatchObject({ state: "past_due" });
    const states = async (id: string) => {
      const { state, attempts, refunds } = await world.core.invoice(id);
      return {
        state,
        attempts: attempts.map((attempt) => attempt.state),
        refunds: refunds.map((refund) => `${refund.state} ${refund.amount}`),
      };
    };
    expect(await states(`${world.recovered.id}-p0`)).toEqual({
      state: "paid",
      attempts: ["declined", "approved"],
      refunds: [],
    });
    expect(await states(`${world.canceledInFlight.id}-p0`)).toMatchObject({
      state: "paid",
      refunds: ["done 9900"],
    });
    expect(await states(`${world.lateRefunded.id}-p0`)).toEqual({
      state: "paid",
      attempts: ["absent", "approved"],
      refunds: ["done 9900"],
    });
    expect(await states(`${world.unknownSettled.id}-p0`)).toMatchObject({ state: "paid" });
    expect(world.partlyRefunded).toMatchObject({ refundable: 4000 });
    expect(world.failedPayment).toMatchObject({ state: "failed" });
    expect(world.held).toMatchObject({ held: "late" });
    expect((await verifyWorld(world.core)).findings).toEqual([]);
  });

  it.each(Object.entries(DAMAGES))("is found: %s", async (_name, { check, also, plant }) => {
    expect(await found()).toEqual([]);
    await plant(world, vandal);
    expect((await found()).sort()).toEqual([check, ...(also === undefined ? [] : [also])].sort());
  });

  it("is planted here for every check that there is", () => {
    const planted = new Set(Object.values(DAMAGES).map(({ check }) => check));
    const checks = [
      ...INVOICE_CHECKS,
      ...SUBSCRIPTION_CHECKS,
      ...BILLING_KEY_CHECKS,
      ...LANE_CHECKS,
    ];
    const names = [...new Set(checks.map(({ name }) => name))];
    // Those whose age is the age of an event, and the index, are planted below.
    const below = [
      "subscription-not-told",
      "change-unfinished",
      "open-after-end",
      "number-not-unique",
      "period-not-opened",
    ];
    expect(names.filter((name) => !planted.has(name)).sort()).toEqual(below.sort());
    for (const { title, advice } of checks) {
      for (const text of [title, advice]) {
        expect(text.en).toMatch(/^[A-Z]/);
        expect(text.ko).toMatch(/[가-힣]/);
      }
    }
  });

  it("is found where a document has lost a field, whatever reads it", async () => {
    await vandal.set("invoices", world.payment.id, { refunds: null });
    await vandal.set("subscriptions", world.paid.id, { schedule: null });
    const report = await verifyWorld(world.core);
    expect(new Set(report.findings.map((finding) => finding.check))).toEqual(
      new Set(["unreadable"]),
    );
    expect(new Set(report.findings.map((finding) => finding.documentId))).toEqual(
      new Set([world.payment.id, world.paid.id]),
    );
  });

  it("says where, since when and what to do, in both languages", async () => {
    await vandal.set("invoices", declined(world), await inFlight(world, "unknown"));
    const { findings } = await verifyWorld(world.core);
    expect(findings).toMatchObject([
      {
        check: "charge-unknown",
        documentId: declined(world),
        subscriptionId: world.pastDue.id,
        since: expect.any(Date),
        detail: expect.stringMatching(/^KB-[A-Z0-9]{12}-1 unknown: .*; evidence: none$/),
        advice: {
          en: expect.stringContaining("billing resolve"),
          ko: expect.stringContaining("billing resolve"),
        },
      },
    ]);
  });

  it("is not what a system at work leaves for a moment, nor what waits for a person", async () => {
    const young = { ...(await inFlight(world, "unknown")), claim: null };
    const orderNumber = (await lastOrderNumber(world)) ?? "";
    const attempts = young.attempts.map((attempt) => ({ ...attempt, unknownSince: new Date() }));
    const claim = claimOf("charge", orderNumber, ago(-1));
    await vandal.set("invoices", declined(world), { ...young, attempts, claim });
    await vandal.set("invoices", p(2)(world), {
      followUp: true,
      outboxNumber: 3,
      outbox: [{ number: 3, type: "invoice.paid", at: new Date(), recordedAt: new Date() }],
    });
    expect(await found()).toEqual([]);
    await vandal.restore();

    const held = { ...(await inFlight(world, "unknown")), held: "amount_mismatch" };
    await vandal.set("invoices", declined(world), held);
    await vandal.set("subscriptions", world.paid.id, { parked: "somebody looked", aligning: true });
    const report = await verifyWorld(world.core);
    expect(report.findings).toEqual([]);
    const waiting = report.waiting.map(({ documentId, detail }) => `${documentId} ${detail}`);
    expect(waiting).toContain(`${declined(world)} amount_mismatch`);
    expect(waiting).toContain(`${world.paid.id} somebody looked`);
    expect(waiting).toContain(`${world.held.id} late`);
  });

  it("is believed only where a second reading shows it again", async () => {
    await vandal.set("invoices", payment(world), { refundable: 1 });
    const deps = testDepsOf(world.core);
    let readings = 0;
    const mending = {
      ...deps.reader,
      findInvoices: async (ids: readonly string[]) => {
        readings += 1;
        await vandal.restore();
        return deps.reader.findInvoices(ids);
      },
    };
    const report = await verify({ ...deps, reader: mending }, { range: null });
    expect(readings).toBe(1);
    expect(report).toMatchObject({ ok: true, findings: [] });
  });

  it("changes nothing by being looked for", async () => {
    const { database } = world.core.composition;
    const names = ["invoices", "subscriptions", "billingkeys", "events", "clocks"];
    const everything = async () =>
      JSON.stringify(
        await Promise.all(
          names.map((name) => database.collection(name).find({}).sort({ _id: 1 }).toArray()),
        ),
      );
    await vandal.set("invoices", payment(world), { refundable: 1 });
    const before = await everything();
    await verifyWorld(world.core, { range: WHOLE });
    expect(await everything()).toBe(before);
  });

  it("is found where marks were left: told late, changed late", async () => {
    // Their age is the age of the newest event, so it is the events that are made old.
    const ageEvents = (id: string) =>
      world.core.composition.database
        .collection("events")
        .updateMany({ documentId: id }, { $set: { recordedAt: ago(2) } });
    await ageEvents(p(2)(world));
    await vandal.set("invoices", p(2)(world), { followUp: true });
    expect(await found()).toEqual(["subscription-not-told"]);
    await vandal.restore();

    await ageEvents(world.paid.id);
    await vandal.set("subscriptions", world.paid.id, { aligning: true });
    expect(await found()).toEqual(["change-unfinished"]);
    await vandal.restore();

    await ageEvents(world.pastDue.id);
    await vandal.set("subscriptions", world.pastDue.id, { state: "unpaid", nextPeriodAt: null });
    expect(await found()).toEqual(["open-after-end"]);
    await vandal.restore();
    await vandal.set("subscriptions", world.pastDue.id, { version: 5 });
    expect(await found()).toEqual(["version-differs"]);
  });

  it("is found where an index is gone, and where that let a number in twice", async () => {
    const { database } = world.core.composition;
    await database.collection("invoices").dropIndex("number");
    expect(await found()).toEqual(["index-missing"]);
    const { number } = await world.core.invoice(world.failedPayment.id);
    await vandal.set("invoices", world.payment.id, {
      number,
      "attempts.0.orderNumber": `KB-${number}-9`,
      "attempts.0.number": 9,
    });
    expect((await found()).sort()).toEqual([
      "attempt-missing",
      "index-missing",
      "number-not-unique",
      "number-not-unique",
    ]);
    await vandal.restore();
    const other = createDatabase();
    await openDatabase(other, world.core.composition.config.mongoUrl ?? "");
    await createIndexes(other);
    await other.close();
    expect(await found()).toEqual([]);
  });

  it("is found where the sweep has not come for hours", async () => {
    const { nextPeriodAt } = world.paid;
    await world.core.setClock(new Date((nextPeriodAt?.getTime() ?? 0) + 3 * HOUR_MS));
    const report = await verifyWorld(world.core);
    const late = report.findings.filter((finding) => finding.documentId === world.paid.id);
    expect(late.map((finding) => finding.check)).toEqual(["period-not-opened"]);
  });
});
