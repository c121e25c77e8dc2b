/** The storm over the product: everything is set up, struck, driven to rest and judged. */
import { type Composition, compose } from "../../compose.ts";
import { loadConfig } from "../../config.ts";
import { createLogger } from "../../lib/logger.ts";
import { tellSimulator } from "../../tell-simulator.ts";
import type { CommandContext } from "../command.ts";
import { bringCustomers } from "../demo/customers.ts";
import { readConsole } from "../console-reader.ts";
import type { SimulatedGateway } from "../simulated-gateway.ts";
import { type Plant, plantDamage } from "../demo/plant.ts";
import { type Arena, openArena } from "./arena.ts";
import { type StormCounts, audit } from "./audit.ts";
import { type StormCalendar, STORM_START, createCalendar } from "./calendar.ts";
import { type FaultKind, planFaults } from "./fault-plan.ts";
import { strike } from "./faults.ts";
import { setWeather } from "./gateway-weather.ts";
import { type Injector, createInjector } from "./injector.ts";
import { followLedger } from "./ledger-feed.ts";
import { restAtEnd } from "./rest.ts";
import { WORKERS } from "./settings.ts";
import { createTally } from "./tally.ts";
import { type Walk, walkCalendar } from "./walk.ts";

export interface ProductWish {
  charges: number;
  faults: number;
  kills: number;
  seed: number;
  gateway: SimulatedGateway;
  plant: Plant | null;
  /** No fault strikes any more after this, on the monotonic clock; null: until all are done. */
  untilMs: number | null;
  stopped: () => boolean;
  tell: (line: string) => void;
  onProgress: (progress: StormProgress) => void;
}

export interface StormProgress {
  settled: number;
  charges: number;
  kills: number;
  struck: number;
  faults: number;
  doubles: number;
}

export interface ProductResult extends StormCounts {
  charges: number;
  kills: number;
  faults: Record<FaultKind, number>;
}

export async function stormProduct(
  context: CommandContext,
  wish: ProductWish,
): Promise<ProductResult> {
  const arena = await openArena(context, {
    worker: new URL("./warm-worker.ts", import.meta.url),
    workerArgs: () => [],
    withApi: true,
    gateway: wish.gateway,
  });
  const composition = compose(
    loadConfig(arena.env),
    createLogger({ level: "silent", name: "storm", toStderr: true }),
  );
  try {
    await composition.ready;
    return await perform({ arena, composition, wish, calendar: createCalendar(wish.charges) });
  } finally {
    await composition.close();
    await arena.close();
  }
}

interface Run {
  arena: Arena;
  composition: Composition;
  calendar: StormCalendar;
  wish: ProductWish;
}

async function perform(run: Run): Promise<ProductResult> {
  const { arena, calendar, composition, wish } = run;
  await bringEverybody(run);
  const tally = createTally(calendar);
  const walk: Walk = {
    composition,
    calendar,
    tally,
    feed: followLedger(arena.simulatorUrl, tally.add),
    injector: createStorm(run),
    untilMs: wish.untilMs,
    stopped: wish.stopped,
    onLook: (injector) =>
      wish.onProgress({
        settled: tally.paid(),
        charges: calendar.charges,
        kills: injector.kills(),
        struck: injector.struck(),
        faults: wish.faults,
        doubles: tally.doubles(),
      }),
  };
  const person = wish.gateway.looksUp ? null : readConsole(composition, arena.simulatorUrl);
  const end = await walkCalendar(walk);
  await Promise.all(arena.workers.map((worker) => worker.whenUp()));
  const rested = await restAtEnd(walk, end, wish.tell);
  await person?.stop();
  if (person !== null) wish.tell(`${person.settled()} lost replies were settled by a person`);
  const counts = await audit({ composition, calendar, tally, now: rested });
  tellWhatWasSeen(run, counts);
  return {
    ...counts,
    charges: counts.periods,
    kills: walk.injector.kills(),
    faults: walk.injector.counts(),
  };
}

/** Cards and contracts are made through the API, in fair weather. */
async function bringEverybody({ arena, calendar, composition, wish }: Run): Promise<void> {
  await tellSimulator(composition.config, STORM_START);
  await composition.testClock?.set(STORM_START);
  await bringCustomers(arena.api?.url ?? "", calendar.subscriptions, () => {});
  wish.tell(`${calendar.subscriptions.length} customers subscribed, ${calendar.months} months`);
  const last = calendar.subscriptions.at(-1);
  if (wish.plant !== null && last !== undefined) {
    await plantDamage(composition, last.customerId, wish.plant);
  }
  await setWeather(arena.simulatorUrl, wish.seed, wish.gateway);
}

function createStorm({ arena, composition, calendar, wish }: Run): Injector {
  const field = { arena, redis: composition.redis };
  return createInjector({
    plan: planFaults({
      seed: wish.seed,
      charges: calendar.charges,
      faults: wish.faults,
      kills: wish.kills,
    }),
    workers: WORKERS,
    strike: (fault) => strike(field, fault),
    onFailure: (fault, error) => wish.tell(`${fault.kind} could not strike: ${String(error)}`),
  });
}

function tellWhatWasSeen({ arena, wish }: Run, counts: StormCounts): void {
  if (counts.doubleCharges + counts.missed + counts.falselyFailed > 0) {
    for (const line of arena.lines) wish.tell(`log: ${line}`);
  }
  for (const death of arena.workers.flatMap((worker) => worker.ownDeaths())) {
    wish.tell(`died by itself: ${death}`);
  }
  // Last, where a reader who is shown no more than the end finds it.
  for (const note of counts.notes) wish.tell(note);
}
