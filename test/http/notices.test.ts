import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { createAddressList } from "../../src/lib/address-list.ts";
import type { AppDeps } from "../../src/http/app-deps.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import type { InboxStore } from "../../src/stores/inbox.ts";
import {
  AMOUNT,
  attemptOf,
  eucKrForm,
  jsonPost,
  kiwoomFields,
  kiwoomGet,
  startNoticeBench,
} from "../notices/bench.ts";
import type { NoticeBench } from "../notices/bench.ts";
import { TEST_SECRETS, createTestApp, createTestDeps, send } from "./support.ts";

const LOGIN = `Basic ${Buffer.from("admin:correct horse battery").toString("base64")}`;
const GATEWAY = "203.0.113.7";

/** An app whose inbox is a list, that knows KiwoomPay, and takes notices from one network. */
async function appWith(changes: Partial<AppDeps["config"]> = {}, inbox: Partial<InboxStore> = {}) {
  const stored: unknown[] = [];
  const deps = createTestDeps();
  const app = await createTestApp({
    inbox: {
      receive: async (entry: unknown) => {
        stored.push(entry);
        return "new";
      },
      ...inbox,
    } as InboxStore,
    gateways: { ...deps.gateways, all: () => [{ gateway: "kiwoompay" }] } as never,
    config: {
      ...deps.config,
      notices: {
        ...deps.config.notices,
        addresses: { kiwoompay: [`${GATEWAY}/32`, "2001:db8::/64"], cookiepay: [], portone: [] },
      },
      ...changes,
    },
  });
  const get = (remoteAddress: string, headers: Record<string, string> = {}) =>
    send(app, { method: "GET", url: "/webhook/kiwoom?ORDERNO=A", remoteAddress, headers });
  return { app, stored, get };
}

describe("the addresses that notices come from", () => {
  it.each([GATEWAY, `::ffff:${GATEWAY}`, "::ffff:cb00:7107", "2001:db8::9", "2001:db8::9%eth0"])(
    "%s may send",
    async (address) => {
      const { app, stored, get } = await appWith();
      expect((await get(address)).status).toBe(200);
      expect(stored).toHaveLength(1);
      await app.close();
    },
  );

  it("are looked at behind two proxies, whichever way these are named", async () => {
    for (const trustProxy of [2, ["10.0.0.0/8", "192.0.2.1"]]) {
      const { app, get } = await appWith({ trustProxy });
      const via = (forwarded: string) => get("10.0.0.9", { "x-forwarded-for": forwarded });
      expect((await via(`${GATEWAY}, 192.0.2.1`)).status).toBe(200);
      // What a caller writes in front of what the proxies wrote is nobody's word.
      expect((await via(`${GATEWAY}, 198.51.100.9, 192.0.2.1`)).status).toBe(403);
      expect((await via(`198.51.100.9, ${GATEWAY}, 192.0.2.1`)).status).toBe(200);
      await app.close();
    }
  });

  it("are not forged by a header, in 200 variants", async () => {
    const names = [
      "x-forwarded-for",
      "X-Forwarded-For",
      "x-real-ip",
      "forwarded",
      "client-ip",
      "true-client-ip",
      "x-client-ip",
      "x-forwarded",
      "cf-connecting-ip",
      "x-original-forwarded-for",
    ];
    const values = [
      GATEWAY,
      `${GATEWAY}, ${GATEWAY}`,
      ` ${GATEWAY} `,
      `${GATEWAY},`,
      `,${GATEWAY}`,
      `"${GATEWAY}"`,
      `for=${GATEWAY}`,
      `for="${GATEWAY}"`,
      `::ffff:${GATEWAY}`,
      `[::ffff:${GATEWAY}]`,
      `${GATEWAY}:443`,
      `${GATEWAY}, 198.51.100.9`,
      `198.51.100.9, ${GATEWAY}, 198.51.100.9`,
      "2001:db8::9",
      "[2001:db8::9]:1",
      `${GATEWAY} 10.0.0.1`,
      `${GATEWAY};by=10.0.0.1`,
      "127.0.0.1",
      "localhost",
      `0xcb.0.0x71.7, ${GATEWAY}%00`,
    ];
    expect(names.length * values.length).toBe(200);
    const direct = await appWith();
    const proxied = await appWith({ trustProxy: ["10.0.0.0/8"] });
    for (const name of names) {
      for (const value of values) {
        // Straight from a stranger, whose headers nobody believes.
        expect((await direct.get("198.51.100.9", { [name]: value })).status).toBe(403);
        // By way of the proxy, which writes the caller's true address behind whatever he sent.
        const own = name.toLowerCase() === "x-forwarded-for";
        const headers = own
          ? { [name]: `${value}, 198.51.100.9` }
          : { [name]: value, "x-forwarded-for": "198.51.100.9" };
        expect((await proxied.get("10.0.0.9", headers)).status).toBe(403);
      }
    }
    expect([...direct.stored, ...proxied.stored]).toEqual([]);
    await Promise.all([direct.app.close(), proxied.app.close()]);
  });

  it("that are no addresses are on no list", () => {
    const list = createAddressList(["10.0.0.0/8"]);
    for (const text of ["", "10", "10.0.0.1.evil.example", "0x0a.0.0.1", "10.0.0.1/8"]) {
      expect(list.has(text)).toBe(false);
    }
    expect(list.has("10.255.0.1")).toBe(true);
  });

  it("are told in a problem, and a gateway that is not used has none", async () => {
    const { app, get } = await appWith();
    const refused = await get("198.51.100.9");
    expect(refused).toMatchObject({ status: 403, body: { code: "NOTICE_ADDRESS_REFUSED" } });
    const unused = await send(app, { method: "POST", url: "/webhook/portone", payload: "a=b" });
    expect(unused.status).toBe(404);
    await app.close();
  });
});

