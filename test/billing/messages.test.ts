import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { planMessages } from "../../src/billing/messages/plan-messages.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { sendMessage } from "../../src/billing/messages/send-message.ts";
import { tellCustomers } from "../../src/billing/messages/tell-customers.ts";
import { messageDepsOf, tellDepsOf } from "../../src/compose-messages.ts";
import { claimMessage, type Message } from "../../src/domain/message.ts";
import { periodInvoiceId } from "../../src/domain/invoice.ts";
import { type OperationalClock, systemClock } from "../../src/lib/clock.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = new Date("2027-01-15T01:00:00Z");
const CARD = "4111111111111111";

describe("messages to customers", () => {
  let core: Core;
  let server: MailServer;
  let count = 0;
  /** Operational time is what passes between two tries. */
  let aheadMs = 0;
  const clock: OperationalClock = {
    now: () => new Date(systemClock.now().getTime() + aheadMs),
    monotonicMs: () => systemClock.monotonicMs(),
  };

  beforeAll(async () => {
    server = await startMailServer();
    core = await startCore({
      ...PATIENT,
      SMTP_URL: server.url,
      MAIL_FROM: "키움 서점 <billing@shop.example>",
      MERCHANT_NAME: "키움 서점",
      OPERATOR_EMAIL: "ops@shop.example",
      OPERATOR_LOCALE: "en",
      DUNNING_STEP_DAYS: "1,3",
    });
    await core.setClock(START);
  });
  afterAll(async () => {
    await core?.close();
    await server?.close();
  });
  beforeEach(() => {
    server.mails.length = 0;
    server.refusal = null;
    server.beforeAnswer = async () => {};
  });

  const deps = () => ({ ...core.composition, hints: core.composition.queues.hints });
  const messageDeps = () => ({ ...messageDepsOf(core.composition), clock });
  const send = (id: string) => sendMessage(messageDeps(), { id });
  const due = () => core.composition.messages.listDue(clock.now(), 100);
  const business = async () => core.composition.businessClock.now();

  /** What the sweep and the message worker do, until nothing is due. */
  async function tell(): Promise<void> {
    await core.composition.events.relayOutboxes(500);
    await tellCustomers({ ...tellDepsOf(core.composition), clock });
    for (const { id } of await due()) await send(id);
  }

  async function advance(days: number): Promise<void> {
    await core.setClock(new Date((await business()).getTime() + days * DAY_MS));
  }

  const decline = (buyerId: string, code: string, times = 1) =>
    core.plantFaults({
      match: { operation: "payments", buyerId },
      times,
      effect: { decline: code },
    });

  function newCustomer(): { customerId: string; email: string } {
    count += 1;
    return { customerId: `told-${count}`, email: `told-${count}@example.com` };
  }

  /** A subscription whose first period is due now, its customer reached by the saved card's address. */
  async function begin(
    subscribed: Parameters<Core["subscribe"]>[1] = {},
    registered: Parameters<Core["register"]>[2] = {},
  ) {
    const { customerId, email } = newCustomer();
    const key = await core.register(customerId, CARD, { customerEmail: email, ...registered });
    const cycleDay = Number((await business()).toISOString().slice(8, 10));
    const { id } = await core.subscribe(key, { firstCharge: "now", cycleDay, ...subscribed });
    await core.sweep();
    return { customerId, email, key, id, invoiceId: periodInvoiceId(id, 0) };
  }

  const subjects = () => server.mails.map(({ subject = "" }) => subject.replace(/ \(.*/, ""));
  const message = async (id: string): Promise<Message> => {
    const found = await core.composition.messages.find(id);
    if (found === null) throw new Error(`no message ${id}`);
    return found;
  };

  it("tells each stage of a subscription once, to its end", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    await tell();
    await tell();
    expect(subjects()).toEqual(["[키움 서점] 결제가 완료되었습니다"]);
    expect(server.mails[0]?.envelopeTo).toEqual([told.email]);
    expect(server.mails[0]?.text).toContain("9,900원");
    expect(server.mails[0]?.text).toContain("끝자리 1111");

    // A week before the next charge, and not a second time.
    await advance(20);
    await tell();
    expect(server.mails).toHaveLength(1);
    await advance(4);
    await tell();
    await tell();
    expect(subjects().slice(1)).toEqual(["[키움 서점] 결제 예정 안내"]);
    expect(server.mails[1]?.text).toContain("결제 예정일: 2027년 2월 15일");

    await advance(7);
    await core.sweep();
    await decline(told.customerId, "2002", 3);
    const second = periodInvoiceId(told.id, 1);
    await core.charge(second);
    await tell();
    await advance(1);
    await core.charge(second);
    await tell();
    await advance(2);
    await core.charge(second);
    await tell();
    await tell();
    expect(subjects().slice(2)).toEqual([
      "[키움 서점] 결제가 되지 않았습니다",
      "[키움 서점] 마지막 결제 시도 예정 안내",
      "[키움 서점] 결제 실패로 이용이 종료되었습니다",
    ]);
    expect(server.mails[2]?.text).toContain("결제 예정일: 2027년 2월 16일");
    expect(server.mails[2]?.text).toContain("카드 한도를 초과했습니다.");
    expect(server.mails[3]?.text).toContain("결제 예정일: 2027년 2월 18일");
    const ids = server.mails.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(5);
    for (const { raw, text = "", html = "" } of server.mails) {
      expect(`${raw}${text}${html}`).not.toMatch(/4111|901231|key_|sub_[a-z0-9]+ /);
    }
  });

  it("tells a cancel otherwise, in the language of the subscription, at its own address", async () => {
    const told = await begin({ customerEmail: "own@example.com", locale: "en" });
    await core.charge(told.invoiceId);
    await cancelSubscription(deps(), {
      subscriptionId: told.id,
      atPeriodEnd: false,
      reason: "asked",
      idempotency: null,
    });
    await requestRefund(deps(), {
      paymentId: told.invoiceId,
      amount: 4900,
      reason: "part",
      idempotency: null,
    });
    await core.refund(told.invoiceId);
    await tell();
    expect(subjects().toSorted()).toEqual([
      "[키움 서점] Your payment receipt",
      "[키움 서점] Your refund",
      "[키움 서점] Your subscription has been canceled",
    ]);
    expect(server.mails.map(({ envelopeTo }) => envelopeTo).flat()).toEqual(
      Array(3).fill("own@example.com"),
    );
    const refund = server.mails.find(({ subject }) => subject?.includes("refund"));
    expect(refund?.text).toContain("₩4,900");
  });

  it("plans an event that comes twice once", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    await core.composition.events.relayOutboxes(500);
    const events = core.composition.events;
    // Planned, and the process dies before the marks are taken off.
    const dying = {
      ...tellDepsOf(core.composition),
      clock,
      events: { ...events, markTold: async () => {} },
    };
    await planMessages(dying, 100);
    await Promise.all([tell(), tell()]);
    expect(subjects()).toEqual(["[키움 서점] 결제가 완료되었습니다"]);
    expect(await events.listToTell(10)).toEqual([]);
  });

  it("is sent by one of many workers", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    await core.composition.events.relayOutboxes(500);
    await tellCustomers({ ...tellDepsOf(core.composition), clock });
    const [{ id } = { id: "" }] = await due();
    const results = await Promise.all([1, 2, 3, 4].map(() => send(id)));
    expect(results.toSorted()).toEqual(["sent", "skipped", "skipped", "skipped"]);
    expect(server.mails).toHaveLength(1);
  });

  it("comes after a crash between claim and sending, when the lease has ended", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    await core.composition.events.relayOutboxes(500);
    await tellCustomers({ ...tellDepsOf(core.composition), clock });
    const [planned] = await due();
    if (planned === undefined) throw new Error("nothing is due");
    const claim = { token: "dead", leaseUntil: new Date(clock.now().getTime() + 90_000) };
    const claimed = claimMessage(planned, claim, clock.now());
    await core.composition.messages.write(planned, claimed ?? planned);
    expect(await send(planned.id)).toBe("skipped");
    expect(await due()).toEqual([]);
    aheadMs += 91_000;
    await tell();
    expect(server.mails).toHaveLength(1);
    expect(await message(planned.id)).toMatchObject({ state: "sent", tries: 1, claim: null });
  });

  it("may come twice only where the process dies in the very sending, under one id", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    await core.composition.events.relayOutboxes(500);
    await tellCustomers({ ...tellDepsOf(core.composition), clock });
    const [planned] = await due();
    const dying = messageDeps();
    const { messages } = dying;
    let writes = 0;
    const killed = sendMessage(
      {
        ...dying,
        messages: {
          find: messages.find,
          write: (...args) => {
            writes += 1;
            return writes === 2 ? Promise.reject(new Error("dead")) : messages.write(...args);
          },
        },
      },
      { id: planned?.id ?? "" },
    );
    await expect(killed).rejects.toThrow("dead");
    expect(server.mails).toHaveLength(1);
    aheadMs += 91_000;
    await tell();
    const ids = server.mails.map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it("is tried again after a passing refusal, later each time, and given up in the end", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    server.refusal = { at: "RCPT", code: 450, times: 2 };
    await tell();
    const id = `${told.invoiceId}.receipt.email`;
    const first = await message(id);
    expect(first).toMatchObject({
      state: "waiting",
      tries: 1,
      reason: expect.stringContaining("450"),
    });
    expect(await send(id)).toBe("skipped");
    aheadMs += 60_000;
    await tell();
    const second = await message(id);
    expect(second.tries).toBe(2);
    aheadMs += 2 * 60_000;
    await tell();
    expect(await message(id)).toMatchObject({ state: "sent", tries: 3 });
    expect(server.mails).toHaveLength(1);

    const other = await begin();
    await core.charge(other.invoiceId);
    server.refusal = { at: "RCPT", code: 450 };
    const otherId = `${other.invoiceId}.receipt.email`;
    let tries = 0;
    for (; tries < 50; tries += 1) {
      await tell();
      if ((await message(otherId)).state !== "waiting") break;
      aheadMs += 4 * HOUR_MS;
    }
    expect(await message(otherId)).toMatchObject({ state: "failed" });
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(20);
  });

  it("is set aside after a refusal for good, and not tried again", async () => {
    const told = await begin();
    await core.charge(told.invoiceId);
    server.refusal = { at: "RCPT", code: 550 };
    await tell();
    server.refusal = null;
    aheadMs += DAY_MS;
    await tell();
    const id = `${told.invoiceId}.receipt.email`;
    expect(await message(id)).toMatchObject({ state: "set_aside", tries: 1 });
    expect(server.mails).toEqual([]);
  });

  it("says nothing that is not true any more", async () => {
    const told = await begin();
    await decline(told.customerId, "2002");
    await core.charge(told.invoiceId);
    server.refusal = { at: "RCPT", code: 450 };
    await tell();
    const id = `${told.invoiceId}.declined-1.email`;
    expect(await message(id)).toMatchObject({ state: "waiting", kind: "payment_failed" });
    // Meanwhile the customer pays with another card.
    const other = await core.register(told.customerId, CARD, { customerEmail: told.email });
    await changeCard(deps(), {
      subscriptionId: told.id,
      billingKeyId: other.id,
      idempotency: null,
    });
    await core.charge(told.invoiceId);
    server.refusal = null;
    aheadMs += HOUR_MS;
    await tell();
    expect(await message(id)).toMatchObject({ state: "not_sent", reason: "stale" });
    expect(subjects()).toEqual(["[키움 서점] 결제가 완료되었습니다"]);
  });

  it("tells customers nothing of what is the shop's own matter, and the operator of a stopped account", async () => {
    const told = await begin();
    await core.plantFaults({
      match: { operation: "payments", buyerId: told.customerId },
      times: 1,
      effect: { decline: "2005" },
    });
    await core.charge(told.invoiceId);
    await tell();
    const paused = await core.composition.pauses.listPaused();
    expect(server.mails.filter(({ envelopeTo }) => envelopeTo.includes(told.email))).toEqual([]);
    expect(server.mails.map(({ subject, envelopeTo }) => [subject, envelopeTo])).toEqual(
      paused.map(() => ["[키움 서점] A gateway account is stopped", ["ops@shop.example"]]),
    );
    expect(paused).toHaveLength(1);
    for (const pause of paused) {
      await core.composition.pauses.write(pause, { ...pause, pausedUntil: null, times: 0 });
    }
  });

  it("announces the first charge of a trial, and none whose instant has come or that will not be", async () => {
    const trial = await begin({ firstCharge: "now", trialDays: 10 });
    const skipped = await begin({ firstCharge: "now", trialDays: 12 });
    const canceled = await begin({ firstCharge: "now", trialDays: 10 });
    await tell();
    expect(server.mails).toEqual([]);
    await cancelSubscription(deps(), {
      subscriptionId: canceled.id,
      atPeriodEnd: true,
      reason: "asked",
      idempotency: null,
    });
    await advance(4);
    await tell();
    expect(server.mails.map(({ envelopeTo }) => envelopeTo[0])).toEqual([trial.email]);
    // A jump past the charge of the other one: what was not announced in time is not announced late.
    await advance(30);
    await tell();
    const late = await core.composition.messages.find(`${skipped.id}-p0.upcoming.email`);
    expect(late).toBeNull();
    expect(server.mails).toHaveLength(1);
  });

  it("reminds once of a card that ends, where something is paid with it, and keeps no expiry", async () => {
    const expiry = "2802";
    const used = await begin(
      {},
      { card: { number: CARD, expiry, password: "12", holderId: "901231" } },
    );
    const unused = newCustomer();
    await core.register(unused.customerId, CARD, {
      customerEmail: unused.email,
      card: { number: CARD, expiry, password: "12", holderId: "901231" },
    });
    await core.charge(used.invoiceId);
    await tell();
    server.mails.length = 0;
    const key = await core.composition.billingKeys.find(used.key.id);
    expect(key?.remindAt).not.toBeNull();
    expect(JSON.stringify(key)).not.toMatch(/2802|2028-02-29|901231/);
    await core.setClock(key?.remindAt ?? START);
    await tell();
    await tell();
    const reminders = server.mails.filter(({ subject }) => subject?.includes("유효기간"));
    expect(reminders.map(({ envelopeTo }) => envelopeTo[0])).toEqual([used.email]);
    expect(reminders[0]?.text).toContain("끝자리 1111");
    expect(`${reminders[0]?.text}`).not.toMatch(/2028|2월/);
  });
});

describe("without a mail server", () => {
  it("records what would be sent, and tells nobody who left no address", async () => {
    const core = await startCore(PATIENT);
    try {
      await core.setClock(START);
      const reached = await core.register("reached", CARD, { customerEmail: "a@example.com" });
      const unknown = await core.register("unknown");
      const both = await Promise.all(
        [reached, unknown].map((key) => core.subscribe(key, { firstCharge: "now" })),
      );
      await core.sweep();
      for (const { id } of both) await core.charge(periodInvoiceId(id, 0));
      await core.composition.events.relayOutboxes(500);
      await tellCustomers(tellDepsOf(core.composition));
      const recorded = await core.composition.messages.listRecent(10);
      expect(recorded).toMatchObject([
        { kind: "receipt", to: "a@example.com", state: "not_sent", reason: "no SMTP" },
      ]);
      expect(await core.composition.messages.count("not_sent", 10)).toBe(1);
    } finally {
      await core.close();
    }
  });
});
