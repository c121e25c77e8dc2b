import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/lib/clock.ts";
import { COOKIEPAY_NOTICES } from "../../../src/simulator/cookiepay/notices.ts";
import { createCourier } from "../../../src/simulator/notices/deliver.ts";
import { type NewNotice, createNoticeLog } from "../../../src/simulator/notices/notice-log.ts";
import { createSwitchBoard } from "../../../src/simulator/switches.ts";
import { startSimulator } from "../support.ts";
import { SUCCESS_PAGE, settledNotices, startReceiver } from "./support.ts";

type Receiver = Awaited<ReturnType<typeof startReceiver>>;

async function start(shop?: Receiver) {
  const receiver = shop ?? (await startReceiver());
  const { client } = await startSimulator({ noticeUrls: { cookiepay: receiver.url } });
  const key = await client.billingKeyFor("4111111111111111");
  const pay = (ORDERNO: string) => client.pay(key, { ORDERNO });
  const strike = (effect: unknown, rule: Record<string, unknown> = {}) =>
    client.addFault({ match: { operation: "notice" }, ...rule, effect });
  return { shop: receiver, client, key, pay, strike };
}

function ordersOf({ received }: Receiver): readonly unknown[] {
  return received.map(({ body }) => (JSON.parse(body.toString()) as { ORDERNO: string }).ORDERNO);
}

/** A receiver that answers nobody before it is opened. */
async function startGatedReceiver() {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const shop = await startReceiver(() => gate.then(() => ({ body: SUCCESS_PAGE })));
  return { shop, open };
}

describe("notice and reply", () => {
  it("the reply does not wait for the notice's answer", async () => {
    const { shop, open } = await startGatedReceiver();
    const { client, pay } = await start(shop);
    expect((await pay("PAY-1")).body.RESULTCODE).toBe("0000");
    await shop.gets(1);
    expect((await client.get("/_sim/notices")).body.waiting).toBe(1);
    open();
    expect(await settledNotices(client)).toMatchObject([{ state: "acknowledged" }]);
  });

  it("an early notice comes first: the reply waits for its answer", async () => {
    const { shop, open } = await startGatedReceiver();
    const { client, pay, strike } = await start(shop);
    await strike("notice_early");
    const events: string[] = [];
    const paying = pay("PAY-1").then(() => events.push("reply"));
    await shop.gets(1);
    // The approval stands already: who looks it up on the notice finds it.
    const { totals } = (await client.ledger("?orderNumber=PAY-1")).body;
    expect(totals).toMatchObject({ approvals: 1 });
    events.push("notice");
    open();
    await paying;
    expect(events).toEqual(["notice", "reply"]);
  });

  it.each(["commit_then_hang", "commit_then_drop", "commit_then_500", "commit_then_garbage"])(
    "a notice is sent although the reply is struck by %s",
    async (effect) => {
      const { shop, client, pay } = await start();
      await client.addFault({ match: { operation: "payments" }, effect });
      void pay("PAY-1").catch(() => "no reply");
      await shop.gets(1);
      expect(ordersOf(shop)).toEqual(["PAY-1"]);
    },
  );

  it("a notice is sent although the client gave up waiting for a late reply", async () => {
    const { shop, client, key } = await start();
    const effect = { replyDelayMs: 300 };
    await client.addFault({ match: { operation: "payments" }, effect });
    const giveUp = new AbortController();
    const TOKEN = await client.freshToken();
    const paying = fetch(`${client.base}/Subscribe/payments`, {
      method: "POST",
      headers: { "content-type": "application/json", ApiKey: client.account.secret, TOKEN },
      body: JSON.stringify(client.payBody(key, { ORDERNO: "PAY-1" })),
      signal: giveUp.signal,
    });
    await expect
      .poll(async () => (await client.ledger("?orderNumber=PAY-1")).body.entries)
      .toHaveLength(1);
    giveUp.abort();
    await expect(paying).rejects.toThrow("aborted");
    await shop.gets(1);
  });

  it.each(["hang", "drop", "http_500", { decline: "2001" }])(
    "nothing is told where nothing was approved: %j",
    async (effect) => {
      const { client, pay } = await start();
      await client.addFault({ match: { operation: "payments", orderNumber: "NONE" }, effect });
      const trying = pay("NONE").catch(() => "no reply");
      if (effect !== "hang") await trying;
      await pay("PAY-1");
      expect(await settledNotices(client)).toMatchObject([{ orderNumber: "PAY-1" }]);
    },
  );
});

describe("many notices", () => {
  it("goes out no more than 16 at once", async () => {
    const { shop, open } = await startGatedReceiver();
    const { client, pay } = await start(shop);
    await pay("PAY-1");
    const { entries } = (await client.ledger("?orderNumber=PAY-1")).body;
    const { transactionId } = (entries as { transactionId: string }[])[0] ?? {};
    const again = { gateway: "cookiepay", transactionId };
    for (let copy = 1; copy < 20; copy += 1) await client.post("/_sim/console/notice", again);
    await shop.gets(16);
    expect((await client.get("/_sim/notices")).body.waiting).toBe(20);
    open();
    await settledNotices(client);
    expect(shop.received).toHaveLength(20);
  });

  it("has no room for more than 10,000 that wait", () => {
    const { signal: closing } = new AbortController();
    const courier = createCourier({ clock: systemClock, switches: createSwitchBoard(), closing });
    const held = new Promise<boolean>(() => {});
    const record = createNoticeLog().add(NOTICE, "waiting");
    const message = { method: "GET", text: "" } as const;
    const switches = createSwitchBoard().current();
    const delivery = { record, message, gateway: COOKIEPAY_NOTICES, switches };
    for (let count = 1; count < 10_000; count += 1) void courier.start(delivery, held);
    expect(courier.hasRoom()).toBe(true);
    void courier.start(delivery, held);
    expect(courier.hasRoom()).toBe(false);
  });

  it("remembers the latest thousand", () => {
    const log = createNoticeLog();
    for (let count = 0; count < 3_500; count += 1) log.add(NOTICE, "waiting");
    expect(log.records().map(({ id }) => id)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => 2_501 + index),
    );
  });
});

