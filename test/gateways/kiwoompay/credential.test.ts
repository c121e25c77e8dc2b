import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import { toReturnUrl } from "../../../src/gateways/kiwoompay/return-url.ts";
import { type ScriptedServer, startScriptedServer } from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE } from "../contract-fixtures.ts";
import {
  LINK_KEY,
  READY,
  TOKEN,
  answerEucKr,
  bodiesAt,
  createAdapter,
  giveTickets,
  openCall,
} from "./wire.ts";

const BY_KEY = { call: "charge", paidWith: "billing_key" } as const;

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  giveTickets(server);
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

describe("the first step", () => {
  test.each([
    [{ call: "issue" }, "CARD-KEYGEN", "CARDK-KEYGEN", false],
    [BY_KEY, "CARD-BATCH", "CARDK-BATCH", false],
    [{ call: "charge", paidWith: "card" }, "CARD-SUGI", "CARDK-SUGI", false],
    [{ call: "charge", paidWith: "card", save: true }, "CARD-KEYGEN", "CARDK-KEYGEN", false],
    [{ call: "refund", paidWith: "billing_key" }, "CARD-BATCH", "CARDK-BATCH", true],
    [{ call: "refund", paidWith: "card" }, "CARD", "CARDK", true],
  ] as const)("for %j names %s or %s", async (use, inCard, inCardk, cancels) => {
    const other = createAdapter({ baseUrl: server.url, family: "CARDK" });
    await openCall(adapter, use);
    await openCall(other, use);
    const asked = bodiesAt(server, READY).map(({ CPID: _cpid, ...rest }) => rest);
    const cancelling = cancels ? { CANCELREQ: "Y" } : {};
    expect(asked).toEqual([
      { PAYMETHOD: inCard, ...cancelling },
      { PAYMETHOD: inCardk, ...cancelling },
    ]);
    expect(adapter.paceOf(use)).toEqual({ bucket: inCard, perSecond: 5 });
    expect(other.paceOf(use)).toEqual({ bucket: inCardk, perSecond: 5 });
    other.close();
  });

  test("is not asked for what the gateway does not have, and sets no pace", async () => {
    for (const call of ["read", "revoke"] as const) {
      const opened = await adapter.openCredential({ call });
      expect(opened).toMatchObject({ kind: "ready", credential: { value: "" } });
      expect(adapter.paceOf({ call })).toBeNull();
    }
    expect(server.requests).toEqual([]);
  });

  test("gives every call a credential of its own, that ends its life after its receipt", async () => {
    const brief = createAdapter({ baseUrl: server.url, tokenLifeMs: 60_000 });
    const from = Date.now();
    const five = await openCall(adapter, BY_KEY);
    const one = await openCall(brief, BY_KEY);
    const until = Date.now();
    brief.close();
    expect(five.credential.endsAt.getTime()).toBeGreaterThanOrEqual(from + 300_000);
    expect(five.credential.endsAt.getTime()).toBeLessThanOrEqual(until + 300_000);
    expect(one.credential.endsAt.getTime()).toBeLessThanOrEqual(until + 60_000);
    await openCall(adapter, BY_KEY);
    expect(bodiesAt(server, READY)).toHaveLength(3);
  });

  test("is believed with a code of success and without one", async () => {
    const RETURNURL = `${server.url}/x`;
    server.script(READY, answerEucKr({ RESULTCODE: "0000", RETURNURL, TOKEN }));
    expect((await adapter.openCredential(BY_KEY)).kind).toBe("ready");
  });

  test.each<[string, object, string]>([
    ["a refusal", { RESULTCODE: "FAIL", ERRORMESSAGE: LINK_KEY }, "ready: refused FAIL"],
    ["no token", { TOKEN: undefined }, "ready: no token in the answer"],
    ["a token that fits no header", { TOKEN: "a\nb" }, "ready: no token in the answer"],
    ["no address", { RETURNURL: undefined }, "ready: RETURNURL is not allowed"],
    ["text for an address", { RETURNURL: "/pay" }, "ready: RETURNURL is not allowed"],
  ])("sends nothing after %s", async (_case, changes, reason) => {
    const good = { RETURNURL: `${server.url}/x`, TOKEN };
    server.script(READY, answerEucKr({ ...good, ...changes }));
    expect(await adapter.openCredential(BY_KEY)).toEqual({ kind: "not_sent", reason });
  });

  test("sends nothing after a refusal that repeats the key as its code", async () => {
    server.script(READY, answerEucKr({ RESULTCODE: LINK_KEY }));
    expect(JSON.stringify(await adapter.openCredential(BY_KEY))).not.toContain(LINK_KEY);
  });
});

