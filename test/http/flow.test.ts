import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { type Composition, chargeDepsOf, compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import type { WorkHints } from "../../src/queues/work-hints.ts";
import { type Simulator, createSimulator } from "../../src/simulator/simulator.ts";
import { type TestServices, startTestServices } from "../support/services.ts";
import { GOOD_BODIES, createCollectingLogger, send } from "./support.ts";

const CARD = GOOD_BODIES["/billing/register"];
const DECLINING_CARD = { ...CARD, cardNumber: "4000000000010118", expireDate: "9912" };

const folder = mkdtempSync(join(tmpdir(), "http-flow-"));
const { log, lines } = createCollectingLogger();
let services: TestServices;
let simulator: Simulator;
let composition: Composition;
let app: HttpApp;
/** False: a hint is lost, and nothing is charged until the sweep finds it. */
let workerRuns = true;
/** How often the workers were asked to look for work. */
let sweeps = 0;
/** Calls that the worker has begun. */
const calls = new Set<Promise<unknown>>();

beforeAll(async () => {
  services = await startTestServices();
  simulator = await createSimulator({ dir: folder });
  const config = loadConfig({
    NODE_ENV: "test",
    LOG_LEVEL: "silent",
    MONGODB_URI: services.mongoUrl,
    REDIS_URL: services.redisUrl,
    QUEUE_PREFIX: services.keyPrefix,
    GATEWAYS: "cookiepay",
    COOKIEPAY_API_URL: `http://127.0.0.1:${simulator.port}`,
  });
  composition = compose(config, log);
  await composition.ready;
  app = await createApp({
    ...(await appDepsOf(composition)),
    hints: workAtOnce(composition),
    adminPassword: { user: "admin", verify: async (password) => password === "pw" },
  });
});

afterAll(async () => {
  await app?.close();
  await Promise.all(calls);
  await composition?.close();
  await simulator?.close();
  await services?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A worker without a queue: a hint is worked on in the background. */
function workAtOnce({ queues }: Composition): WorkHints {
  return {
    document: (...hint) => queues.hints.document(...hint),
    sweep: async () => {
      sweeps += 1;
      await queues.hints.sweep();
    },
    charge: async ({ id, step }) => {
      if (!workerRuns) return;
      const attempt = step === "refund" ? attemptRefund : attemptCharge;
      const call = attempt(chargeDepsOf(composition, "test"), { invoiceId: id });
      calls.add(call);
      void call.finally(() => calls.delete(call));
    },
  };
}

function post(url: string, payload: object, headers: Record<string, string> = {}) {
  return send(app, { method: "POST", url, payload, headers });
}

function get(url: string, headers: Record<string, string> = {}) {
  return send(app, { method: "GET", url, headers });
}

async function register(card: object = CARD): Promise<string> {
  const answer = await post("/billing/register", card);
  expect(answer.status).toBe(201);
  return String(answer.body["billingKey"]);
}

async function payAtOnce(amount = 9900, headers: Record<string, string> = {}) {
  const billingKey = await register();
  return post(
    "/billing/pay",
    { billingKey, amount, productName: "월간 구독" },
    { prefer: "wait=20", ...headers },
  );
}

// First of all: later there is work that falls due with time.
describe("the test clock", () => {
  it("is read, moved and never turned back", async () => {
    const before = await get("/test-clock");
    expect(before.body).toMatchObject({ frozen: false });
    const now = new Date(String(before.body["now"]));
    const to = new Date(now.getTime() + 3_600_000).toISOString();
    const moved = await post("/test-clock/advance", { to });
    expect(moved.status).toBe(200);
    expect(moved.body).toEqual({ now: to, visited: 1 });
    expect((await get("/test-clock")).body).toEqual({ now: to, frozen: true });
    const back = await post("/test-clock/advance", { to: now.toISOString() });
    expect(back.status).toBe(409);
    expect(back.body.code).toBe("CLOCK_CANNOT_GO_BACK");
  });

  it("goes months from the day where it stands", async () => {
    const target = new Date(Date.UTC(systemClock.now().getUTCFullYear() + 1, 0, 31, 3));
    await post("/test-clock/advance", { to: target.toISOString() });
    const moved = await post("/test-clock/advance", { months: 1 });
    expect(moved.body["now"]).toMatch(/-02-2[89]T03:00:00\.000Z$/);
    const later = await post("/test-clock/advance", { days: 1 });
    expect(later.body["now"]).toMatch(/-03-01T03:00:00\.000Z$|-02-29T03:00:00\.000Z$/);
  });

  it("waits for work that is due, but for nobody who has hung up", async () => {
    await app.listen({ port: 0, host: "127.0.0.1" });
    const [address] = app.addresses();
    const port = typeof address === "object" ? address.port : 0;
    workerRuns = false;
    await payAtOnce(1000, { prefer: "" });
    const caller = new AbortController();
    const advance = fetch(`http://127.0.0.1:${port}/test-clock/advance`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ days: 1 }),
      signal: caller.signal,
    });
    const asked = sweeps + 2;
    await vi.waitUntil(() => sweeps >= asked, { timeout: 20_000 });
    caller.abort();
    await expect(advance).rejects.toThrow(/abort/);
    // Nobody asks for work any more: two looks, far apart for the loop, see the same number.
    for (let before = -1; before !== sweeps; await sleep(500)) before = sweeps;
    workerRuns = true;
  });
});

