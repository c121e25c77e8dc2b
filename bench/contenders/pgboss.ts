// pg-boss. Its `work` takes the next batch only half a second after the last one began, or when the
// last one is done as a whole; `fetch` and `complete` are documented for whoever wants it faster, so
// what is free is fetched at once here and what is done is completed in batches.
import { sleep } from "../../src/lib/clock.ts";
import { serveContender } from "../contender.ts";
import { loadPeer, openPeriods } from "../peers/periods.ts";
import { createGatewayOf } from "./gateway-of.ts";
import { pages } from "./periods.ts";

interface Boss {
  start(): Promise<unknown>;
  createQueue(name: string): Promise<void>;
  insert(jobs: { name: string; data: { id: string } }[]): Promise<void>;
  fetch(
    name: string,
    options: { batchSize: number },
  ): Promise<{ id: string; data: { id: string } }[]>;
  complete(name: string, ids: string[]): Promise<void>;
  getQueueSize(name: string, options: { before: "completed" }): Promise<number>;
  on(event: "error", listener: () => void): void;
}

type BossClass = new (options: {
  connectionString: string;
  max: number;
  supervise: boolean;
  schedule: boolean;
}) => Boss;

const QUEUE = "charge";
/** Pause where nothing is due, and the time in which what is done is gathered. */
const PAUSE_MS = 5;
const CONNECTIONS_MAX = 10;

await serveContender(async (settings) => {
  const PgBoss = loadPeer(settings, "pg-boss") as BossClass;
  const periods = await openPeriods(settings, createGatewayOf(settings));
  const boss = new PgBoss({
    connectionString: settings.postgres?.url ?? "",
    max: CONNECTIONS_MAX,
    supervise: false,
    schedule: false,
  });
  boss.on("error", () => {});
  await boss.start();
  await boss.createQueue(QUEUE);
  const round = { isRunning: false };
  let pumps: Promise<unknown> = Promise.resolve();

  async function pump(): Promise<void> {
    let underWay = 0;
    let done: string[] = [];
    const charge = async (job: { id: string; data: { id: string } }): Promise<void> => {
      await periods.charge(job.data.id);
      underWay -= 1;
      done.push(job.id);
    };
    const complete = async (): Promise<void> => {
      while (round.isRunning || done.length > 0) {
        const batch = done;
        done = [];
        if (batch.length > 0) await boss.complete(QUEUE, batch);
        else await sleep(PAUSE_MS);
      }
    };
    const fetch = async (): Promise<void> => {
      while (round.isRunning) {
        const room = settings.inFlight - underWay;
        // A small batch costs as much as a large one: a quarter of the room is worth the trip.
        const jobs =
          room * 4 >= settings.inFlight ? await boss.fetch(QUEUE, { batchSize: room }) : [];
        underWay += jobs.length;
        for (const job of jobs) void charge(job);
        if (jobs.length === 0) await sleep(PAUSE_MS);
      }
    };
    await Promise.all([fetch(), complete()]);
  }

  return {
    seed: (number, charges) => periods.seed(number, charges),
    async begin() {
      round.isRunning = true;
      pumps = pump();
      for (const some of pages(await periods.listDue())) {
        await boss.insert(some.map((id) => ({ name: QUEUE, data: { id } })));
      }
    },
    isSettled: async () => (await boss.getQueueSize(QUEUE, { before: "completed" })) === 0,
    async end() {
      round.isRunning = false;
      await pumps;
      return periods.books();
    },
  };
});