describe("the key goes only", () => {
  const live = { baseUrl: "https://api.kiwoompay.co.kr" };
  const local = { baseUrl: "http://127.0.0.1:4000" };

  test.each([
    "https://api.kiwoompay.co.kr/pay/card?x=1",
    "https://kiwoompay.co.kr/pay",
    "https://apitest.payjoa.co.kr/pay",
    "https://API.KIWOOMPAY.CO.KR/pay",
    "https://a.b.kiwoompay.co.kr:8443/pay",
  ])("to the gateway's own hosts over TLS: %s", (url) => {
    expect(toReturnUrl(url, live)?.href).toBe(new URL(url).href);
    expect(toReturnUrl(url, local)).toBeDefined();
  });

  test.each([
    "http://api.kiwoompay.co.kr/pay",
    "https://kiwoompay.co.kr.example.com/pay",
    "https://evilkiwoompay.co.kr/pay",
    "https://kiwoompay.co.kr@example.com/pay",
    "https://user:word@api.kiwoompay.co.kr/pay",
    "https://api.kiwoompay.co.kr.:443@127.0.0.1/",
    "https://127.0.0.1/pay",
    "ftp://api.kiwoompay.co.kr/pay",
    "http://127.0.0.1:4000/pay",
    "javascript:alert(1)",
    "//api.kiwoompay.co.kr/pay",
  ])("never to %s", (url) => {
    expect(toReturnUrl(url, live)).toBeUndefined();
  });

  test("to a simulator's very origin, where one is configured", () => {
    for (const baseUrl of ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000"]) {
      expect(toReturnUrl(`${baseUrl}/kiwoompay/batch`, { baseUrl })).toBeDefined();
      const elsewhere = baseUrl.replace(":4000", ":4001");
      expect(toReturnUrl(`${elsewhere}/kiwoompay/batch`, { baseUrl })).toBeUndefined();
    }
    expect(toReturnUrl("http://localhost:4000/x", local)).toBeUndefined();
    const container = { baseUrl: "http://simulator:4000" };
    expect(toReturnUrl("http://simulator:4000/x", container)).toBeUndefined();
    expect(toReturnUrl("http://simulator:4000/x", { ...container, simulator: true })).toBeDefined();
    expect(toReturnUrl("http://other:4000/x", { ...container, simulator: true })).toBeUndefined();
  });

  test("there although the credential names another place", async () => {
    const elsewhere = await startScriptedServer();
    const RETURNURL = `${elsewhere.url}/pay`;
    server.script(READY, answerEucKr({ RETURNURL, TOKEN }));
    expect(await adapter.openCredential(BY_KEY)).toEqual({
      kind: "not_sent",
      reason: "ready: RETURNURL is not allowed",
    });
    const value = JSON.stringify({
      payMethod: "CARD-BATCH",
      cancels: false,
      url: RETURNURL,
      token: TOKEN,
    });
    const credential = { value, endsAt: new Date(Date.now() + 60_000) };
    expect(await adapter.charge({ credential, maySend: () => true }, CONTRACT_CHARGE)).toEqual({
      kind: "not_sent",
      reason: "CARD-BATCH: RETURNURL is not allowed",
    });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });
});
