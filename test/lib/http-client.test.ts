import net, { type AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type HttpClient,
  type HttpClientOptions,
  type HttpPost,
  type HttpRequest,
  createHttpClient,
} from "../../src/lib/http-client.ts";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  cutAnswer,
  dripForever,
  dropConnection,
  findClosedUrl,
  hang,
  redirectTo,
  resetConnection,
  speakNoHttp,
  startScriptedServer,
} from "../support/scripted-server.ts";

const SECRET = "secret-4111111111111111";
const closers: Array<() => unknown> = [];
let server: ScriptedServer;

beforeEach(async () => {
  server = await startScriptedServer();
  closers.push(() => server.close());
});

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const http = createHttpClient({
    baseUrl: server.url,
    connectTimeoutMs: 5_000,
    totalTimeoutMs: 10_000,
    maxResponseBytes: 10_000,
    ...options,
  });
  closers.push(() => http.close());
  return http;
}

function request(changes: Partial<HttpPost> = {}): HttpPost {
  return {
    path: "/pay",
    headers: { "content-type": "application/json", "x-secret": SECRET },
    body: JSON.stringify({ card: SECRET, name: "김철수" }),
    maySend: () => true,
    ...changes,
  };
}

async function listenRaw(onSocket: (socket: net.Socket) => void): Promise<string> {
  const raw = net.createServer(onSocket);
  const open = new Set<net.Socket>();
  raw.on("connection", (socket) => open.add(socket.on("error", () => {})));
  await new Promise<void>((resolve) => {
    raw.listen(0, "127.0.0.1", resolve);
  });
  closers.push(() => {
    for (const socket of open) socket.destroy();
    raw.close();
  });
  return `127.0.0.1:${(raw.address() as AddressInfo).port}`;
}

describe("an answer", () => {
  test("comes back as bytes, with its status and headers, whatever the status", async () => {
    server.script("/pay", answerText(Buffer.from([0xb1, 0xe8]), 503));
    const result = await client().post(request());
    expect(result).toMatchObject({
      kind: "answered",
      status: 503,
      body: Buffer.from([0xb1, 0xe8]),
    });
    expect(result.kind === "answered" && result.headers["content-type"]).toBe("application/json");
  });

  test.each(["post", "put"] as const)("belongs to exactly what was given: %s", async (method) => {
    server.script("/pay", answerJson({}));
    await client()[method](request({ body: ' {"b" : "가"} ' }));
    expect(server.requests[0]).toMatchObject({
      method: method.toUpperCase(),
      body: ' {"b" : "가"} ',
      headers: { "x-secret": SECRET, "user-agent": "kiwoom-billing", "content-length": "15" },
    });
  });

  test("is not looked for behind a redirect", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      server.script("/pay", redirectTo("/elsewhere", status));
      expect(await client().post(request())).toEqual({
        kind: "unknown",
        reason: `redirect ${status}`,
      });
    }
    expect(server.requests.map(({ path }) => path)).not.toContain("/elsewhere");
  });

  test("is not fetched through a proxy that the environment names", async () => {
    const proxy = await startScriptedServer();
    closers.push(() => proxy.close());
    const before = process.env.http_proxy;
    process.env.http_proxy = proxy.url;
    server.script("/pay", answerJson({}));
    const result = await client().post(request());
    if (before === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = before;
    expect(result.kind).toBe("answered");
    expect(proxy.requests).toHaveLength(0);
  });

  test("reuses the connection of the one before", async () => {
    server.script("/pay", answerJson({}));
    const http = client();
    for (let count = 0; count < 5; count += 1) await http.post(request());
    expect(server.requests).toHaveLength(5);
    expect(server.connectionCount()).toBe(1);
  });
});

