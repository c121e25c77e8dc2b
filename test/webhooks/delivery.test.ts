import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  addEndpoint,
  disableByRequest,
  enableByRequest,
  rotateEndpoint,
  sendTest,
} from "../../src/billing/webhooks/manage-endpoints.ts";
import { replayEvents } from "../../src/billing/webhooks/replay-events.ts";
import type { Composition } from "../../src/compose.ts";
import { sleep } from "../../src/lib/clock.ts";
import {
  type Answer,
  type Received,
  type Receiver,
  type Sender,
  type World,
  createSender,
  plantEvents,
  startReceiver,
  startWorld,
} from "./world.ts";

describe("events on their way to endpoints", () => {
  let world: World;
  let composition: Composition;
  let sender: Sender;
  const receivers: Receiver[] = [];

  beforeAll(async () => {
    world = await startWorld({
      WEBHOOK_RETRY_FOR_MS: "60000",
      WEBHOOK_DISABLE_AFTER_MS: "10",
      WEBHOOK_DISABLE_FAILURES: "5",
    });
    composition = world.composition;
    sender = createSender(composition);
  });
  afterEach(async () => {
    for (const receiver of receivers.splice(0)) await receiver.close();
    for (const name of ["webhookendpoints", "deliveries", "deliverylanes", "events"]) {
      await composition.database.collection(name).deleteMany({});
    }
  });
  afterAll(async () => {
    sender?.close();
    await world?.close();
  });

  const deps = () => ({ ...composition, hints: composition.queues.hints });

  async function addReceiver(answer?: Answer) {
    const receiver = await startReceiver(answer);
    receivers.push(receiver);
    const given = { url: receiver.url, types: null, description: "", by: null };
    const { endpoint, secret } = await addEndpoint(deps(), given);
    receiver.secrets.push(secret);
    return { receiver, endpoint, id: endpoint.id };
  }

  /** Delivers until nothing waits any more. */
  async function deliverAll(endpointId: string, senders: readonly Sender[] = [sender]) {
    for (;;) {
      await Promise.all(senders.map((one) => one.deliver(endpointId)));
      const waiting = await composition.deliveries.count(endpointId, "waiting", 1);
      if (waiting === 0) return;
      await sleep(5);
    }
  }

  const ofInvoices = (all: readonly Received[]) =>
    all.filter(({ body }) => body.type.startsWith("invoice."));

  /** The numbers in each stream, in the order in which they came; a repetition right after is one. */
  function numbersByStream(all: readonly Received[]): Map<string, number[]> {
    const numbers = new Map<string, number[]>();
    for (const { body } of ofInvoices(all)) {
      const known = numbers.get(body.stream) ?? [];
      if (known.at(-1) !== body.sequence) known.push(body.sequence);
      numbers.set(body.stream, known);
    }
    return numbers;
  }

  it("keep the order of each subscription over 1000 events, several workers and a failing receiver", async () => {
    const { receiver, id } = await addReceiver(async (_received, count) => {
      if (count % 50 === 0) await sleep(20);
      if (count % 7 === 0) return 500;
      return count % 31 === 0 ? null : 200;
    });
    const streams = await plantEvents(composition, {
      subscriptions: 50,
      invoices: 2,
      eventsEach: 10,
    });
    const others = [await world.join(), await world.join()].map((one) => createSender(one));
    const all = [sender, ...others];
    await Promise.all(all.map((one) => one.relay()));
    await sender.relay();
    await deliverAll(id, all);
    const expected = Array.from({ length: 20 }, (_none, index) => index + 1);
    const numbers = numbersByStream(receiver.taken);
    expect([...numbers.keys()].sort()).toEqual([...streams].sort());
    for (const [stream, got] of numbers) expect(got, stream).toEqual(expected);
    expect(receiver.came.length).toBeGreaterThan(1100);
    for (const other of others) other.close();
  });

  it("come again under their id when the sender dies before it has noted the answer", async () => {
    const { receiver, id } = await addReceiver();
    const [stream = ""] = await plantEvents(composition, {
      subscriptions: 1,
      invoices: 1,
      eventsEach: 3,
    });
    await sender.relay();
    // The answer is lost with the process: nothing is recorded and the lease is never given back.
    const posts: string[] = [];
    const dying = createSender(composition, (client) => ({
      async post(request) {
        const answer = await client.post(request);
        posts.push(request.url);
        if (request.body.includes(`"stream":"${stream}","sequence":2`)) {
          return new Promise(() => {});
        }
        return answer;
      },
    }));
    while (ofInvoices(receiver.taken).length < 2 || posts.length < 3) {
      // One that met the death never comes back; those that did not are waited for.
      await Promise.race([dying.deliver(id), sleep(500)]);
    }
    // The lease of the dead one runs out.
    await composition.database
      .collection("deliverylanes")
      .updateMany({}, { $set: { nextTryAt: new Date(0) } });
    await deliverAll(id);
    expect(ofInvoices(receiver.taken).map(({ body }) => body.sequence)).toEqual([1, 2, 2, 3]);
    const ids = ofInvoices(receiver.taken).map((one) => one.id);
    expect(ids[1]).toBe(ids[2]);
    expect(ids[1]).toBe(`${stream}-p0:2`);
    dying.close();
  });

  it("wait behind one that fails, in their own stream and at their own endpoint alone", async () => {
    let isBroken = true;
    const broken = await addReceiver(({ body }) =>
      isBroken && body.type === "invoice.opened" && body.stream === bad ? 503 : 200,
    );
    const sound = await addReceiver();
    const [bad, good] = (await plantEvents(composition, {
      subscriptions: 2,
      invoices: 1,
      eventsEach: 3,
    })) as [string, string];
    await sender.relay();
    await sender.deliver(broken.id);
    await sender.deliver(sound.id);
    expect([...numbersByStream(broken.receiver.taken).keys()]).toEqual([good]);
    expect(numbersByStream(sound.receiver.taken).get(bad)).toEqual([1, 2, 3]);
    isBroken = false;
    await deliverAll(broken.id);
    expect(numbersByStream(broken.receiver.taken).get(bad)).toEqual([1, 2, 3]);
  });

  it("are set aside after the last try, and those behind go on", async () => {
    const short = createSender(
      await world.join({ WEBHOOK_RETRY_FOR_MS: "30", WEBHOOK_DISABLE_FAILURES: "1000" }),
    );
    const { receiver, id } = await addReceiver(({ body }) =>
      body.type === "invoice.opened" ? 500 : 200,
    );
    await plantEvents(composition, { subscriptions: 1, invoices: 1, eventsEach: 3 });
    await short.relay();
    await deliverAll(id, [short]);
    expect(ofInvoices(receiver.taken).map(({ body }) => body.sequence)).toEqual([2, 3]);
    expect(await composition.deliveries.count(id, "set_aside", 10)).toBe(1);
    short.close();
  });

  it("are signed with both secrets while a rotation lasts", async () => {
    const { receiver, id } = await addReceiver();
    const rotated = await rotateEndpoint(deps(), { id, by: null, overlapMs: 60_000 });
    receiver.secrets.push(rotated.secret);
    await sendTest(deps(), { id, by: null });
    await sender.relay();
    await deliverAll(id);
    const types = [
      "webhook_endpoint.created",
      "webhook_endpoint.rotated",
      "webhook_endpoint.tested",
    ];
    expect(receiver.taken.map(({ body }) => body.type)).toEqual(types);
    expect(receiver.taken[0]?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    // The old secret's time is over at once: its holder finds no signature of his own.
    const [old = ""] = receiver.secrets;
    const again = await rotateEndpoint(deps(), { id, by: null, overlapMs: 0 });
    receiver.secrets.splice(0, 2, again.secret);
    await sendTest(deps(), { id, by: null });
    await sender.relay();
    await deliverAll(id);
    expect(receiver.taken).toHaveLength(5);
    const last = receiver.taken.at(-1);
    expect(last?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
    expect(
      JSON.stringify(await composition.database.collection("webhookendpoints").find().toArray()),
    ).not.toContain(old.slice("whsec_".length));
  });

  it("come once more when they are asked for, under the same ids", async () => {
    const { receiver, id } = await addReceiver();
    const [stream = ""] = await plantEvents(composition, {
      subscriptions: 1,
      invoices: 1,
      eventsEach: 4,
    });
    await sender.relay();
    await deliverAll(id);
    const first = ofInvoices(receiver.taken).map((one) => one.id);
    const range = { ids: null, filter: { subscriptionId: stream, from: new Date(0) }, after: null };
    expect(await replayEvents(deps(), { ...range, endpointId: null })).toEqual({
      events: 4,
      deliveries: 4,
      next: null,
    });
    await deliverAll(id);
    const named = { ids: [`${stream}-p0:3`], filter: {}, after: null, endpointId: id };
    await replayEvents(deps(), named);
    await deliverAll(id);
    expect(ofInvoices(receiver.taken).map((one) => one.id)).toEqual([
      ...first,
      ...first,
      named.ids[0],
    ]);
    const [delivery] = await composition.deliveries.listOfEvent(`${stream}-p0:3`);
    expect(delivery).toMatchObject({ state: "delivered", replays: 2, lastStatus: 204 });
  });

  it("go nowhere while their endpoint is disabled, and on in order when it is enabled", async () => {
    const { receiver, id } = await addReceiver();
    await plantEvents(composition, { subscriptions: 1, invoices: 1, eventsEach: 3 });
    await sender.relay();
    await disableByRequest(deps(), { id, by: null });
    await sender.deliver(id);
    expect(receiver.came).toEqual([]);
    await enableByRequest(deps(), { id, by: null });
    await deliverAll(id);
    expect(ofInvoices(receiver.taken).map(({ body }) => body.sequence)).toEqual([1, 2, 3]);
  });

  it("end at an endpoint that says it is gone, and at one that only fails", async () => {
    const gone = await addReceiver(() => 410);
    const failing = await addReceiver(() => null);
    const sound = await addReceiver();
    await plantEvents(composition, { subscriptions: 1, invoices: 1, eventsEach: 2 });
    await sender.relay();
    await sender.deliver(gone.id);
    for (let round = 0; round < 20; round += 1) {
      await sender.deliver(failing.id);
      await sleep(10);
    }
    const states = (await composition.endpoints.listAll()).map(({ id, state, disabledReason }) => ({
      id,
      state,
      disabledReason,
    }));
    expect(states).toEqual(
      expect.arrayContaining([
        { id: gone.id, state: "disabled", disabledReason: "gone" },
        { id: failing.id, state: "disabled", disabledReason: "failing" },
        { id: sound.id, state: "enabled", disabledReason: null },
      ]),
    );
    expect(gone.receiver.came.length).toBeLessThan(10);
    await sender.relay();
    await deliverAll(sound.id);
    const told = sound.receiver.taken.filter(
      ({ body }) => body.type === "webhook_endpoint.disabled",
    );
    expect(told.map(({ body }) => body.stream).sort()).toEqual([failing.id, gone.id].sort());
    expect(JSON.stringify(told)).not.toContain('/hooks\\"');
  });

  it("are forgotten when they are delivered and old", async () => {
    const { id } = await addReceiver();
    await plantEvents(composition, { subscriptions: 1, invoices: 1, eventsEach: 3 });
    await sender.relay();
    await deliverAll(id);
    const later = new Date(composition.clock.now().getTime() + 1000);
    expect(await composition.deliveries.removeClosed(new Date(0), 100)).toBe(0);
    expect(await composition.deliveries.removeClosed(later, 2)).toBe(2);
    expect(await composition.deliveries.removeClosed(later, 100)).toBe(2);
  });
});
