import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { advanceClock } from "../../src/billing/advance-clock.ts";
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { listDeclines } from "../../src/billing/list-declines.ts";
import { listUnresolved } from "../../src/billing/list-unresolved.ts";
import { releaseHeld } from "../../src/billing/release-held.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { sweep } from "../../src/billing/sweep.ts";
import { accountsOf, chargeDepsOf, sweepDepsOf } from "../../src/compose.ts";
import { DECLINE_MAPS } from "../../src/compose-declines.ts";
import { type PausedQueue, accountPauseId } from "../../src/domain/account-pause.ts";
import { createDecline } from "../../src/domain/decline.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { type OperationalClock, systemClock } from "../../src/lib/clock.ts";
import { createCollectingLogger } from "../http/support.ts";
import { type Core, startCore } from "../support/core.ts";

const NOW = new Date("2026-01-10T10:00:00+09:00");
const HOUR_MS = 3_600_000;
const ACCOUNT = { gateway: "cookiepay", account: "default" };
const READER = { language: "en", zone: "Asia/Seoul" } as const;

describe("a refusal that is about the merchant's account", () => {
  let core: Core;
  let customers = 0;
  /** Operational time is what passes while an account stands still. */
  let aheadMs = 0;
  const clock: OperationalClock = {
    now: () => new Date(systemClock.now().getTime() + aheadMs),
    monotonicMs: () => systemClock.monotonicMs(),
  };
  const { log, lines } = createCollectingLogger();

  beforeAll(async () => {
    core = await startCore();
    await core.setClock(NOW);
  });
  afterAll(() => core?.close());
  afterEach(async () => {
    aheadMs = 0;
    lines.length = 0;
    const { database } = core.composition;
    const names = ["accountpauses", "invoices", "events"];
    await Promise.all(names.map((name) => database.collection(name).deleteMany({})));
  });

  /** As a worker has them that knows at once what others write. */
  const deps = () => ({
    ...chargeDepsOf(core.composition, "test-worker"),
    pauses: core.composition.pauses,
    clock,
    log,
  });
  const charge = (invoiceId: string) => attemptCharge(deps(), { invoiceId });
  const sweepOnce = () => sweep({ ...sweepDepsOf(core.composition), clock, log });
  const pauseOf = (queue: PausedQueue) =>
    core.composition.pauses.find(accountPauseId(ACCOUNT, queue));
  const release = () =>
    releaseHeld(deps(), { id: "cookiepay/default", reason: "limit was raised", by: "kim" });
  const approvals = (customerId: string) =>
    core.simulator.ledger({ kind: "approval", buyerId: customerId });
  const declining = (customerId: string, ...codes: string[]) =>
    core.plantFaults(
      ...codes.map((decline, index) => ({
        match: { operation: "payments", buyerId: customerId },
        nth: index + 1,
        effect: { decline },
      })),
    );

  async function duePeriod() {
    customers += 1;
    const customerId = `pause-${customers}`;
    const key = await core.register(customerId);
    const subscription = await core.subscribe(key, { firstCharge: "now" });
    await sweepOnce();
    await removeJobs();
    return { customerId, subscriptionId: subscription.id, invoiceId: `${subscription.id}-p0` };
  }

  async function removeJobs(): Promise<void> {
    await Promise.all(core.composition.queues.all().map((queue) => queue.drain()));
  }

  async function jobsAfterSweep(): Promise<number> {
    await removeJobs();
    await sweepOnce();
    const [account] = accountsOf(core.composition.gateways);
    return core.composition.queues.countWaiting(account ?? ACCOUNT);
  }

  it("stops the account's charges: no claim, no attempt, no step, nobody told", async () => {
    const refused = await duePeriod();
    const waiting = await duePeriod();
    await declining(refused.customerId, "2005");
    expect(await charge(refused.invoiceId)).toMatchObject({ outcome: "declined" });
    expect(await core.invoice(refused.invoiceId)).toMatchObject({
      state: "open",
      step: "charge",
      dueAt: NOW,
      dunning: { step: 0, firstDeclinedAt: null },
    });
    expect(await core.composition.subscriptions.find(refused.subscriptionId)).toMatchObject({
      state: "active",
    });

    expect(await charge(waiting.invoiceId)).toEqual({
      kind: "skipped",
      why: "its account is stopped",
    });
    expect(await core.invoice(waiting.invoiceId)).toMatchObject({ step: "charge", attempts: [] });
    expect(await jobsAfterSweep()).toBe(0);
    expect(await approvals(waiting.customerId)).toEqual([]);

    const alarm = lines.find((line) => line.fields["alarm"] === "account_paused");
    expect(alarm).toMatchObject({ level: "error", fields: { code: "merchant_limit", ...ACCOUNT } });
    const [row] = await listUnresolved(core.composition, READER);
    expect(row).toMatchObject({ id: "cookiepay/default", kind: "account_paused" });
    const metrics = await scrape();
    expect(metrics).toContain(
      'billing_account_paused{gateway="cookiepay",account="default",queue="charge"} 1',
    );
    expect(metrics).toContain(
      'billing_account_paused{gateway="cookiepay",account="default",queue="refund"} 0',
    );
  });

  async function scrape(): Promise<string> {
    const { createMetrics } = await import("../../src/metrics.ts");
    return createMetrics(core.composition).metrics();
  }

  it("lets one probe out when its time is over, and waits twice as long after the next no", async () => {
    const all = [await duePeriod(), await duePeriod(), await duePeriod()] as const;
    await Promise.all(all.map(({ customerId }) => declining(customerId, "2005", "2005")));
    await charge(all[0].invoiceId);
    aheadMs = HOUR_MS + 1000;
    expect(await jobsAfterSweep()).toBe(3);
    const results = await Promise.all(all.map(({ invoiceId }) => charge(invoiceId)));
    expect(results.map(({ kind }) => kind).sort()).toEqual(["charged", "skipped", "skipped"]);
    const again = await pauseOf("charge");
    expect(again?.times).toBe(2);
    const waitMs = (again?.pausedUntil?.getTime() ?? 0) - clock.now().getTime();
    expect(Math.round(waitMs / HOUR_MS)).toBe(2);
    expect(await jobsAfterSweep()).toBe(0);
  });

  it("goes on for all once the gateway takes a probe", async () => {
    const all = [await duePeriod(), await duePeriod(), await duePeriod()] as const;
    await declining(all[0].customerId, "2005");
    await charge(all[0].invoiceId);
    aheadMs = HOUR_MS + 1000;
    const results = await Promise.all(all.map(({ invoiceId }) => charge(invoiceId)));
    expect(results.filter(({ kind }) => kind === "charged")).toHaveLength(1);
    expect(await pauseOf("charge")).toMatchObject({ pausedUntil: null, times: 0 });
    for (const { invoiceId, customerId } of all) {
      await charge(invoiceId);
      expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid" });
      expect(await approvals(customerId)).toHaveLength(1);
    }
  });

  it("gives the probe back where it was not sent at all", async () => {
    const refused = await duePeriod();
    const canceled = await duePeriod();
    await declining(refused.customerId, "2005");
    await charge(refused.invoiceId);
    aheadMs = HOUR_MS + 1000;
    const other = await core.composition.subscriptions.find(canceled.subscriptionId);
    if (other === null) throw new Error("no subscription");
    await core.composition.subscriptions.write(other, { ...other, nextPeriod: 0 });
    expect(await charge(canceled.invoiceId)).toMatchObject({ kind: "skipped" });
    expect(await charge(refused.invoiceId)).toMatchObject({ outcome: "approved" });
  });

  it("of many that are out at once stops the account once", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => duePeriod()));
    await Promise.all(all.map(({ customerId }) => declining(customerId, "2005")));
    await Promise.all(all.map(({ invoiceId }) => charge(invoiceId)));
    expect(await pauseOf("charge")).toMatchObject({ times: 1 });
    expect(lines.filter((line) => line.fields["alarm"] === "account_paused")).toHaveLength(1);
  });

  it("ends when a person says so, on record", async () => {
    const refused = await duePeriod();
    await declining(refused.customerId, "2005");
    await charge(refused.invoiceId);
    expect(await release()).toEqual({ id: "cookiepay/default", state: "released: charges" });
    await expect(release()).rejects.toMatchObject({ code: "NOT_HELD" });
    expect(await charge(refused.invoiceId)).toMatchObject({ outcome: "approved" });
    await sweepOnce();
    const events = await core.composition.database
      .collection("events")
      .find({ documentId: "cookiepay/default/charge" })
      .toArray();
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "account.paused", reason: "merchant_limit" }),
        expect.objectContaining({
          type: "account.released",
          actor: "operator",
          by: "kim",
          reason: "limit was raised",
        }),
      ]),
    );
  });

  it("on a refund stops the account's refunds, keeps this one, and lets charges go on", async () => {
    const paid = await duePeriod();
    await charge(paid.invoiceId);
    await requestRefund(deps(), {
      paymentId: paid.invoiceId,
      amount: null,
      reason: "asked",
      idempotency: null,
    });
    const [adapter] = core.composition.gateways.all();
    if (adapter === undefined) throw new Error("no adapter");
    const short = createDecline("settlement_balance_short", { code: "9029", message: "잔액 부족" });
    const refusing = createGatewayRegistry([
      { ...adapter, refund: async () => ({ kind: "declined", decline: short }) },
    ]);
    const input = { invoiceId: paid.invoiceId };
    expect(await attemptRefund({ ...deps(), gateways: refusing }, input)).toMatchObject({
      outcome: "declined",
    });
    const waiting = await core.invoice(paid.invoiceId);
    expect(waiting).toMatchObject({ step: "refund", refundable: 0 });
    expect(waiting.refunds).toMatchObject([
      { state: "queued", decline: { code: "settlement_balance_short" } },
    ]);
    expect(await attemptRefund(deps(), input)).toMatchObject({ kind: "skipped" });
    expect(await jobsAfterSweep()).toBe(0);

    const charged = await duePeriod();
    expect(await charge(charged.invoiceId)).toMatchObject({ outcome: "approved" });
    expect(await release()).toMatchObject({ state: "released: refunds" });
    expect(await attemptRefund(deps(), input)).toMatchObject({ outcome: "approved" });
    const [refund] = (await core.invoice(paid.invoiceId)).refunds;
    expect(refund).toMatchObject({ state: "done", decline: null });
  });

  it("does not keep a rehearsal of time waiting", async () => {
    const refused = await duePeriod();
    await declining(refused.customerId, "2005");
    await charge(refused.invoiceId);
    const to = new Date(NOW.getTime() + 60_000);
    const until = systemClock.monotonicMs() + 10_000;
    const { composition } = core;
    const advanced = await advanceClock(
      {
        ...composition,
        hints: { charge: async () => {}, document: async () => {}, sweep: async () => {} },
        tellOthers: (now) => core.simulator.setClock(now),
      },
      { to, shouldStop: () => systemClock.monotonicMs() > until },
    );
    expect(advanced.now).toEqual(to);
  });
});

