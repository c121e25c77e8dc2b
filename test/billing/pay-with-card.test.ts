import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CardPaymentInput, payWithCard } from "../../src/billing/pay-with-card.ts";
import { type Core, startCore } from "../support/core.ts";

const NUMBER = "4111111111111111";
/** A call that never left ends a card's payment: a busy machine must not look like that. */
const PATIENT = {
  CHARGE_CALL_DEADLINE_MS: "1000",
  CHARGE_CONNECT_TIMEOUT_MS: "800",
  CHARGE_TOKEN_TIMEOUT_MS: "2000",
  CHARGE_LEASE_MS: "4000",
  CHARGE_LOCK_MS: "6000",
  SETTLE_DELAY_MS: "5200",
};
const LEASE = { leaseMs: 4000, marginMs: 100 };
/** A busy machine takes its time. */
const WAITING = { timeout: 20_000, interval: 30 };
const CARD = { number: NUMBER, expiry: "3012", password: "12", holderId: "901231" };

describe("a card that is keyed in", () => {
  let core: Core;
  let serial = 0;

  beforeAll(async () => {
    core = await startCore(PATIENT);
  });
  afterAll(() => core?.close());

  const pay = (changes: Partial<CardPaymentInput> = {}) =>
    payWithCard(
      {
        ...core.composition,
        defaultGateway: "cookiepay",
        lease: LEASE,
        worker: "api",
        random: () => 0.5,
      },
      {
        gateway: null,
        account: "default",
        card: CARD,
        saveCard: false,
        customerId: `keyed-${(serial += 1)}`,
        customerName: "홍길동",
        amount: 9900,
        productName: "단건 상품",
        idempotency: null,
        ...changes,
      },
    );

  const fault = (customerId: string, effect: unknown, operation = "keyin") =>
    fetch(`${core.simulatorUrl}/_sim/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ rules: [{ match: { operation, buyerId: customerId }, effect }] }),
    });

  const approvals = (customerId: string) =>
    core.simulator.ledger({ kind: "approval", buyerId: customerId });

  it("is charged before the answer, kept nowhere, and given back like any payment", async () => {
    const payment = await pay({ customerId: "keyed-a" });
    expect(payment).toMatchObject({
      state: "paid",
      paidWith: "card",
      billingKeyId: null,
      capturedAmount: 9900,
      attempts: [{ number: 1, state: "approved", billingKeyId: null }],
    });
    expect(await approvals("keyed-a")).toHaveLength(1);
    const { database } = core.composition;
    for (const { name } of (await database.db?.listCollections().toArray()) ?? []) {
      const stored = await database.collection(name).find({}).toArray();
      expect(JSON.stringify(stored)).not.toContain(NUMBER);
    }
  });

  it("is charged once under one Idempotency-Key, however often it is asked", async () => {
    const idempotency = { key: "key-in-1", bodyHash: "h1" };
    const asked = { customerId: "keyed-b", idempotency };
    const all = await Promise.all(Array.from({ length: 4 }, () => pay(asked)));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await approvals("keyed-b")).toHaveLength(1);
    const other = { ...asked, idempotency: { ...idempotency, bodyHash: "h2" } };
    await expect(pay(other)).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("ends as failed where it is declined", async () => {
    await fault("keyed-c", { decline: "2001" });
    expect(await pay({ customerId: "keyed-c" })).toMatchObject({
      state: "failed",
      attempts: [{ state: "declined", decline: { code: "insufficient_funds" } }],
    });
  });

  it("stays open while its outcome is unknown, and is found; never charged again", async () => {
    await fault("keyed-d", "commit_then_drop");
    const payment = await pay({ customerId: "keyed-d" });
    expect(payment).toMatchObject({ state: "open", step: "ask" });
    await untilSettled(payment.id);
    expect(await core.invoice(payment.id)).toMatchObject({ state: "paid" });
    expect(await approvals("keyed-d")).toHaveLength(1);
  });

  it("ends as not charged where the gateway never saw it", async () => {
    await fault("keyed-e", "hang");
    const payment = await pay({ customerId: "keyed-e" });
    expect(payment).toMatchObject({ state: "open", step: "ask" });
    await untilSettled(payment.id);
    expect(await core.invoice(payment.id)).toMatchObject({
      state: "failed",
      attempts: [{ state: "absent" }],
    });
    expect(await approvals("keyed-e")).toHaveLength(0);
  });

  it("is unknown where the process died over the call, and no worker takes it up", async () => {
    await fault("keyed-f", "commit_then_hang");
    // The process is gone: nobody records what comes back.
    const dead = {
      ...core.composition.invoices,
      recordOutcome: () => new Promise<never>(() => {}),
    };
    const composition = { ...core.composition, invoices: dead };
    void payWithCard(
      {
        ...composition,
        defaultGateway: "cookiepay",
        lease: LEASE,
        worker: "dead",
        random: () => 0.5,
      },
      {
        gateway: null,
        account: "default",
        card: CARD,
        saveCard: false,
        customerId: "keyed-f",
        customerName: "홍길동",
        amount: 9900,
        productName: "단건 상품",
        idempotency: { key: "key-in-dead", bodyHash: "h" },
      },
    );
    const found = async () => core.composition.invoices.findByIdempotencyKey("key-in-dead");
    await expect.poll(found, WAITING).toMatchObject({ step: "call" });
    await expect.poll(async () => (await core.sweep(), (await found())?.step), WAITING).toBe("ask");
    const { id = "" } = (await found()) ?? {};
    await untilSettled(id);
    expect(await core.invoice(id)).toMatchObject({ state: "paid" });
    expect(await approvals("keyed-f")).toHaveLength(1);
  });

  it("is saved by the same call where that is asked for", async () => {
    const payment = await pay({ customerId: "keyed-g", saveCard: true });
    expect(payment).toMatchObject({ state: "paid", paidWith: "card" });
    const key = await core.composition.billingKeys.find(payment.billingKeyId ?? "");
    expect(key).toMatchObject({ state: "active", customerId: "keyed-g", cardName: "BC" });
    if (key === null) throw new Error("no key");
    const subscription = await core.subscribe(key, { firstCharge: "now" });
    expect(subscription).toMatchObject({ billingKeyId: key.id });
  });

  it("is not saved where it is declined", async () => {
    await fault("keyed-h", { decline: "2003" }, "billkeygen");
    const payment = await pay({ customerId: "keyed-h", saveCard: true });
    expect(payment).toMatchObject({ state: "failed" });
    const key = await core.composition.billingKeys.find(payment.billingKeyId ?? "");
    expect(key).toMatchObject({ state: "refused", reason: "card_lost_or_stolen", secret: null });
  });

  it("is refused at an account that is not configured", async () => {
    await expect(pay({ account: "shop2" })).rejects.toMatchObject({
      code: "GATEWAY_NOT_CONFIGURED",
      pointer: "/account",
    });
  });

  it("leaves no key behind for requests that came second", async () => {
    const idempotency = { key: "key-in-saved", bodyHash: "h" };
    const asked = { customerId: "keyed-i", saveCard: true, idempotency };
    await Promise.all(Array.from({ length: 4 }, () => pay(asked)));
    const keys = core.composition.database.collection("billingkeys");
    expect(await keys.find({ customerId: "keyed-i" }).toArray()).toMatchObject([
      { state: "active" },
    ]);
  });

  it("stops the account where the shop's side is at fault, and is refused while it stands", async () => {
    await fault("keyed-j", { decline: "2005" });
    expect(await pay({ customerId: "keyed-j" })).toMatchObject({ state: "failed" });
    await expect(pay({ customerId: "keyed-k" })).rejects.toMatchObject({
      code: "GATEWAY_UNREACHABLE",
      params: { gateway: "cookiepay", retryAfterS: expect.any(Number) },
    });
    expect(await core.simulator.ledger({ buyerId: "keyed-k" })).toEqual([]);
  });

  async function untilSettled(id: string): Promise<void> {
    await expect
      .poll(async () => {
        const invoice = await core.invoice(id);
        if (invoice.step === "ask") await core.ask(id);
        return (await core.invoice(id)).step;
      }, WAITING)
      .toBe("none");
  }
});
