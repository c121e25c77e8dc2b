import { afterAll, beforeAll, expect, it } from "vitest";
import { advanceClock } from "../../src/billing/advance-clock.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import { type RunningWorkers, WORKER_NAMES, startWorkers } from "../../workers/start-workers.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

const START = new Date("2027-01-10T01:00:00Z");
const PATIENCE_MS = 20_000;

let core: Core;
let server: MailServer;
let workers: RunningWorkers;

beforeAll(async () => {
  server = await startMailServer();
  core = await startCore({
    ...PATIENT,
    SMTP_URL: server.url,
    MAIL_FROM: "billing@shop.example",
    MERCHANT_NAME: "Shop",
    SWEEP_INTERVAL_MS: "200",
  });
  await core.setClock(START);
  workers = startWorkers(core.composition, WORKER_NAMES);
});
afterAll(async () => {
  await workers?.stop(5000);
  await core?.close();
  await server?.close();
});

const advance = (to: string) =>
  advanceClock(
    {
      ...core.composition,
      hints: core.composition.queues.hints,
      tellOthers: (now) => core.simulator.setClock(now),
    },
    { to: new Date(to) },
  );

async function receipts(count: number): Promise<number> {
  const sent = () => server.mails.filter(({ subject }) => subject?.includes("receipt")).length;
  const until = systemClock.monotonicMs() + PATIENCE_MS;
  while (sent() < count && systemClock.monotonicMs() < until) await sleep(20);
  return sent();
}

it("announces and receipts each period while the clock is advanced, and comes to rest without a mail server", async () => {
  const email = { customerEmail: "walk@example.com", locale: "en" as const };
  const key = await core.register("walk", "4111111111111111", email);
  const { id } = await core.subscribe(key);
  // Nobody to be told: no instant is visited for it.
  const silent = await core.register("silent");
  await core.subscribe(silent, { cycleDay: 20 });

  // Two charges and the target: the first charge is announced where the clock stands.
  const first = await advance("2027-02-01T01:00:00Z");
  expect(first.visited).toBe(3);
  expect(await receipts(1)).toBe(1);

  // The announcement a week ahead, two charges, and the target.
  const second = await advance("2027-03-01T01:00:00Z");
  expect(second.visited).toBe(4);
  expect(await receipts(2)).toBe(2);
  const announced = await Promise.all(
    [0, 1].map((period) => core.composition.messages.find(`${id}-p${period}.upcoming.email`)),
  );
  // One that the clock has overtaken is on record, and not sent.
  for (const one of announced) expect(["sent", "not_sent"]).toContain(one?.state);
  expect(announced[1]?.facts.dueAt?.toISOString()).toBe("2027-02-15T01:00:00.000Z");

  await server.close();
  const before = server.mails.length;
  const third = await advance("2027-04-01T01:00:00Z");
  expect(third.now.toISOString()).toBe("2027-04-01T01:00:00.000Z");
  expect(server.mails).toHaveLength(before);
});
