import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { UsageError } from "../../src/cli/command.ts";
import { whyCommand } from "../../src/cli/why.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { sweepDepsOf } from "../../src/compose.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { send } from "../http/support.ts";
import { type Core, startCore } from "../support/core.ts";

let core: Core;
let app: HttpApp;
let subscriptionId: string;
let paymentId: string;
let env: Record<string, string>;

beforeAll(async () => {
  core = await startCore({
    CHARGE_CALL_DEADLINE_MS: "3000",
    CHARGE_CONNECT_TIMEOUT_MS: "2000",
    CHARGE_TOKEN_TIMEOUT_MS: "3000",
    CHARGE_LEASE_MS: "3500",
    CHARGE_LOCK_MS: "8000",
    SETTLE_DELAY_MS: "7000",
  });
  const { composition } = core;
  const { mongoUrl, redisUrl, queuePrefix } = composition.config;
  env = { MONGODB_URI: mongoUrl ?? "", REDIS_URL: redisUrl ?? "", QUEUE_PREFIX: queuePrefix };
  env["GATEWAYS"] = "cookiepay";
  env["COOKIEPAY_API_URL"] = core.simulatorUrl;
  app = await createApp({ ...(await appDepsOf(composition)), adminPassword: null });
  await core.setClock(new Date("2026-03-15T01:00:00Z"));
  // The card declines every other charge, beginning with the first.
  const key = await core.register("why-answers", "4000000000010217");
  const subscription = await core.subscribe(key);
  subscriptionId = subscription.id;
  const hints = { charge: async () => {}, document: async () => {}, sweep: async () => {} };
  const payment = await requestPayment(
    { ...composition, hints },
    {
      billingKeyId: key.id,
      customerId: null,
      amount: 1500,
      productName: "머그컵",
      idempotency: null,
    },
  );
  paymentId = payment.id;
  await core.sweep();
  await core.charge(`${subscriptionId}-p0`);
  await core.charge(paymentId);
});

afterAll(async () => {
  await app?.close();
  await core?.close();
});

function get(url: string, headers: Record<string, string> = {}) {
  return send(app, { method: "GET", url, headers });
}

const why = (query = "", headers: Record<string, string> = {}) =>
  get(`/billing/subscription/${subscriptionId}/why${query}`, headers);

describe("GET /billing/subscription/:id/why", () => {
  it("answers in one sentence, in the language that is asked for, with the evidence", async () => {
    const english = await why("?on=2026-03-20");
    expect(english.status).toBe(200);
    expect(english.headers["content-language"]).toBe("en");
    expect(english.body).toMatchObject({
      subscriptionId,
      period: { number: 0, startOn: "2026-03-15", endOn: "2026-04-15" },
      claim: "not_charged",
      reason: "declined_will_retry",
      sentence:
        "15 March 10:00: not charged, the card had insufficient funds; tried again on 16 March at 10:00.",
      next: { what: "charge", at: "2026-03-16T01:00:00.000Z" },
      whoCanChange: ["customer", "merchant"],
      attempts: [{ number: 1, state: "declined", declineCode: "insufficient_funds" }],
    });
    const korean = await why("", { "accept-language": "ko-KR,ko;q=0.9" });
    expect(korean.headers["content-language"]).toBe("ko");
    expect(korean.body["sentence"]).toBe(
      "3월 15일 10:00: 잔액 부족으로 미청구. 3월 16일 10:00에 다시 청구합니다.",
    );
  });

  it.each([
    ["2026-03-14", "before_first_period"],
    ["2026-04-15", "not_due_yet"],
    ["2099-12-31", "not_due_yet"],
    ["2000-01-01", "before_first_period"],
  ])("answers for %s too, outside of what was opened", async (on, reason) => {
    expect((await why(`?on=${on}`)).body).toMatchObject({ claim: "not_charged", reason });
  });

  it.each(["2026-02-30", "15.3.2026", "", "1999-12-31", "2026-3-1", "x".repeat(300)])(
    "names the field where the day is %j",
    async (on) => {
      const answer = await why(`?on=${encodeURIComponent(on)}`, { "accept-language": "ko" });
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe("VALIDATION_FAILED");
      expect(answer.body.errors).toEqual([
        { pointer: "/on", expected: expect.stringMatching(/날짜 YYYY-MM-DD/) },
      ]);
    },
  );

  it("refuses a day that is given twice, and a field that it does not know", async () => {
    expect((await why("?on=2026-03-15&on=2026-03-16")).body.errors?.[0]?.pointer).toBe("/on");
    expect((await why("?day=2026-03-15")).body.errors?.[0]?.pointer).toBe("/day");
  });

  it("says NOT_FOUND of an id that it does not know", async () => {
    for (const url of [
      "/billing/subscription/sub_nobody/why",
      "/billing/subscription/sub_nobody/history",
      "/billing/payment/pay_nobody/why",
    ]) {
      const answer = await get(url);
      expect([answer.status, answer.body.code]).toEqual([404, "NOT_FOUND"]);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    }
  });
});

