import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEndpoint, sendTest } from "../../src/billing/webhooks/manage-endpoints.ts";
import { replayEvents } from "../../src/billing/webhooks/replay-events.ts";
import { EVENT_TYPES } from "../../src/domain/event-types.ts";
import { freePort } from "../../src/embedded/free-port.ts";
import { sleep } from "../../src/lib/clock.ts";
import { type World, createSender, startWorld } from "./world.ts";

const PAGE = readFileSync(fileURLToPath(new URL("../../docs/events.md", import.meta.url)), "utf8");

describe("the page about events", () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world?.close());

  it("names every type", () => {
    const named = [...PAGE.matchAll(/^\| `([a-z_.]+)` \|/gm)].map(([, type]) => type);
    expect(named).toEqual([...EVENT_TYPES]);
  });

  it("shows a receiver that works as it is written", async () => {
    const [, source = ""] = /```js\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const port = await freePort();
    const { composition } = world;
    const deps = { ...composition, hints: composition.queues.hints };
    const given = { url: `http://127.0.0.1:${port}/`, types: null, description: "", by: null };
    const { endpoint, secret } = await addEndpoint(deps, given);
    const receiver = spawn(process.execPath, ["--input-type=module", "-e", source], {
      env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    receiver.stdout.on("data", (chunk) => (printed += String(chunk)));
    const sender = createSender(composition);
    try {
      const eventId = await sendTest(deps, { id: endpoint.id, by: null });
      await sender.relay();
      const waiting = () => composition.deliveries.count(endpoint.id, "waiting", 10);
      const deliverAll = async () => {
        while ((await waiting()) > 0) {
          await sender.deliver(endpoint.id);
          await sleep(10);
        }
      };
      await deliverAll();
      // What comes a second time is taken and not handled again.
      await replayEvents(deps, { ids: [eventId], filter: {}, after: null, endpointId: null });
      await deliverAll();
      const expected = ["created", "tested"].map(
        (what, index) => `${endpoint.id} ${index + 1} webhook_endpoint.${what}\n`,
      );
      while (printed.length < expected.join("").length) await sleep(10);
      expect(printed).toBe(expected.join(""));
      const forged = await fetch(given.url, {
        method: "POST",
        body: "{}",
        headers: { "webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA" },
      });
      expect(forged.status).toBe(401);
    } finally {
      sender.close();
      receiver.kill("SIGKILL");
      await once(receiver, "exit");
    }
  });
});
