import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpApp } from "../../src/http/http-app.ts";
import { createCollectingLogger, createTestApp, createTestDeps, send } from "./support.ts";

const KEY = "key-of-sixteen-characters";
const OTHER_KEY = "another-key-of-sixteen";

function depsWithKeys() {
  const deps = createTestDeps();
  return { ...deps, config: { ...deps.config, apiKeys: [OTHER_KEY, KEY] } };
}

/** Reaches the database if it is let in. */
const URL_BEHIND = "/billing/subscriptions";
const LET_IN = 500;

describe("without API keys", () => {
  let app: HttpApp;

  beforeAll(async () => {
    app = await createTestApp();
  });

  afterAll(() => app.close());

  it.each(["localhost:3000", "127.0.0.1:3000", "127.8.0.1", "[::1]:3000", "LOCALHOST"])(
    "this machine is served as %s",
    async (host) => {
      const answer = await send(app, { method: "GET", url: URL_BEHIND, headers: { host } });
      expect(answer.status).toBe(LET_IN);
    },
  );

  it.each(["::1", "127.0.0.1", "::ffff:127.0.0.1"])("%s is this machine", async (remoteAddress) => {
    const answer = await send(app, { method: "GET", url: URL_BEHIND, remoteAddress });
    expect(answer.status).toBe(LET_IN);
  });

  it.each(["10.0.0.5", "::ffff:10.0.0.5", "fe80::1", "1127.0.0.1"])(
    "%s is not served",
    async (remoteAddress) => {
      const answer = await send(app, { method: "GET", url: URL_BEHIND, remoteAddress });
      expect(answer.status).toBe(401);
      expect(answer.body.code).toBe("LOOPBACK_ONLY");
    },
  );

  it("nobody becomes this machine by a header", async () => {
    const answer = await send(app, {
      method: "GET",
      url: URL_BEHIND,
      remoteAddress: "10.0.0.5",
      headers: { "x-forwarded-for": "127.0.0.1" },
    });
    expect(answer.status).toBe(401);
  });

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0"])(
    "a page under the name %j is not served",
    async (host) => {
      const answer = await send(app, { method: "GET", url: URL_BEHIND, headers: { host } });
      expect(answer.status).toBe(401);
    },
  );

  it("a request through a proxy on this machine is not served", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9" };
    expect((await send(app, { method: "GET", url: URL_BEHIND, headers })).status).toBe(401);
    expect((await send(app, { method: "GET", url: "/metrics", headers })).status).toBe(401);
  });
});

describe("with API keys", () => {
  let app: HttpApp;

  beforeAll(async () => {
    app = await createTestApp(depsWithKeys());
  });

  afterAll(() => app.close());

  it.each([`Bearer ${KEY}`, `bearer ${OTHER_KEY}`])("%s is let in", async (authorization) => {
    const answer = await send(app, {
      method: "GET",
      url: URL_BEHIND,
      remoteAddress: "10.0.0.5",
      headers: { authorization, host: "billing.example" },
    });
    expect(answer.status).toBe(LET_IN);
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  it.each([
    [undefined, "API_KEY_REQUIRED"],
    ["", "API_KEY_REQUIRED"],
    [`Basic ${KEY}`, "API_KEY_REQUIRED"],
    [`Bearer ${KEY}x`, "API_KEY_UNKNOWN"],
    ["Bearer undefined", "API_KEY_UNKNOWN"],
  ])("Authorization %j is not", async (authorization, code) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await send(app, { method: "GET", url: URL_BEHIND, headers });
    expect(answer.status).toBe(401);
    expect(answer.body.code).toBe(code);
    expect(answer.headers["www-authenticate"]).toContain("Bearer");
    expect(answer.text).not.toContain(KEY);
  });

  it.each(["/billing/register", "/billing/pay", "/test-clock/advance"])(
    "POST %s is refused before its body is looked at",
    async (url) => {
      const answer = await send(app, { method: "POST", url, payload: { nonsense: true } });
      expect(answer.status).toBe(401);
    },
  );

  it.each(["/", "/health/live", "/health/ready", "/docs/json", "/problems"])(
    "%s needs none",
    async (url) => {
      const answer = await send(app, { method: "GET", url, remoteAddress: "10.0.0.5" });
      expect(answer.status).toBe(200);
    },
  );

  it("metrics need the key, but not on this machine", async () => {
    expect((await send(app, { method: "GET", url: "/metrics" })).text).toBe("up 1\n");
    const far = { method: "GET", url: "/metrics", remoteAddress: "10.0.0.5" } as const;
    expect((await send(app, far)).status).toBe(401);
    const headers = { authorization: `Bearer ${KEY}` };
    expect((await send(app, { ...far, headers })).status).toBe(200);
  });
});

describe("the probes", () => {
  it.each([
    [true, true, 200, []],
    [false, true, 503, ["database"]],
    [true, false, 503, ["redis"]],
    [false, false, 503, ["database", "redis"]],
  ])("database %s and Redis %s give %i", async (database, redis, status, missing) => {
    const health = { database: async () => database, redis: async () => redis };
    const app = await createTestApp({ health });
    const answer = await send(app, { method: "GET", url: "/health/ready" });
    expect(answer.status).toBe(status);
    expect(answer.body["missing"]).toEqual(missing);
    expect((await send(app, { method: "GET", url: "/health/live" })).status).toBe(200);
    await app.close();
  });

  it("a probe that fails counts as missing", async () => {
    const health = {
      database: () => Promise.reject(new Error("away")),
      redis: async () => true,
    };
    const app = await createTestApp({ health });
    expect((await send(app, { method: "GET", url: "/health/ready" })).status).toBe(503);
    await app.close();
  });
});

describe("the log", () => {
  it("has a line per request without ids, queries, headers or bodies", async () => {
    const { log, lines } = createCollectingLogger();
    const app = await createTestApp({ log });
    const answer = await send(app, {
      method: "POST",
      url: "/billing/pay?note=private",
      headers: { authorization: "Bearer private" },
      payload: { billingKey: "private" },
    });
    await send(app, { method: "GET", url: "/billing/payment/private" });
    expect(lines.filter((line) => line.text === "request").map((line) => line.fields)).toEqual([
      {
        method: "POST",
        route: "/billing/pay",
        status: 400,
        ms: expect.any(Number),
        requestId: answer.body.requestId,
      },
      expect.objectContaining({ route: "/billing/payment/:id", status: 500 }),
    ]);
    expect(JSON.stringify(lines)).not.toContain("Bearer");
    await app.close();
  });
});

describe("the headers", () => {
  it("are strict, and hold on plain http", async () => {
    const app = await createTestApp();
    const { headers } = await send(app, { method: "GET", url: "/docs/json" });
    expect(headers["content-security-policy"]).toContain("script-src 'self'");
    expect(headers["content-security-policy"]).not.toContain("upgrade-insecure-requests");
    expect(headers["strict-transport-security"]).toBeUndefined();
    expect(headers["x-content-type-options"]).toBe("nosniff");
    await app.close();
  });
});

describe("what is no HTTP", () => {
  it("is answered as a problem, and the connection ends", async () => {
    const app = await createTestApp();
    await app.listen({ port: 0, host: "127.0.0.1" });
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.end("NONSENSE\r\n\r\n");
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(socket, "close");
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.split("\r\n\r\n")[1] ?? "")).toMatchObject({
      code: "MALFORMED_REQUEST",
      status: 400,
    });
    await app.close();
  });
});