describe("not_sent", () => {
  test("when the connection is refused", async () => {
    const http = client({ baseUrl: await findClosedUrl() });
    expect(await http.post(request())).toEqual({
      kind: "not_sent",
      reason: "ECONNREFUSED connect",
    });
  });

  test("when every address of a name refuses", async () => {
    const { port } = new URL(await findClosedUrl());
    const result = await client({ baseUrl: `http://localhost:${port}` }).post(request());
    expect(result).toEqual({ kind: "not_sent", reason: "ECONNREFUSED connect" });
  });

  test("when the name does not resolve", async () => {
    // A label of 64 letters is refused by the resolver itself: no query leaves this machine.
    const result = await client({ baseUrl: `http://${"x".repeat(64)}.test` }).post(request());
    expect(result).toMatchObject({
      kind: "not_sent",
      reason: expect.stringMatching(/getaddrinfo$/),
    });
  });

  test("when the certificate is not trusted, and nothing arrived", async () => {
    const secure = await startScriptedServer(TEST_CERTIFICATE);
    closers.push(() => secure.close());
    const result = await client({ baseUrl: secure.url }).post(request());
    expect(result).toEqual({ kind: "not_sent", reason: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(secure.requests).toHaveLength(0);
  });

  test("when the TLS handshake never ends", async () => {
    const address = await listenRaw(() => {});
    const http = client({ baseUrl: `https://${address}`, connectTimeoutMs: 100 });
    expect(await http.post(request())).toEqual({
      kind: "not_sent",
      reason: "ECONNECTTIMEOUT connect",
    });
  });

  test("when the lease is spent before the request begins: not even a connection opens", async () => {
    const result = await client().post(request({ maySend: () => false }));
    expect(result).toEqual({ kind: "not_sent", reason: "lease spent" });
    expect(server.connectionCount()).toBe(0);
  });

  test("when the lease is spent while the connection opens: no byte is written", async () => {
    const received: Buffer[] = [];
    const address = await listenRaw((socket) => socket.on("data", (data) => received.push(data)));
    const answers = [true, false];
    const http = client({ baseUrl: `http://${address}` });
    const result = await http.post(request({ maySend: () => answers.shift() ?? false }));
    expect(result).toEqual({ kind: "not_sent", reason: "lease spent" });
    expect(Buffer.concat(received)).toHaveLength(0);
  });

  test("when the lease is spent while TLS is negotiated", async () => {
    const secure = await startScriptedServer(TEST_CERTIFICATE);
    closers.push(() => secure.close());
    const answers = [true, false];
    const http = client({ baseUrl: secure.url, ca: TEST_CERTIFICATE.cert });
    const result = await http.post(request({ maySend: () => answers.shift() ?? false }));
    expect(result).toEqual({ kind: "not_sent", reason: "lease spent" });
    expect(secure.requests).toHaveLength(0);
  });

  test("when the lease is spent on a kept connection, which stays usable", async () => {
    server.script("/pay", answerJson({}));
    const http = client();
    await http.post(request());
    expect((await http.post(request({ maySend: () => false }))).kind).toBe("not_sent");
    expect((await http.post(request())).kind).toBe("answered");
    expect(server.requests).toHaveLength(2);
    expect(server.connectionCount()).toBe(1);
  });

  test("when the request is larger than any request of ours", async () => {
    const result = await client().post(request({ body: "x".repeat(300_000) }));
    expect(result.kind).toBe("not_sent");
    expect(server.requests).toHaveLength(0);
  });

  test("when the client is closed while a connection opens", async () => {
    const address = await listenRaw(() => {});
    const http = client({ baseUrl: `https://${address}` });
    const pending = http.post(request());
    setTimeout(() => http.close(), 50);
    expect(await pending).toEqual({ kind: "not_sent", reason: "ECLIENTCLOSED connect" });
  });
});

describe("unknown", () => {
  test.each([
    ["the connection ends without an answer", dropConnection],
    ["the connection is reset", resetConnection],
    ["the answer is cut", cutAnswer],
    ["the answer is no HTTP", speakNoHttp],
    ["the answer is too large", answerText("x".repeat(10_001))],
  ])("when %s", async (_case, script) => {
    server.script("/pay", script);
    expect((await client().post(request())).kind).toBe("unknown");
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["no answer comes", hang],
    ["the answer drips in without end", dripForever],
  ])("when %s before the total deadline", async (_case, script) => {
    server.script("/pay", script);
    const result = await client().post(request({ totalTimeoutMs: 1_000 }));
    expect(result).toEqual({ kind: "unknown", reason: "timeout" });
  });

  test("when a kept connection is reset under the next request", async () => {
    server.script("/pay", answerJson({}));
    const http = client();
    await http.post(request());
    server.script("/pay", resetConnection);
    expect((await http.post(request())).kind).toBe("unknown");
    expect(server.connectionCount()).toBe(1);
  });

  test("when the handshake breaks in a way that is not on the whitelist", async () => {
    const plain = server.url.replace("http:", "https:");
    expect((await client({ baseUrl: plain }).post(request())).kind).toBe("unknown");
    const address = await listenRaw((socket) => socket.end());
    const result = await client({ baseUrl: `https://${address}` }).post(request());
    expect(result).toMatchObject({ kind: "unknown" });
  });

  test("when the client is closed while a request runs", async () => {
    server.script("/pay", hang);
    const http = client();
    const pending = http.post(request());
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    http.close();
    expect((await pending).kind).toBe("unknown");
  });
});

describe.each([
  ["GET", "get"],
  ["DELETE", "delete"],
] as const)("%s", (name, method) => {
  const bare = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
    path: "/pay?from=1&to=2",
    headers: { authorization: SECRET },
    maySend: () => true,
    ...changes,
  });

  test("arrives with its query and headers, without a body or a word of one", async () => {
    server.script("/pay", answerJson({ ok: true }, 404));
    const result = await client()[method](bare());
    expect(result).toMatchObject({ kind: "answered", status: 404 });
    const [arrived] = server.requests;
    expect(arrived).toMatchObject({ method: name, path: "/pay?from=1&to=2", body: "" });
    expect(arrived?.headers).toMatchObject({
      authorization: SECRET,
      "user-agent": "kiwoom-billing",
    });
    for (const header of ["content-type", "content-length", "transfer-encoding"]) {
      expect(arrived?.headers).not.toHaveProperty(header);
    }
  });

  test("is not sent when nobody listens, or the lease is spent", async () => {
    const lost = client({ baseUrl: await findClosedUrl() });
    expect(await lost[method](bare())).toEqual({
      kind: "not_sent",
      reason: "ECONNREFUSED connect",
    });
    expect(await client()[method](bare({ maySend: () => false }))).toEqual({
      kind: "not_sent",
      reason: "lease spent",
    });
    const answers = [true, false];
    const spent = bare({ maySend: () => answers.shift() ?? false });
    expect((await client()[method](spent)).kind).toBe("not_sent");
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    ["the connection ends without an answer", dropConnection],
    ["the connection is reset", resetConnection],
    ["the answer is cut", cutAnswer],
    ["it is sent elsewhere", redirectTo("/elsewhere", 302)],
    ["the answer is too large", answerText("x".repeat(10_001))],
  ])("is unknown, and sent once, when %s", async (_case, script) => {
    server.script("/pay", script);
    expect((await client()[method](bare())).kind).toBe("unknown");
    expect(server.requests).toHaveLength(1);
  });

  test("is unknown at its deadline, and sent once on a kept connection that is reset", async () => {
    server.script("/pay", hang);
    expect(await client()[method](bare({ totalTimeoutMs: 1_000 }))).toEqual({
      kind: "unknown",
      reason: "timeout",
    });
    server.script("/pay", answerJson({}));
    const http = client();
    await http[method](bare());
    server.script("/pay", resetConnection);
    const result = await http[method](bare());
    expect(result.kind).toBe("unknown");
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(server.requests).toHaveLength(3);
    expect(server.connectionCount()).toBe(2);
  });
});

describe("every result", () => {
  test("is free of the request's secrets", async () => {
    const results = [];
    for (const script of [hang, dropConnection, cutAnswer, speakNoHttp, redirectTo("/a", 302)]) {
      server.script("/pay", script);
      results.push(await client().post(request({ totalTimeoutMs: 1_000 })));
    }
    results.push(await client({ baseUrl: await findClosedUrl() }).post(request()));
    results.push(await client().post(request({ body: SECRET.repeat(20_000) })));
    results.push(await client().post(request({ headers: { "x-secret": `${SECRET}\n` } })));
    const throwing = () => {
      throw new Error(SECRET);
    };
    results.push(await client().post(request({ maySend: throwing })));
    expect(results).toHaveLength(9);
    expect(JSON.stringify(results)).not.toContain(SECRET);
  });

  test("comes from a client whose deadlines make sense", () => {
    expect(() => client({ connectTimeoutMs: 10, totalTimeoutMs: 10 })).toThrow(/must be below/);
    expect(() => client({ baseUrl: "ftp://127.0.0.1" })).toThrow(/http or https/);
  });
});
