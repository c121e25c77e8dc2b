import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { EVENT_TYPES } from "../../src/domain/event-types.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { payloadSchema } from "../../src/http/schemas/event-catalog.ts";
import { send } from "../http/support.ts";
import {
  type Receiver,
  type Sender,
  type World,
  createSender,
  plantEvents,
  startReceiver,
  startWorld,
} from "./world.ts";

describe("the HTTP interface of events", () => {
  let world: World;
  let app: HttpApp;
  let sender: Sender;
  let receiver: Receiver;

  beforeAll(async () => {
    world = await startWorld({ ADMIN_PASSWORD_HASH: "scrypt$1$1$1$AA==$AA==" });
    app = await createApp(await appDepsOf(world.composition));
    sender = createSender(world.composition);
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await app?.close();
    sender?.close();
    await receiver?.close();
    await world?.close();
  });

  const post = (url: string, payload?: object) =>
    send(app, { method: "POST", url, ...(payload === undefined ? {} : { payload }) });
  const get = (url: string) => send(app, { method: "GET", url });

  it("leads an endpoint from its beginning to its end, and tells its secret twice", async () => {
    const added = await post("/webhook-endpoints", {
      url: receiver.url,
      types: ["invoice.opened"],
    });
    expect(added.status).toBe(201);
    expect(added.headers["cache-control"]).toBe("no-store");
    const { id, secret } = added.body as unknown as { id: string; secret: string };
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    receiver.secrets.push(secret);

    const tested = await post(`/webhook-endpoints/${id}/test`);
    expect(tested.status).toBe(202);
    await sender.relay();
    await sender.deliver(id);
    expect(receiver.taken.map(({ body }) => body.type)).toEqual(["webhook_endpoint.tested"]);
    const event = await get(String(tested.headers["location"]));
    expect(event.body).toMatchObject({
      id: tested.body["eventId"],
      type: "webhook_endpoint.tested",
      deliveries: [{ endpointId: id, state: "delivered", tries: 1, lastStatus: 204 }],
    });

    const rotated = await post(`/webhook-endpoints/${id}/rotate`);
    expect(rotated.body["secret"]).not.toBe(secret);
    expect(rotated.body["oldSecretUntil"]).toMatch(/Z$/);
    expect((await post(`/webhook-endpoints/${id}/disable`)).body["state"]).toBe("disabled");
    expect((await post(`/webhook-endpoints/${id}/test`)).body.code).toBe("ENDPOINT_DISABLED");
    expect((await post("/events/replay", { ids: ["a:1"], endpointId: id })).body.code).toBe(
      "ENDPOINT_DISABLED",
    );
    expect((await post(`/webhook-endpoints/${id}/enable`)).body["state"]).toBe("enabled");
    const shown = [await get("/webhook-endpoints"), await get(`/webhook-endpoints/${id}`)];
    expect(shown.map(({ status }) => status)).toEqual([200, 200]);
    expect(shown.map(({ text }) => text).join()).not.toMatch(/whsec|secrets|sealed/);
  });

  it("lists events newest first, by filters and page by page", async () => {
    const [stream = ""] = await plantEvents(world.composition, {
      subscriptions: 1,
      invoices: 1,
      eventsEach: 5,
    });
    await sender.relay();
    const ids: string[] = [];
    for (let after = ""; ; ) {
      const page = await get(`/events?subscriptionId=${stream}&limit=2${after}`);
      const { items, next } = page.body as unknown as { items: { id: string }[]; next: string };
      ids.push(...items.map(({ id }) => id));
      if (next === null) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    expect(ids).toEqual([5, 4, 3, 2, 1].map((number) => `${stream}-p0:${number}`));
    const opened = await get(`/events?subscriptionId=${stream}&type=invoice.opened`);
    expect(opened.body["items"]).toMatchObject([{ sequence: 1, type: "invoice.opened" }]);
    const none = await get(`/events?subscriptionId=${stream}&until=2020-01-01T00:00:00Z`);
    expect(none.body["items"]).toEqual([]);
    const replayed = await post("/events/replay", {
      subscriptionId: stream,
      from: "2020-01-01T00:00:00Z",
    });
    expect(replayed.body).toMatchObject({ events: 5, deliveries: 1, next: null });
  });

  it.each([
    ["/webhook-endpoints", {}, "/url"],
    ["/webhook-endpoints", { url: 5 }, "/url"],
    ["/webhook-endpoints", { url: "shop.example.com" }, "/url"],
    ["/webhook-endpoints", { url: "ftp://shop.example.com/" }, "/url"],
    ["/webhook-endpoints", { url: "https://u:p@shop.example.com/" }, "/url"],
    ["/webhook-endpoints", { url: "https://shop.example.com/", types: [] }, "/types"],
    [
      "/webhook-endpoints",
      { url: "https://shop.example.com/", types: ["invoice.eaten"] },
      "/types/0",
    ],
    ["/webhook-endpoints", { url: "https://shop.example.com/", secret: "whsec_x" }, "/secret"],
    ["/events/replay", {}, "/from"],
    ["/events/replay", { until: "2027-01-01T00:00:00Z" }, "/from"],
    ["/events/replay", { from: "yesterday" }, "/from"],
    ["/events/replay", { ids: [] }, "/ids"],
    ["/events/replay", { ids: ["nonsense"] }, "/ids/0"],
    ["/events/replay", { ids: ["a:1"], from: "2027-01-01T00:00:00Z" }, "/ids"],
    ["/events/replay", { from: "2027-01-01T00:00:00Z", after: "a:1" }, "/after"],
  ])("refuses at %s %j by naming %s", async (url, payload, pointer) => {
    for (const language of ["en", "ko"]) {
      const answer = await send(app, {
        method: "POST",
        url,
        payload,
        headers: { "accept-language": language },
      });
      expect(answer.status).toBe(400);
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(answer.body.code).toBe("VALIDATION_FAILED");
      const [fault] = answer.body.errors ?? [];
      expect(fault?.pointer ?? `/${answer.body.detail.split(/[/:]/)[1]}`).toBe(pointer);
    }
  });

  it.each([
    ["GET", "/events?type=invoice.eaten", 400],
    ["GET", "/events?limit=0", 400],
    ["GET", "/events?after=a:1", 400],
    ["GET", "/events/a:1", 404],
    ["GET", "/events/nonsense", 400],
    ["GET", "/webhook-endpoints/we_none", 404],
    ["POST", "/webhook-endpoints/we_none/rotate", 404],
    ["POST", "/webhook-endpoints/we_none/test", 404],
    ["POST", "/webhook-endpoints/we_none/disable", 404],
    ["DELETE", "/webhook-endpoints", 405],
  ] as const)("answers %s %s with a problem", async (method, url, status) => {
    const answer = await send(app, { method, url });
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it("documents every type of event with an example that its schema takes", async () => {
    const document = (await get("/docs/json")).body as unknown as {
      webhooks: Record<
        string,
        { post: { summary: string; requestBody: { content: Record<string, { example: object }> } } }
      >;
    };
    expect(Object.keys(document.webhooks).sort()).toEqual([...EVENT_TYPES].sort());
    for (const type of EVENT_TYPES) {
      const { summary, requestBody } = document.webhooks[type]!.post;
      expect(summary).toMatch(/\.$/);
      const example = requestBody.content["application/json"]?.example;
      expect(Value.Check(payloadSchema(type), example), type).toBe(true);
    }
  });
});
