/**
 * Durable answers to notices: how many a second one API process gives, over HTTP, each once its
 * notice is on record. `npm run bench:notices -- [count] [sockets]`; MONGODB_URI and REDIS_URL name
 * services, else the embedded ones serve.
 */
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "../src/app.ts";
import { appDepsOf } from "../src/compose-app.ts";
import { compose } from "../src/compose.ts";
import { loadConfig } from "../src/config.ts";
import { startServices } from "../src/embedded/services.ts";
import { createLogger } from "../src/lib/logger.ts";

const [count = 10_000, sockets = 100] = process.argv.slice(2).map(Number);

const services = await startServices({
  redis: process.env["REDIS_URL"] === undefined,
  mongo: process.env["MONGODB_URI"] === undefined,
  env: process.env,
  log: () => undefined,
});
const config = loadConfig({
  LOG_LEVEL: "silent",
  GATEWAYS: "kiwoompay",
  KIWOOM_TEST_API_URL: "http://127.0.0.1:9",
  MONGODB_URI: process.env["MONGODB_URI"] ?? services.mongo.url,
  REDIS_URL: process.env["REDIS_URL"] ?? services.redis.url,
  QUEUE_PREFIX: `bench_notices_${process.pid}`,
});
const composition = compose(config, createLogger({ level: "silent", name: "bench" }));
await composition.ready;
const app = await createApp(await appDepsOf(composition));
await app.listen({ port: 0, host: "127.0.0.1" });
const { port } = app.server.address() as AddressInfo;
const agent = new Agent({ keepAlive: true, maxSockets: sockets });
const run = `${process.pid}-${Math.round(performance.now())}`;

const took: number[] = [];
let refused = 0;

function send(index: number): Promise<void> {
  const fields = `CPID=CTSIM001&PAYMETHOD=CARD&ORDERNO=KB-${run}-${index}&AMOUNT=9900&DAOUTRX=cTS${index}&USERNAME=%C8%AB%B1%E6%B5%BF`;
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path: `/webhook/kiwoom?${fields}`, agent }, (answer) => {
      if (answer.statusCode !== 200) refused += 1;
      answer.resume().on("end", () => {
        took.push(performance.now() - begun);
        resolve();
      });
    })
      .on("error", reject)
      .end();
  });
}

let next = 0;
const begun = performance.now();
await Promise.all(
  Array.from({ length: sockets }, async () => {
    while (next < count) await send(next++);
  }),
);
const seconds = (performance.now() - begun) / 1000;
took.sort((one, other) => one - other);
const at = (share: number) => Math.round(took[Math.floor(took.length * share)] ?? 0);
const stored = await composition.database
  .collection("inbox")
  .countDocuments({ "facts.kind": null });
process.stdout.write(
  `${JSON.stringify({
    notices: count,
    sockets,
    perSecond: Math.round(count / seconds),
    refused,
    stored,
    latencyMs: { p50: at(0.5), p99: at(0.99), max: at(0.9999) },
  })}\n`,
);
agent.destroy();
await app.close();
await composition.close();
await services.stop();