describe("what is stored of a notice", () => {
  it("is sealed, and holds no login, cookie, or more than is bounded", async () => {
    const { app, stored } = await appWith();
    const response = await app.inject({
      method: "POST",
      url: "/webhook/noti?AUTOKEY=C2026SECRETKEY",
      remoteAddress: GATEWAY,
      headers: {
        authorization: "Bearer hush-login",
        cookie: "hush-cookie",
        "x-long": "y".repeat(3000),
        "content-type": "application/x-www-form-urlencoded",
      },
      payload: "ORDERNO=KB-1&BILLKEY=hush-billing-key",
    });
    expect(response.statusCode).toBe(200);
    const [entry] = stored as [{ id: string; raw: never }];
    expect(JSON.stringify(entry)).not.toMatch(/hush|SECRETKEY|BILLKEY/);
    const raw = JSON.parse(TEST_SECRETS.open(entry.raw, entry.id));
    expect(Buffer.from(raw.body, "base64").toString()).toContain("BILLKEY=hush-billing-key");
    expect(raw.query).toBe("AUTOKEY=C2026SECRETKEY");
    expect(JSON.stringify(raw.headers)).not.toMatch(/hush/);
    expect(Object.fromEntries(raw.headers)["x-long"]).toHaveLength(512);
    const odd = { "content-type": "none; at = all" };
    const taken = {
      method: "POST",
      url: "/webhook/noti",
      remoteAddress: GATEWAY,
      headers: odd,
    } as const;
    expect((await app.inject({ ...taken, payload: "ORDERNO=KB-2" })).statusCode).toBe(200);
    const large = { method: "POST", url: "/webhook/noti", remoteAddress: GATEWAY } as const;
    const answer = await app.inject({ ...large, payload: Buffer.alloc(40_000, 65) });
    expect(answer.statusCode).toBe(413);
    await app.close();
  });

  it("is said to be stored only once it is: a lost or slow database is 503", async () => {
    const lost = Object.assign(new Error("away"), { name: "MongoNetworkError" });
    const away = await appWith({}, { receive: () => Promise.reject(lost) });
    const answer = await away.get(GATEWAY);
    expect(answer).toMatchObject({ status: 503, body: { code: "DATABASE_UNAVAILABLE" } });
    expect(answer.headers["retry-after"]).toBeDefined();
    await away.app.close();
    const slow = await appWith({}, { receive: () => new Promise(() => {}) });
    expect(await slow.get(GATEWAY)).toMatchObject({ status: 503, body: { code: "NOTICES_BUSY" } });
    await slow.app.close();
  }, 20_000);
});