describe("a code that no map knows", () => {
  let core: Core;
  beforeAll(async () => {
    core = await startCore();
    await core.setClock(NOW);
  });
  afterAll(() => core?.close());

  it("is tried once more, given up, and listed with how often it came", async () => {
    const key = await core.register("unknown-code");
    const { id } = await core.subscribe(key, { firstCharge: "now" });
    await core.sweep();
    const invoiceId = `${id}-p0`;
    await core.plantFaults(
      ...[1, 2].map((nth) => ({
        match: { operation: "payments", buyerId: "unknown-code" },
        nth,
        effect: { decline: "8837" },
      })),
    );
    await core.charge(invoiceId);
    const once = await core.invoice(invoiceId);
    expect(once).toMatchObject({ state: "open", dunning: { step: 1, unrecognized: 1 } });
    await core.setClock(once.dueAt);
    await core.charge(invoiceId);
    const given = await core.invoice(invoiceId);
    expect(given).toMatchObject({ state: "failed", dunning: { step: 1, unrecognized: 2 } });

    const deps = { ...core.composition, declineMaps: DECLINE_MAPS };
    const { unrecognized, codes } = await listDeclines(deps, "ko");
    expect(unrecognized).toEqual([
      {
        gateway: "cookiepay",
        rawCode: "8837",
        count: 2,
        firstSeenAt: NOW.toISOString(),
        lastSeenAt: once.dueAt.toISOString(),
        orderNumber: given.attempts[1]?.orderNumber,
      },
    ]);
    expect(codes.find(({ code }) => code === "unrecognized")).toMatchObject({ count: 2 });
  });
});
