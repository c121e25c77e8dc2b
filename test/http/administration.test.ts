import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { HttpApp } from "../../src/http/http-app.ts";
import { createTestApp, send } from "./support.ts";

const RIGHT = basic("admin", "correct horse battery");

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

let app: HttpApp;
let checks = 0;

beforeEach(async () => {
  await app?.close();
  checks = 0;
  app = await createTestApp({
    adminPassword: {
      user: "admin",
      verify: (password) => {
        checks += 1;
        return Promise.resolve(password === "correct horse battery");
      },
    },
  });
});

afterAll(() => app.close());

function get(url: string, headers: Record<string, string> = {}) {
  return send(app, { method: "GET", url, headers });
}

describe("/admin", () => {
  it.each([
    "/admin",
    "/admin/queues",
    "/admin/queues/",
    "/admin/queues/static/favicon-32x32.png",
    "/admin/queues/api/queues",
    "/admin/queues/queue/charge-cookiepay-default",
    "/admin/nothing",
  ])("%s asks for the login", async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain("Basic");
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it.each([
    basic("admin", "wrong"),
    basic("root", "correct horse battery"),
    basic("admin", ""),
    "Basic !!!",
    "Bearer abc",
    `Basic ${"A".repeat(5000)}`,
  ])("does not let in %s", async (authorization) => {
    expect((await get("/admin/queues", { authorization })).status).toBe(401);
  });

  it("shows the board, its files and its API to the administrator", async () => {
    const page = await get("/admin/queues/", { authorization: RIGHT });
    expect(page.status).toBe(200);
    expect(page.text).toContain("<title>kiwoom-billing</title>");
    const [, script = ""] = /src="(static\/js\/main[^"]+)"/.exec(page.text) ?? [];
    expect((await get(`/admin/queues/${script}`, { authorization: RIGHT })).status).toBe(200);
    const queues = await get("/admin/queues/api/queues", { authorization: RIGHT });
    expect(queues.body).toEqual({ queues: [] });
    expect((await get("/admin", { authorization: RIGHT })).headers["location"]).toBe(
      "/admin/queues/",
    );
    expect((await get("/admin/nothing", { authorization: RIGHT })).status).toBe(404);
  });

  it("speaks Korean to a Korean browser", async () => {
    const headers = { authorization: RIGHT, "accept-language": "ko-KR,ko;q=0.9" };
    const page = await get("/admin/queues/", headers);
    const [, settings = "{}"] = /type="application\/json">(.*?)<\/script>/.exec(page.text) ?? [];
    expect(JSON.parse(settings)).toMatchObject({ locale: { lng: "ko-KR" } });
    const english = await get("/admin/queues/", { authorization: RIGHT });
    expect(english.text).not.toContain("ko-KR");
  });

  it("has the language that the board is told to use", () => {
    const board = createRequire(import.meta.url).resolve("@bull-board/ui/package.json");
    const locale = new URL("dist/static/locales/ko-KR/messages.json", `file://${board}`);
    expect(readFileSync(locale, "utf8")).toMatch(/[가-힣]/);
  });

  it("checks a login that was right only once", async () => {
    for (let round = 0; round < 30; round += 1) {
      expect((await get("/admin/queues/api/queues", { authorization: RIGHT })).status).toBe(200);
    }
    expect(checks).toBe(1);
  });

  it("stops guessing after ten failures", async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      statuses.push((await get("/admin", { authorization: basic("admin", `${round}`) })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect(checks).toBe(10);
    const limited = await get("/admin", { authorization: RIGHT });
    expect(limited.status).toBe(429);
    expect(Number(limited.headers["retry-after"])).toBeGreaterThan(0);
    const other = await send(app, {
      method: "GET",
      url: "/admin",
      remoteAddress: "10.0.0.9",
      headers: { authorization: RIGHT },
    });
    expect(other.status).toBe(302);
  });

  it.each([
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "none" }, 403],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 404],
    [{ origin: "http://localhost" }, 404],
    [{}, 404],
  ])("a change with %j is answered with %i", async (headers, status) => {
    const answer = await send(app, {
      method: "PUT",
      url: "/admin/queues/api/queues/none/pause",
      headers: { authorization: RIGHT, host: "localhost", ...headers },
    });
    expect(answer.status).toBe(status);
  });

  it("is closed without a password", async () => {
    const closed = await createTestApp({ adminPassword: null });
    for (const url of ["/admin", "/admin/queues", "/admin/queues/api/queues"]) {
      const answer = await send(closed, {
        method: "GET",
        url,
        headers: { authorization: RIGHT },
      });
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBe("ADMIN_CLOSED");
    }
    await closed.close();
  });
});