describe("with the real stores", () => {
  let bench: NoticeBench;
  let app: HttpApp;
  beforeAll(async () => {
    bench = await startNoticeBench("kiwoompay");
    const adminPassword = createTestDeps().adminPassword;
    app = await createApp({ ...(await appDepsOf(bench.core.composition)), adminPassword });
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await bench?.close();
  });

  const get = (url: string, accept = "application/json") =>
    send(app, { method: "GET", url, headers: { authorization: LOGIN, accept } });

  it("a burst of 10,000 over HTTP loses none, and doubles none", async () => {
    await app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = app.server.address() as AddressInfo;
    const { Agent } = await import("node:http");
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const statuses = new Map<number, number>();
    const one = (index: number) =>
      new Promise<void>((resolve, reject) => {
        const path = `/webhook/kiwoom?${eucKrForm({ ...BURST, ORDERNO: `KB-BURST-${index}` })}`;
        const sent = httpRequest({ port, host: "127.0.0.1", path, agent }, (response) => {
          const { statusCode = 0 } = response;
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
          response.resume().on("end", resolve);
        });
        sent.on("error", reject).end();
      });
    await Promise.all(Array.from({ length: 10_000 }, (_none, index) => one(index)));
    // A hundred come once more.
    await Promise.all(Array.from({ length: 100 }, (_none, index) => one(index)));
    agent.destroy();
    expect([...statuses]).toEqual([[200, 10_100]]);
    const inbox = bench.core.composition.database.collection("inbox");
    expect(await inbox.countDocuments({})).toBe(10_000);
    expect(await inbox.countDocuments({ timesSeen: 2 })).toBe(100);
    await inbox.deleteMany({});
  }, 120_000);

  it("an administrator sees them, without secrets, and has one looked at once more, on record", async () => {
    const invoice = await bench.pay();
    const { orderNumber } = attemptOf(invoice);
    const fields = {
      ...kiwoomFields(orderNumber, { AMOUNT: "1" }),
      AUTOKEY: "C2026HUSH",
      PRODUCTNAME: "<b>4111 1111 1111 1111</b>",
    };
    await bench.post(kiwoomGet(fields));
    await bench.work();
    expect((await send(app, { method: "GET", url: "/admin/notices" })).status).toBe(401);
    const { body } = await get("/admin/notices?gateway=kiwoompay&state=flagged");
    const [item] = body["items"] as { id: string; reason: string; invoiceId: string }[];
    expect(item).toMatchObject({ reason: "wrong_amount", invoiceId: invoice.id });
    expect((await get("/admin/notices?state=applied")).body["items"]).toEqual([]);
    const url = `/admin/notices/${item?.id}`;
    for (const answer of [
      await get(url),
      await get(url, "text/html"),
      await get("/admin/notices", "text/html"),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.text).not.toMatch(/HUSH|4111 1111/);
      expect(answer.text).toContain(orderNumber);
    }
    expect((await get(url, "text/html")).text).toContain("&lt;b&gt;");
    const press = (kind: string, payload: string) =>
      send(app, {
        method: "POST",
        url: `/admin/notices/${kind}`,
        headers: {
          authorization: LOGIN,
          accept: "text/html",
          "content-type": "application/x-www-form-urlencoded",
        },
        payload,
      });
    expect((await press("replay", `id=${item?.id}&reason=`)).status).toBe(400);
    expect((await press("seen", `id=${item?.id}&reason=checked`)).status).toBe(303);
    expect((await press("replay", `id=${item?.id}&reason=again`)).status).toBe(303);
    const entry = await bench.core.composition.inbox.find(item?.id ?? "");
    expect(entry).toMatchObject({ state: "received", seen: true });
    expect(entry?.outbox).toMatchObject([
      { type: "notice.seen", actor: "operator", by: "admin", reason: "checked" },
      { type: "notice.replayed", actor: "operator", by: "admin", reason: "again" },
    ]);
    await bench.work();
    expect((await get(url)).body).toMatchObject({ state: "flagged", reason: "wrong_amount" });
    expect(await bench.core.invoice(invoice.id)).toEqual(invoice);
  });

  it("keeps the bytes for some days, of what nobody has seen for longer, and what was said for ever", async () => {
    const { inbox } = bench.core.composition;
    await bench.post(jsonPost("/webhook/kiwoom", { RESULTCODE: "0000", ORDERNO: "KB-OLD" }));
    await bench.work();
    const { id } = await bench.newest();
    const days = (count: number) =>
      new Date(bench.core.composition.clock.now().getTime() + count * 86_400_000);
    await inbox.removeRaw(days(1), days(-300), 1000);
    expect((await inbox.find(id))?.raw).not.toBeNull();
    await inbox.removeRaw(days(1), days(1), 1000);
    expect(await inbox.find(id)).toMatchObject({
      raw: null,
      state: "flagged",
      facts: { orderNumber: "KB-OLD" },
    });
    expect((await get(`/admin/notices/${id}`)).body).toMatchObject({ shown: null });
  });

  it("says whether notices can be stored", async () => {
    expect(await get("/webhook/health")).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});

const BURST = kiwoomFields("KB-BURST", { AMOUNT: String(AMOUNT) });