const NOTICE: NewNotice = {
  realAt: "2026-03-01T00:00:00.000Z",
  gateway: "cookiepay",
  kind: "approval",
  orderNumber: "PAY-1",
  transactionId: "T",
  url: "http://127.0.0.1:1/",
  method: "GET",
  sent: "",
  isForged: false,
};

describe("faults of notices", () => {
  it("doubles one", async () => {
    const { shop, client, pay, strike } = await start();
    await strike("notice_doubled", { nth: 2 });
    await pay("ONE");
    await shop.gets(1);
    await pay("TWO");
    const [, second, third] = await shop.gets(3);
    expect(third?.body).toEqual(second?.body);
    expect(await settledNotices(client)).toHaveLength(3);
  });

  it("lets one change places with the next", async () => {
    const { shop, client, pay, strike } = await start();
    await strike("notice_reordered", { times: 1 });
    await pay("ONE");
    await pay("TWO");
    await settledNotices(client);
    expect(ordersOf(shop)).toEqual(["TWO", "ONE"]);
  });

  it("changes the order also where every notice is to be held", async () => {
    const { shop, client, pay, strike } = await start();
    await strike("notice_reordered");
    for (const order of ["ONE", "TWO"]) await pay(order);
    await settledNotices(client);
    expect(ordersOf(shop)).toEqual(["TWO", "ONE"]);
  });

  it("delays one, so that a later one comes first", async () => {
    const { shop, client, pay, strike } = await start();
    await strike({ noticeDelayMs: 600_000 }, { nth: 1 });
    await pay("LATE");
    await pay("TWO");
    await shop.gets(1);
    expect(ordersOf(shop)).toEqual(["TWO"]);
    const { notices } = (await client.get("/_sim/notices?orderNumber=LATE")).body;
    expect(notices).toMatchObject([{ state: "waiting", tries: [] }]);
  });

  it.each([
    ["amount", { ORDERNO: "PAY-1", AMOUNT: "10900" }],
    ["orderNumber", { ORDERNO: "PAY-0", AMOUNT: "9900" }],
  ])("sends a forgery of the %s beside the true one", async (field, lie) => {
    const { shop, client, pay, strike } = await start();
    await strike({ noticeForged: field });
    await pay("PAY-1");
    const said = (await shop.gets(2)).map(
      ({ body }) => JSON.parse(body.toString()) as Record<string, string>,
    );
    const truth = said.find(({ ORDERNO, AMOUNT }) => `${ORDERNO} ${AMOUNT}` === "PAY-1 9900");
    expect(truth).toBeDefined();
    expect(said).toContainEqual({ ...truth, ...lie });
    const notices = await settledNotices(client);
    expect(notices.map(({ isForged }) => isForged)).toEqual([false, true]);
    const { totals } = (await client.ledger()).body;
    expect(totals).toMatchObject({ approvals: 1, approvedAmount: 9900 });
  });

  it("loses the same notices for the same seed, and others for another", async () => {
    const lostFor = async (seed: string): Promise<readonly unknown[]> => {
      const { client, pay, strike } = await start();
      await strike("notice_lost", { probability: 0.5, seed });
      for (let order = 0; order < 24; order += 1) await pay(`PAY-${order}`);
      const notices = await settledNotices(client);
      expect(notices).toHaveLength(24);
      return notices.filter(({ state }) => state === "lost").map(({ orderNumber }) => orderNumber);
    };
    const first = await lostFor("1");
    expect(first.length).toBeGreaterThan(3);
    expect(first.length).toBeLessThan(21);
    expect(await lostFor("1")).toEqual(first);
    expect(await lostFor("2")).not.toEqual(first);
  });

  it("strikes notices with their own effects alone, and counts calls as before", async () => {
    const { shop, client, pay, strike } = await start();
    expect((await strike("drop")).status).toBe(400);
    const misplaced = { match: { operation: "payments" }, effect: "notice_lost" };
    expect((await client.addFault(misplaced)).status).toBe(400);
    const silent = { match: { gateway: "payup", operation: "notice" }, effect: "notice_lost" };
    expect((await client.addFault(silent)).status).toBe(400);
    await strike({ noticeForged: "status" }).then(({ status }) => expect(status).toBe(400));

    await client.addFault({
      id: "second",
      match: { buyerId: "customer-1" },
      nth: 2,
      effect: "drop",
    });
    await pay("ONE");
    await shop.gets(1);
    await expect(pay("TWO")).rejects.toThrow("fetch failed");
    const { rules } = (await client.get("/_sim/faults")).body;
    expect(rules).toMatchObject([{ id: "second", matched: 2, hits: 1 }]);
  });
});