describe("GET /billing/payment/:id/why", () => {
  it("explains a one-off payment, and a period by its invoice", async () => {
    const payment = await get(`/billing/payment/${paymentId}/why`);
    expect(payment.body).toMatchObject({
      subscriptionId: null,
      invoiceId: paymentId,
      period: null,
      claim: "charged",
      reason: "paid",
      amount: 1500,
      next: null,
    });
    expect(payment.body["sentence"]).toBe("15 March 10:00: charged 1,500 won.");
    const period = await get(`/billing/payment/${subscriptionId}-p0/why`);
    expect(period.body).toMatchObject({ reason: "declined_will_retry", period: { number: 0 } });
  });
});

describe("billing why", () => {
  async function run(...args: string[]): Promise<string> {
    let printed = "";
    const out = (text: string) => {
      printed += text;
    };
    const status = await whyCommand.run({ args, env, out, err: out, isTerminal: false });
    expect(status).toBe(0);
    return printed;
  }

  it("answers for a subscription, a customer, an order number and a payment", async () => {
    const sentence = "15 March 10:00: not charged, the card had insufficient funds; tried again on";
    expect(await run(subscriptionId)).toContain(sentence);
    expect(await run("why-answers", "--on", "2026-03-31")).toContain(sentence);
    const { attempts } = await core.invoice(`${subscriptionId}-p0`);
    const orderNumber = attempts[0]?.orderNumber ?? "";
    expect(await run(orderNumber)).toContain(`${orderNumber}  declined 2001`);
    expect(await run(paymentId, "--lang", "ko")).toContain("3월 15일 10:00: 1,500원 청구 완료.");
  });

  it("prints one line of JSON for each answer", async () => {
    const lines = (await run("why-answers", "--json", "--lang", "ko")).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { subscriptionId, claim: "not_charged", sentence: expect.stringContaining("미청구") },
    ]);
  });

  it("takes the machine's language where none is asked for", async () => {
    let printed = "";
    const out = (text: string) => void (printed += text);
    const korean = { ...env, LANG: "ko_KR.UTF-8" };
    await whyCommand.run({ args: [paymentId], env: korean, out, err: out, isTerminal: false });
    expect(printed).toContain("바꿀 수 있는 사람: 가맹점(API)");
  });

  it.each([
    [[], /give one id/],
    [["a", "b"], /give one id/],
    [["a", "--on", "2026-02-30"], /--on must be a day/],
    [["a", "--lang", "fr"], /--lang must be/],
  ])("refuses %j with a usage error", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
    await expect(run(...args)).rejects.toBeInstanceOf(UsageError);
  });

  it("refuses a day beside one payment, and says NOT_FOUND of nobody's id", async () => {
    await expect(run(paymentId, "--on", "2026-03-15")).rejects.toBeInstanceOf(UsageError);
    await expect(run("nobody")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("GET /billing/subscription/:id/history", () => {
  const history = (query = "", headers: Record<string, string> = {}) =>
    get(`/billing/subscription/${subscriptionId}/history${query}`, headers);

  interface Item {
    id: string;
    type: string;
    sentence: string;
    actor: string;
  }

  const itemsOf = (answer: { body: Record<string, unknown> }) => answer.body["items"] as Item[];

  async function allPages(limit: number): Promise<Item[]> {
    const items: Item[] = [];
    for (let after = ""; ; ) {
      const page = await history(`?limit=${limit}${after}`);
      items.push(...itemsOf(page));
      const next = page.body["next"] as string | null;
      if (next === null) return items;
      expect(itemsOf(page)).toHaveLength(limit);
      after = `&after=${encodeURIComponent(next)}`;
    }
  }

  it("tells what happened, newest last, whether the relay has moved it or not", async () => {
    // The decline still waits in its invoice; what came before it has been copied.
    const invoice = await core.invoice(`${subscriptionId}-p0`);
    expect(invoice.outbox.map((entry) => entry.type)).toContain("charge_attempt.declined");
    const before = itemsOf(await history());
    expect(before.map((item) => item.type)).toEqual([
      "subscription.created",
      "invoice.opened",
      "charge_attempt.declined",
      "subscription.past_due",
    ]);
    await core.composition.events.relayOutboxes(100);
    expect((await core.invoice(`${subscriptionId}-p0`)).outbox).toEqual([]);
    expect(itemsOf(await history())).toEqual(before);
    expect(before[2]?.sentence).toMatch(
      /^15 March 10:00: the charge of 9,900 won was declined \(period 1, order [A-Z0-9-]+\); by: charge worker; reason: insufficient funds$/,
    );
    expect(before[3]?.sentence).toBe(
      "15 March 10:00: a payment of the subscription is overdue; by: charge worker; reason: a charge was declined; change: active → overdue",
    );
  });

  it("tells it in Korean", async () => {
    const items = itemsOf(await history("", { "accept-language": "ko" }));
    for (const { sentence } of items) expect(sentence).toMatch(/[가-힣].*처리: /);
    expect(items.at(-1)?.sentence).toBe(
      "3월 15일 10:00: 구독 결제 연체; 처리: 청구 작업; 사유: 청구 거절; 변경: 정상 → 연체",
    );
  });

  it("goes through pages of any size without loss or repetition, also while it grows", async () => {
    for (const on of ["2026-03-16", "2026-03-18"]) {
      await core.setClock(new Date(`${on}T01:00:00Z`));
      await core.charge(`${subscriptionId}-p0`);
    }
    await cancelSubscription(core.composition, {
      subscriptionId,
      atPeriodEnd: true,
      reason: "too dear",
      idempotency: null,
      by: "key-1",
    });
    const whole = await allPages(100);
    expect(whole.map((item) => item.type)).toEqual([
      "subscription.created",
      "invoice.opened",
      "charge_attempt.declined",
      "subscription.past_due",
      "charge_attempt.declined",
      "invoice.paid",
      "subscription.activated",
      "subscription.cancel_scheduled",
    ]);
    expect(whole.at(-1)?.sentence).toMatch(/by: API key key-1; reason: “too dear”$/);
    expect(await allPages(1)).toEqual(whole);
    await core.composition.events.relayOutboxes(1);
    expect(await allPages(3)).toEqual(whole);
    await sweepAndRelay();
    expect(await allPages(2)).toEqual(whole);
  });

  async function sweepAndRelay(): Promise<void> {
    await sweepDepsOf(core.composition).events.relayOutboxes(500);
  }

  it.each([
    ["?limit=0", "/limit"],
    ["?limit=x", "/limit"],
    ["?after=x", "/after"],
    ["?after=sub_nobody:1", "/after"],
    ["?before=1", "/before"],
  ])("names the field at fault in %s", async (query, pointer) => {
    const answer = await history(query);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toBe(pointer);
  });
});
