import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AccountPause, newAccountPause } from "../../src/domain/account-pause.ts";
import { DECLINES } from "../../src/domain/decline-codes.ts";
import { createDecline, factsOf, isDeclineCode } from "../../src/domain/decline.ts";
import type { DeclineOverview } from "../../src/billing/list-declines.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import type { AccountPauseStore } from "../../src/stores/account-pauses.ts";
import type { DeclineCountStore } from "../../src/stores/decline-counts.ts";
import { POLICY, START, after } from "../domain/fixtures.ts";
import { createTestApp, send } from "./support.ts";

const LOGIN = `Basic ${Buffer.from("admin:correct horse battery").toString("base64")}`;
const CODES = Object.keys(DECLINES).filter(isDeclineCode);
const ODD = "<b>8837</b>";

function stoppedAccount(): AccountPause {
  const decline = createDecline("merchant_limit", { code: "2005", message: "<i>한도</i>" });
  const by = { at: after(0), actor: "charge", backoff: POLICY.pauseBackoff } as const;
  const account = { gateway: "cookiepay", account: "default" };
  return newAccountPause(account, "charge", { decline, orderNumber: "KB-A-1" }, by);
}

/** One account in memory, as its store keeps it. */
function onePause(): AccountPauseStore & { stored(): AccountPause } {
  let stored = stoppedAccount();
  return {
    find: async (id) => (id === stored.id ? stored : null),
    insert: async () => false,
    async write(read, next) {
      if (read.revision !== stored.revision) return null;
      stored = { ...next, revision: read.revision + 1 };
      return stored;
    },
    listPaused: async () => (stored.pausedUntil === null ? [] : [stored]),
    stored: () => stored,
  };
}

const declines: DeclineCountStore = {
  add: async () => {},
  listAll: async () => [
    {
      gateway: "cookiepay",
      code: "unrecognized",
      rawCode: ODD,
      count: 3,
      firstSeenAt: START,
      lastSeenAt: after(1000).business,
      orderNumber: "KB-B-2",
    },
  ],
};

describe("/admin/declines", () => {
  const pauses = onePause();
  let app: HttpApp;
  beforeAll(async () => {
    app = await createTestApp({ pauses, declines });
  });
  afterAll(() => app.close());

  const get = (headers: Record<string, string> = {}) =>
    send(app, { method: "GET", url: "/admin/declines", headers });
  const readPage = (language: string) =>
    get({ authorization: LOGIN, accept: "text/html", "accept-language": language });

  it("asks for the login", async () => {
    expect((await get()).status).toBe(401);
  });

  it.each(["ko", "en"] as const)("shows the whole table in %s", async (language) => {
    const { text, headers } = await readPage(language);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(text).toContain(`<html lang="${language}">`);
    const shown = text.replaceAll("&#39;", "'");
    for (const code of CODES) {
      const { customer, operator } = factsOf(code);
      expect(shown).toContain(`<td>${code}</td>`);
      expect(shown).toContain(customer[language]);
      expect(shown).toContain(operator[language]);
    }
    expect(shown).toContain("integration guide of 2026-02-05");
  });

  it("shows what gateways said as text", async () => {
    const { text } = await readPage("en");
    expect(text).toContain("&lt;b&gt;8837&lt;/b&gt;");
    expect(text).toContain("&lt;i&gt;한도&lt;/i&gt;");
    expect(text).not.toContain(ODD);
  });

  it("is linked with the other pages", async () => {
    const { text } = await readPage("ko");
    for (const name of ["unresolved", "declines", "audit", "queues"]) {
      expect(text).toContain(`<a href="/admin/${name}">`);
    }
  });

  it("is JSON for programs", async () => {
    const { body } = await get({ authorization: LOGIN });
    const overview = body as unknown as DeclineOverview;
    expect(overview.codes.map(({ code }) => code)).toEqual(CODES);
    expect(overview.unrecognized).toMatchObject([
      { rawCode: ODD, count: 3, orderNumber: "KB-B-2" },
    ]);
    expect(overview.paused).toMatchObject([{ account: "cookiepay/default", queue: "charge" }]);
    const gateways = overview.maps.map(({ gateway }) => gateway);
    expect(gateways).toEqual(["cookiepay", "kiwoompay", "portone", "payup"]);
  });

  it("lets an account go on by its button, with a reason, on record", async () => {
    const press = (payload: string) =>
      send(app, {
        method: "POST",
        url: "/admin/declines/release",
        headers: {
          authorization: LOGIN,
          accept: "text/html",
          "content-type": "application/x-www-form-urlencoded",
        },
        payload,
      });
    const id = encodeURIComponent("cookiepay/default");
    expect((await press(`id=${id}&reason=`)).status).toBe(400);
    expect(pauses.stored().pausedUntil).not.toBeNull();
    const answer = await press(`id=${id}&reason=${encodeURIComponent("한도 상향")}`);
    expect(answer.status).toBe(303);
    expect(answer.headers["location"]).toBe("/admin/declines");
    expect(pauses.stored()).toMatchObject({ pausedUntil: null });
    expect(pauses.stored().outbox.at(-1)).toMatchObject({
      type: "account.released",
      actor: "operator",
      by: "admin",
      reason: "한도 상향",
    });
    expect((await press(`id=${id}&reason=again`)).status).toBe(409);
  });
});
