import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type WebhookClient, createWebhookClient } from "../../src/lib/webhook-client.ts";

describe("a delivery over HTTP", () => {
  let server: http.Server;
  let port: number;
  let client: WebhookClient;
  const seen: string[] = [];

  beforeAll(async () => {
    server = http.createServer((request, response) => {
      seen.push(request.url ?? "");
      request.resume();
      switch (request.url) {
        case "/moved":
          return void response.writeHead(302, { location: "/elsewhere" }).end();
        case "/silent":
          return;
        case "/endless":
          response.writeHead(200);
          return void setInterval(() => response.write("x".repeat(100_000)), 5).unref();
        case "/drips":
          response.writeHead(200);
          return void response.write("slow");
        case "/broken":
          return void response.destroy();
        case "/card":
          return void response.writeHead(400).end("no such card 4111 1111 1111 1111\n");
        case undefined:
        default:
          return void response.writeHead(204).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    client = createWebhookClient({
      addresses: { allowPrivate: true, httpsOnly: false },
      timeoutMs: 400,
    });
  });
  afterAll(async () => {
    client?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  const post = (path: string, by = client) =>
    by.post({ url: `http://127.0.0.1:${port}${path}`, headers: {}, body: "{}" });

  it("tells the status", async () => {
    expect(await post("/")).toEqual({ kind: "answered", status: 204, excerpt: "" });
  });

  it("follows no redirect", async () => {
    expect(await post("/moved")).toMatchObject({ kind: "answered", status: 302 });
    expect(seen).not.toContain("/elsewhere");
  });

  it("ends in time, whatever the receiver does", async () => {
    expect(await post("/silent")).toEqual({ kind: "failed", reason: "timeout" });
    expect(await post("/broken")).toEqual({ kind: "failed", reason: "ECONNRESET" });
    expect(await post("/drips")).toMatchObject({ kind: "answered", status: 200 });
    const endless = await post("/endless");
    expect(endless).toMatchObject({ kind: "answered", status: 200 });
    expect(endless.kind === "answered" && endless.excerpt.length).toBeLessThan(400);
  });

  it("keeps no card number of an answer", async () => {
    expect(await post("/card")).toMatchObject({ excerpt: "no such card [removed]" });
  });

  it("connects to no address that is not allowed, whatever its name was a moment ago", async () => {
    const before = seen.length;
    let looked = 0;
    const strict = createWebhookClient({
      addresses: { allowPrivate: false, httpsOnly: false },
      timeoutMs: 400,
      // A name that is public when it is checked, and leads inside when it is connected to.
      resolve: ((
        _name: string,
        _options: object,
        callback: (error: null, found: object[]) => void,
      ) => {
        looked += 1;
        callback(null, [{ address: "127.0.0.1", family: 4 }]);
      }) as never,
    });
    const url = `http://rebound.example.com:${port}/`;
    expect(await strict.post({ url, headers: {}, body: "{}" })).toEqual({
      kind: "failed",
      reason: "address refused",
    });
    expect(looked).toBe(1);
    expect(await post("/", strict)).toEqual({ kind: "failed", reason: "address refused" });
    expect(seen).toHaveLength(before);
    strict.close();
    const secure = createWebhookClient({
      addresses: { allowPrivate: true, httpsOnly: true },
      timeoutMs: 400,
    });
    expect(await post("/", secure)).toEqual({ kind: "failed", reason: "address refused" });
    secure.close();
  });
});
