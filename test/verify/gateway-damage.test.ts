import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Credential, GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { verify } from "../../src/billing/verify/verify.ts";
import { type Vandal, createVandal } from "./plant.ts";
import { BUILT_ON, type SoundWorld, WHOLE, buildSoundWorld, testDepsOf } from "./world.ts";

const HOUR_MS = 3_600_000;

describe("our books against the gateway's", () => {
  let world: SoundWorld;
  let vandal: Vandal;
  let adapter: GatewayAdapter;

  beforeAll(async () => {
    world = await buildSoundWorld();
    vandal = createVandal(world.core);
    adapter = world.core.composition.gateways.get("cookiepay", "default");
  }, 240_000);
  afterEach(async () => {
    await vandal.restore();
    await fetch(`${world.core.simulatorUrl}/_sim/faults`, { method: "DELETE" });
  });
  afterAll(() => world?.core.close());

  const compare = async (options: { range?: typeof WHOLE; sharedAccount?: boolean } = {}) =>
    verify(testDepsOf(world.core), { range: WHOLE, ...options });

  const found = async () => (await compare()).findings.map(({ check }) => check);

  async function openCall() {
    const opened = await adapter.openCredential({ call: "read" });
    if (opened.kind !== "ready") throw new Error(opened.reason);
    const credential: Credential = opened.credential;
    return { credential, maySend: () => true };
  }

  /** A charge that no use case of ours made. */
  async function chargeBehindOurBack(orderNumber: string, amount = 1000) {
    const { billingKeys, secrets } = world.core.composition;
    const key = await billingKeys.find(world.paid.billingKeyId);
    if (key?.secret == null) throw new Error("no key");
    const outcome = await adapter.charge(await openCall(), {
      orderNumber,
      source: { kind: "billing_key", billingKey: secrets.open(key.secret, key.id) },
      amount,
      productName: "x",
      customerId: "somebody",
      customerName: "x",
    });
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    return outcome.transaction;
  }

  async function refundBehindOurBack(transactionId: string) {
    const outcome = await adapter.refund(await openCall(), {
      transactionId,
      orderNumber: "-",
      amount: 1,
      leftBefore: 1,
      everythingLeft: true,
      paidWith: "billing_key",
      reason: "console",
    });
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
  }

  it("agrees where nothing is wrong, day by day", async () => {
    const report = await compare();
    expect(report).toMatchObject({ ok: true, findings: [] });
    const sums = report.gateways?.days.filter((day) => day.approvals.theirs.count > 0) ?? [];
    expect(sums.length).toBeGreaterThan(3);
    for (const day of sums) {
      expect(day.approvals.ours).toEqual(day.approvals.theirs);
      expect(day.refunds.ours).toBe(day.refunds.theirs);
    }
    const total = sums.reduce((sum, day) => sum + day.approvals.theirs.count, 0);
    expect(total).toBe((await world.core.simulator.ledger({ kind: "approval" })).length);
  });

  it("finds a charge of ours that is missing there", async () => {
    const original = await vandal.read("invoices", world.payment.id);
    const [attempt] = original["attempts"] as Record<string, unknown>[];
    await vandal.insert("invoices", {
      ...original,
      _id: "pay_invented",
      number: "INVENTED0000",
      attempts: [
        {
          ...attempt,
          orderNumber: "KB-INVENTED0000-1",
          transaction: { ...(attempt?.["transaction"] as object), id: "T-INVENTED" },
          callEndedAt: new Date(Date.now() - HOUR_MS),
        },
      ],
      outboxNumber: 0,
    });
    const { findings } = await compare();
    expect(findings).toMatchObject([
      { check: "gateway-missing-charge", documentId: "pay_invented", since: expect.any(Date) },
    ]);
    // What was written a moment ago may not be listed yet.
    await vandal.set("invoices", "pay_invented", { "attempts.0.callEndedAt": new Date() });
    expect(await found()).toEqual([]);
  });

  it.each([
    [
      "another amount here",
      "gateway-amount",
      { "attempts.0.amount": 4000, capturedAmount: 4000, refundable: 4000 },
    ],
    [
      "another transaction here",
      "gateway-other-transaction",
      { "attempts.0.transaction.id": "T-TYPED-WRONG" },
    ],
  ])("finds %s", async (_what, check, fields) => {
    await vandal.set("invoices", world.payment.id, fields);
    expect(await found()).toEqual([check]);
  });

  it("finds a refund of ours that is missing there", async () => {
    const [done] = (await world.core.invoice(world.partlyRefunded.id)).refunds;
    const { attempts } = world.payment;
    await vandal.set("invoices", world.payment.id, {
      refundable: 0,
      refunds: [
        {
          ...done,
          id: "ref_invented",
          idempotency: { key: "invented", bodyHash: "" },
          amount: 5000,
          transactionId: attempts[0]?.transaction?.id,
          orderNumber: attempts[0]?.orderNumber,
          callEndedAt: new Date(Date.now() - HOUR_MS),
        },
      ],
    });
    expect(await found()).toEqual(["gateway-missing-refund"]);
  });

  it("says which days could not be compared, and is not content with the others", async () => {
    const range = { fromOn: "2026-02-14", untilOn: "2026-02-16" };
    const failing: GatewayAdapter = {
      ...adapter,
      openCredential: (use) => adapter.openCredential(use),
      listTransactions: (call, request) =>
        request.fromOn === "2026-02-15"
          ? Promise.resolve({ kind: "failed", reason: "http 503" })
          : adapter.listTransactions(call, request),
    };
    const deps = { ...testDepsOf(world.core), gateways: createGatewayRegistry([failing]) };
    const report = await verify(deps, { range });
    expect(report).toMatchObject({
      ok: false,
      findings: [],
      gateways: {
        days: [{ on: "2026-02-14" }, { on: "2026-02-16" }],
        notCompared: [{ gateway: "cookiepay", on: "2026-02-15", reason: "http 503" }],
      },
    });
    const capabilities = { ...adapter.capabilities, listTransactions: false };
    const mute = createGatewayRegistry([{ ...adapter, capabilities }]);
    const unable = await verify({ ...deps, gateways: mute }, { range });
    expect(unable.ok).toBe(false);
    expect(unable.gateways?.notCompared).toMatchObject([{ on: null, reason: /cannot list/ }]);
  });

  // From here on the gateway's ledger is damaged: it is append-only and cannot be mended.

  it("finds a charge behind our back", async () => {
    await chargeBehindOurBack("SHOP-WINDOW-1");
    expect((await compare()).findings).toMatchObject([
      { check: "gateway-unknown-charge", documentId: "SHOP-WINDOW-1", subscriptionId: null },
    ]);
    const shared = await compare({ sharedAccount: true });
    expect(shared.findings).toEqual([]);
    expect(shared.gateways?.days.find((day) => day.on === BUILT_ON)?.others).toBe(1);

    await chargeBehindOurBack("KB-NOBODYKNOWS0-1");
    expect((await compare({ sharedAccount: true })).findings).toMatchObject([
      { check: "gateway-unknown-charge", documentId: "KB-NOBODYKNOWS0-1" },
    ]);
  });

  const later = async (options = { sharedAccount: true }) =>
    (await compare(options)).findings
      .filter(({ documentId }) => documentId !== "KB-NOBODYKNOWS0-1")
      .map(({ check, documentId }) => [check, documentId]);

  it("finds a second charge under an order number of ours", async () => {
    await chargeBehindOurBack(world.payment.attempts[0]?.orderNumber ?? "", 5000);
    expect(await later()).toEqual([["gateway-second-charge", world.payment.id]]);
  });

  it("finds an approval of an attempt that was closed for good, and waits for its second looks", async () => {
    const { id, attempts } = world.failedPayment;
    await vandal.set("invoices", id, { "attempts.0.recheckAt": new Date(), recheckAt: new Date() });
    await chargeBehindOurBack(attempts[0]?.orderNumber ?? "", 6000);
    const others = (await later()).filter(([, documentId]) => documentId !== world.payment.id);
    expect(others).toEqual([]);
    await vandal.set("invoices", id, { "attempts.0.recheckAt": null, recheckAt: null });
    expect(await later()).toContainEqual(["gateway-unpaid-charge", id]);
  });

  it("finds a refund behind our back", async () => {
    const invoiceId = `${world.paid.id}-p1`;
    const { attempts } = await world.core.invoice(invoiceId);
    await refundBehindOurBack(attempts[0]?.transaction?.id ?? "");
    expect(await later()).toContainEqual(["gateway-unknown-refund", invoiceId]);
  });
});
