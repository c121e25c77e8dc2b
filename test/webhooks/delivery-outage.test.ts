import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEndpoint } from "../../src/billing/webhooks/manage-endpoints.ts";
import type { Composition } from "../../src/compose.ts";
import { sleep } from "../../src/lib/clock.ts";
import { type World, createSender, plantEvents, startReceiver, startWorld } from "./world.ts";

describe("a database that dies while events are delivered", () => {
  let world: World;
  let composition: Composition;
  const strays: unknown[] = [];
  const note = (reason: unknown): void => void strays.push(reason);

  beforeAll(async () => {
    world = await startWorld();
    composition = world.composition;
    process.on("unhandledRejection", note);
  });
  afterAll(async () => {
    process.off("unhandledRejection", note);
    await world?.close();
  });

  it("fails the job and not the process, whichever lane meets it; the next job sends all of it", async () => {
    // The first lane is still sending when the one beside it fails.
    const receiver = await startReceiver(async () => {
      await sleep(100);
      return 204;
    });
    const given = { url: receiver.url, types: null, description: "", by: null };
    const deps = { ...composition, hints: composition.queues.hints };
    const { endpoint, secret } = await addEndpoint(deps, given);
    receiver.secrets.push(secret);
    await plantEvents(composition, { subscriptions: 5, invoices: 1, eventsEach: 2 });
    const { deliveries } = composition;
    let claims = 0;
    const dying = createSender({
      ...composition,
      deliveries: {
        ...deliveries,
        async claimLane(...claim) {
          claims += 1;
          if (claims > 1) throw new Error("the database is gone");
          return deliveries.claimLane(...claim);
        },
      },
    });
    const sound = createSender(composition);
    await sound.relay();
    await expect(dying.deliver(endpoint.id)).rejects.toThrow("the database is gone");
    expect(strays).toEqual([]);
    while ((await deliveries.count(endpoint.id, "waiting", 1)) > 0) {
      await sound.deliver(endpoint.id);
      await sleep(5);
    }
    const invoices = receiver.taken.filter(({ body }) => body.type.startsWith("invoice."));
    expect(new Set(invoices.map(({ id }) => id)).size).toBe(10);
    dying.close();
    sound.close();
    await receiver.close();
  });
});
