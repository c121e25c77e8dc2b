/** From the gateway's own sending to the invoice: the simulator's notice, real HTTP, the real workers. */
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../src/lib/clock.ts";
import { type RunningWorkers, startWorkers } from "../../workers/start-workers.ts";
import {
  AMOUNT,
  type NoticeBench,
  attemptOf,
  kiwoomFields,
  kiwoomGet,
  startNoticeBench,
  turn,
} from "./bench.ts";

let bench: NoticeBench;
let workers: RunningWorkers;
beforeAll(async () => {
  bench = await startNoticeBench("kiwoompay", { SWEEP_INTERVAL_MS: "100" });
  await turn(bench.core, { callsPerSecond: 0, notices: "on", noticeOfBillingKeys: "sent" });
  await bench.app.listen({ port: 0, host: "127.0.0.1" });
}, 60_000);
afterAll(async () => {
  await workers?.stop(5000);
  await bench?.close();
});

const loseReply = () =>
  bench.core.plantFaults({ match: { operation: "batch" }, times: 1, effect: "commit_then_drop" });

async function untilPaid(id: string): Promise<void> {
  for (let look = 0; look < 400; look += 1) {
    if ((await bench.core.invoice(id)).state === "paid") return;
    await sleep(50);
  }
  throw new Error(`${id} stays unpaid`);
}

describe("the worker of notices", () => {
  it("finds a notice whose hint is gone with all of Redis", async () => {
    const invoice = await bench.pay(loseReply);
    await bench.post(kiwoomGet(kiwoomFields(attemptOf(invoice).orderNumber)));
    const { redis, config } = bench.core.composition;
    const keys = await redis.keys(`${config.queuePrefix}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
    workers = startWorkers(bench.core.composition, ["sweep", "webhook"]);
    await untilPaid(invoice.id);
    expect(await bench.newest()).toMatchObject({ gateway: "kiwoompay", timesSeen: 1 });
  }, 30_000);

  it("settles a lost reply by the gateway's own notice, with no reconciler running", async () => {
    const { port } = bench.app.server.address() as AddressInfo;
    await fetch(`${bench.core.simulatorUrl}/_sim/notice-urls`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kiwoompay: `http://127.0.0.1:${port}/webhook/kiwoom` }),
    });
    const invoice = await bench.pay(loseReply);
    await untilPaid(invoice.id);
    expect(await bench.core.invoice(invoice.id)).toMatchObject({ capturedAmount: AMOUNT });
    const answer = await fetch(
      `${bench.core.simulatorUrl}/_sim/notices?orderNumber=${attemptOf(invoice).orderNumber}`,
    );
    expect(await answer.json()).toMatchObject({ notices: [{ state: "acknowledged" }] });
  }, 30_000);
});