describe("a card", () => {
  it("is saved by the source document's own request", async () => {
    const answer = await send(app, {
      method: "POST",
      url: "/billing/register",
      headers: { "content-type": "application/json" },
      payload: `{
    "cardNumber": "4111111111111111",
    "expireDate": "2512",
    "cardPassword": "12",
    "birthDate": "901231",
    "customerName": "홍길동",
    "customerId": "user123"
  }`,
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      billingKey: expect.stringMatching(/^key_/),
      gateway: "cookiepay",
      cardName: expect.any(String),
      maskedNumber: "411111******1111",
      customerId: "user123",
      state: "active",
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it("is saved once under one Idempotency-Key", async () => {
    const headers = { "idempotency-key": "register-1" };
    const first = await post("/billing/register", CARD, headers);
    const second = await post("/billing/register", CARD, headers);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    const other = await post("/billing/register", { ...CARD, customerId: "other" }, headers);
    expect(other.status).toBe(422);
    expect(other.body.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("that the gateway refuses is answered with its reason", async () => {
    const answer = await post("/billing/register", { ...CARD, cardNumber: "4000000000000002" });
    expect(answer.status).toBe(402);
    expect(answer.body.code).toBe("CARD_REFUSED");
    expect(answer.body.decline?.message).toBe(answer.body.detail);
    expect(answer.text).not.toContain("4000000000000002");
  });

  it("is not saved at a gateway that is not configured", async () => {
    const answer = await post("/billing/register", { ...CARD, gateway: "acmepay" });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toBe("/gateway");
  });

  it("with a name in decomposed Hangul is saved under the composed one", async () => {
    const answer = await post("/billing/register", {
      ...CARD,
      customerName: CARD.customerName.normalize("NFD"),
    });
    const key = await composition.billingKeys.find(String(answer.body["billingKey"]));
    expect(key?.customerName).toBe("홍길동");
  });
});

async function subscribe(extra: object = {}, headers: Record<string, string> = {}) {
  const billingKey = await register();
  const body = { ...GOOD_BODIES["/billing/subscribe"], billingKey, ...extra };
  return { body, answer: await post("/billing/subscribe", body, headers) };
}

describe("a subscription", () => {
  it("begins, is found, listed and ended", async () => {
    const { answer } = await subscribe({ metadata: { 캠페인: "봄", toString: "x" } });
    expect(answer.status).toBe(201);
    const id = String(answer.body["id"]);
    expect(answer.headers["location"]).toBe(`/billing/subscription/${id}`);
    expect(answer.body).toMatchObject({
      state: "active",
      amount: 9900,
      currency: "KRW",
      cycleDay: 15,
      gateway: "cookiepay",
      nextPeriod: 0,
      cancelAtPeriodEnd: false,
      canceledAt: null,
      metadata: { 캠페인: "봄", toString: "x" },
    });
    const found = await get(`/billing/subscription/${id}`);
    expect(found.body).toEqual({ ...answer.body, invoices: [] });
    const listed = await get(`/billing/subscriptions?customerId=user123&planId=monthly`);
    expect(listed.body["items"]).toContainEqual(answer.body);
    const ended = await post("/billing/cancel", { subscriptionId: id });
    expect(ended.body).toMatchObject({ id, state: "canceled", nextChargeAt: null });
    expect((await post("/billing/cancel", { subscriptionId: id })).body).toEqual(ended.body);
  });

  it("keeps where its messages go, and shows it to nobody", async () => {
    const told = {
      customerEmail: "hong@example.com",
      customerPhone: "010-1234-5678",
      locale: "en",
    };
    const { answer } = await subscribe(told);
    expect(answer.status).toBe(201);
    expect(await composition.subscriptions.find(String(answer.body["id"]))).toMatchObject({
      ...told,
      reachable: true,
      toNotice: true,
    });
    expect(answer.text).not.toContain("hong@");
    const { answer: silent } = await subscribe();
    expect(await composition.subscriptions.find(String(silent.body["id"]))).toMatchObject({
      customerEmail: null,
      reachable: false,
      toNotice: false,
    });
  });

  it("that ends with its period says on which day", async () => {
    const { answer } = await subscribe({ trialDays: 10 });
    expect(answer.body["state"]).toBe("trialing");
    const ended = await post("/billing/cancel", {
      subscriptionId: answer.body["id"],
      atPeriodEnd: true,
      reason: "고객 요청",
    });
    expect(ended.body).toMatchObject({
      state: "trialing",
      cancelAtPeriodEnd: true,
      nextChargeAt: null,
      endsOn: expect.stringMatching(/^\d{4}-\d\d-15$/),
    });
  });

  it("begins once under one Idempotency-Key, whatever the order of the fields", async () => {
    const headers = { "idempotency-key": "subscribe-1" };
    const { body, answer } = await subscribe({}, headers);
    expect(answer.headers["idempotency-replayed"]).toBeUndefined();
    const turned = Object.fromEntries(Object.entries(body).toReversed());
    const again = await post("/billing/subscribe", turned, headers);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(answer.body);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect((await post("/billing/subscribe", { ...body, amount: 1 }, headers)).status).toBe(422);
  });

  it("needs the customer's own, known billing key", async () => {
    const unknown = await post("/billing/subscribe", GOOD_BODIES["/billing/subscribe"]);
    expect(unknown.status).toBe(404);
    expect(unknown.body.errors?.[0]?.pointer).toBe("/billingKey");
    const { answer } = await subscribe({ customerId: "somebody" });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("BILLING_KEY_OF_ANOTHER_CUSTOMER");
  });

  it("is on exactly one page of the list", async () => {
    const made = new Set<unknown>();
    for (let n = 0; n < 5; n += 1)
      made.add((await subscribe({ planId: "paged" })).answer.body["id"]);
    const seen: unknown[] = [];
    let url = "/billing/subscriptions?planId=paged&limit=2";
    for (let page = 0; page < 3; page += 1) {
      const { body } = await get(url);
      seen.push(...(body["items"] as { id: string }[]).map((one) => one.id));
      url = `/billing/subscriptions?planId=paged&limit=2&after=${String(body["next"])}`;
      expect(body["next"] === null).toBe(page === 2);
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(made);
  });
});

describe("a payment", () => {
  it("is accepted with 202 and a place to look", async () => {
    workerRuns = false;
    const billingKey = await register();
    const answer = await post("/billing/pay", { billingKey, amount: 1000, productName: "책" });
    workerRuns = true;
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ kind: "payment", state: "open", attempts: [] });
    const found = await get(String(answer.headers["location"]));
    expect(found.body).toEqual(answer.body);
  });

  it("is answered when it is settled, where the caller waits", async () => {
    const answer = await payAtOnce();
    expect(answer.status).toBe(200);
    expect(answer.headers["preference-applied"]).toBe("wait=20");
    expect(answer.body).toMatchObject({
      state: "paid",
      amount: 9900,
      refundable: 9900,
      refundedAmount: 0,
      nextAttemptAt: null,
      attempts: [{ number: 1, state: "approved", transactionId: expect.any(String) }],
    });
  });

  it("is answered with 202 when the wait was not long enough", async () => {
    workerRuns = false;
    const answer = await payAtOnce(1000, { prefer: "respond-async, wait=1" });
    workerRuns = true;
    expect(answer.status).toBe(202);
    expect(answer.headers["preference-applied"]).toBeUndefined();
  });

  it("that is declined says why, in the reader's language", async () => {
    const billingKey = await register(DECLINING_CARD);
    const answer = await post(
      "/billing/pay",
      { billingKey, amount: 9900, productName: "월간 구독" },
      { prefer: "wait=20", "accept-language": "ko" },
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      state: "failed",
      attempts: [
        {
          state: "declined",
          decline: {
            code: "insufficient_funds",
            kind: "soft",
            rawCode: "2001",
            message: "카드에 연결된 계좌의 잔액이 부족합니다.",
          },
        },
      ],
    });
  });

  it("is made once under one Idempotency-Key, however often it is asked for at once", async () => {
    const billingKey = await register();
    const body = { billingKey, amount: 7700, productName: "책" };
    const headers = { "idempotency-key": "pay-1", prefer: "wait=20" };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post("/billing/pay", body, headers)),
    );
    expect(new Set(answers.map((one) => one.body["id"])).size).toBe(1);
    expect(answers.map((one) => one.status)).toEqual(answers.map(() => 200));
    expect(answers.filter((one) => !one.headers["idempotency-replayed"])).toHaveLength(1);
    const clash = await post("/billing/cancel", { subscriptionId: "sub_none" }, headers);
    expect(clash.status).toBe(404);
  });
});

describe("a refund", () => {
  it("goes back in parts, and never more than was captured", async () => {
    const { body: payment } = await payAtOnce();
    const paymentId = String(payment["id"]);
    const part = { paymentId, amount: 4000, reason: "부분 환불" };
    const first = await post("/billing/refund", part, { prefer: "wait=20" });
    expect(first.status).toBe(200);
    expect(first.headers["location"]).toBe(`/billing/payment/${paymentId}`);
    expect(first.body).toMatchObject({ paymentId, amount: 4000, state: "done" });
    const tooMuch = await post("/billing/refund", { ...part, amount: 5901 });
    expect(tooMuch.status).toBe(409);
    expect(tooMuch.body.detail).toBe("5901 won were asked for; 5900 won can still be refunded.");
    const rest = await post(
      "/billing/refund",
      { paymentId, reason: "전액" },
      { prefer: "wait=20" },
    );
    expect(rest.body).toMatchObject({ amount: 5900, state: "done" });
    const found = await get(`/billing/payment/${paymentId}`);
    expect(found.body).toMatchObject({ refundedAmount: 9900, refundable: 0 });
    expect(found.body["refunds"]).toHaveLength(2);
  });

  it("is made once under one Idempotency-Key", async () => {
    const { body: payment } = await payAtOnce();
    const body = { paymentId: payment["id"], amount: 100, reason: "테스트" };
    const headers = { "idempotency-key": "refund-1" };
    const first = await post("/billing/refund", body, headers);
    const second = await post("/billing/refund", body, headers);
    expect(first.status).toBe(202);
    expect(second.body["refundId"]).toBe(first.body["refundId"]);
    expect(second.headers["idempotency-replayed"]).toBe("true");
  });

  it("needs something that was paid", async () => {
    workerRuns = false;
    const { body: payment } = await payAtOnce(1000, { prefer: "" });
    workerRuns = true;
    const answer = await post("/billing/refund", { paymentId: payment["id"], reason: "x" });
    expect(answer.status).toBe(409);
    expect(answer.body.code).toBe("NOT_PAID");
    const unknown = await post("/billing/refund", { paymentId: "pay_none", reason: "x" });
    expect(unknown.status).toBe(404);
  });
});

describe("answers and logs", () => {
  it("show nothing internal and no card", async () => {
    const { body: payment } = await payAtOnce();
    const shown = JSON.stringify(payment);
    for (const word of ["revision", "claim", "secret", "outbox", "idempotency", "bodyHash"]) {
      expect(shown).not.toContain(word);
    }
    const logged = JSON.stringify(lines);
    for (const secret of [CARD.cardNumber, DECLINING_CARD.cardNumber, CARD.birthDate]) {
      expect(logged).not.toContain(secret);
    }
  });
});

describe("the queues", () => {
  it("are shown, and nothing about them can be changed", async () => {
    const authorization = `Basic ${Buffer.from("admin:pw").toString("base64")}`;
    const shown = await get("/admin/queues/api/queues", { authorization });
    const queues = shown.body["queues"] as { name: string; readOnlyMode: boolean }[];
    expect(queues.map((queue) => queue.name)).toEqual([
      "charge-cookiepay-default",
      "reconcile",
      "sweep",
      "webhook",
      "event",
      "message",
    ]);
    for (const change of ["pause", "empty", "obliterate", "promote", "clean/wait"]) {
      const answer = await send(app, {
        method: "PUT",
        url: `/admin/queues/api/queues/charge-cookiepay-default/${change}`,
        headers: { authorization },
      });
      expect(answer.status).toBe(405);
    }
  });

  it("and the database are ready, and measured", async () => {
    expect((await get("/health/ready")).status).toBe(200);
    expect((await get("/metrics")).text).toContain("billing_queue_jobs");
  });
});
