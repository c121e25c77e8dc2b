import { parseArgs } from "node:util";
import { systemClock } from "../../lib/clock.ts";
import { type Command, type CommandContext, UsageError, readInteger } from "../command.ts";
import { type DemoResult, auditLedger, comparableLines } from "./audit.ts";
import { type NewCustomer, bringCustomers } from "./customers.ts";
import { readOurSide } from "./outcome.ts";
import { DEMO_START, type PlannedSubscription, createPlan } from "./plan.ts";
import { type SimulatedGateway, readSimulatedGateway } from "../simulated-gateway.ts";
import { finishTelling } from "./outside.ts";
import { PLANTS, type Plant, plantDamage } from "./plant.ts";
import { renderAddresses, renderResult } from "./report.ts";
import { createSimulatorClient } from "./simulator-client.ts";
import { type Stage, setStage } from "./stage.ts";
import { walkMonths } from "./walk.ts";

/** Months of renewals in a minute, on this machine alone. */
export const demoCommand: Command = {
  name: "demo",
  summary: "watch months of renewals in a minute, without any account",
  usage: `billing demo [--subscriptions 40] [--months 6] [--seed 42] [--gateway cookiepay|kiwoompay|portone] [--once] [--json] [--ledger] [--plant double|miss]

  --gateway charge at this one; of lost replies at kiwoompay, which cannot be asked, its notices tell
  --once    end after the table; exit status 1 if anything was charged twice or forgotten
  --json    with --once: one JSON object on stdout, everything else on stderr
  --ledger  print the gateway's ledger on stderr, sorted, without what is random or real time
  --plant   do damage on purpose, so that the check can be seen to fail`,
  async run(context) {
    const options = readOptions(context.args);
    const stopped = stopSignal();
    const startedMs = systemClock.monotonicMs();
    const stage = await setStage(context, options.gateway);
    try {
      if (stopped.now()) return 130;
      const result = await perform(context, { options, stage, startedMs, stopped });
      if (stopped.now()) return 130;
      context.out(options.json ? `${JSON.stringify(result)}\n` : renderResult(result));
      if (!options.once) {
        context.err(`\n${renderAddresses(stage)}`);
        await stopped.promise;
      }
      return isSound(result) ? 0 : 1;
    } finally {
      await stage.close();
    }
  },
};

/** Every fourth customer reads English. */
function withLocale(planned: PlannedSubscription): NewCustomer {
  return { ...planned, locale: planned.index % 4 === 3 ? "en" : "ko" };
}

function isSound(result: DemoResult): boolean {
  const { doubleCharges, missedPeriods, emailsDoubled, eventsWrong, untold } = result;
  return doubleCharges + missedPeriods + emailsDoubled + eventsWrong + untold === 0;
}

interface Options {
  subscriptions: number;
  months: number;
  seed: number;
  gateway: SimulatedGateway;
  once: boolean;
  json: boolean;
  ledger: boolean;
  plant: Plant | null;
}

interface StopSignal {
  promise: Promise<"stopped">;
  now: () => boolean;
}

/** Ctrl-C and SIGTERM end the demo in order; everything it started is taken down. */
function stopSignal(): StopSignal {
  let stopped = false;
  const promise = new Promise<"stopped">((resolve) => {
    const stop = () => {
      stopped = true;
      resolve("stopped");
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
  return { promise, now: () => stopped };
}

async function perform(
  context: CommandContext,
  given: { options: Options; stage: Stage; startedMs: number; stopped: StopSignal },
): Promise<DemoResult> {
  const { options, stage, startedMs, stopped } = given;
  const tell = (line: string) => context.err(`${line}\n`);
  const secondsSince = () => Math.round((systemClock.monotonicMs() - startedMs) / 100) / 10;
  const { services } = stage.stack;
  tell(
    `kiwoom-billing demo · seed ${options.seed} · ${options.subscriptions} subscriptions · ` +
      `${options.months} months · ${options.gateway.name} · ${services?.redisKind} · MongoDB ${services?.mongoKind}`,
  );
  const plan = createPlan(options);
  const simulator = createSimulatorClient(stage.simulatorUrl);
  await simulator.setSwitches(options.gateway.switches);
  await simulator.setClock(DEMO_START);
  await stage.composition.testClock?.set(DEMO_START);
  await simulator.plant(plan, options.gateway);
  await bringCustomers(stage.apiUrl, plan.map(withLocale), () => {});
  tell(
    `${plan.length} cards registered, ${plan.length} customers subscribed (${secondsSince()} s)`,
  );
  const victim = plan.at(-1);
  if (options.plant !== null && victim !== undefined) {
    await plantDamage(stage.composition, victim.customerId, options.plant);
  }
  await walkMonths({
    stage,
    simulator,
    plan,
    months: options.months,
    tell,
    shouldStop: stopped.now,
  });
  const told = await finishTelling(stage.composition, stage.outside, stopped.now);
  const ledger = await simulator.ledger();
  const ours = await readOurSide(stage.composition);
  for (const [period, reason] of ours.openPeriods) tell(`open: ${period} (${reason})`);
  const counts = auditLedger({
    plan,
    ledger,
    billingKeyByCustomer: ours.billingKeyByCustomer,
    openPeriods: new Set(ours.openPeriods.keys()),
  });
  if (options.ledger) for (const line of comparableLines(ledger)) tell(`ledger: ${line}`);
  return {
    months: options.months,
    subscriptions: options.subscriptions,
    periodsDue: counts.periodsDue,
    periodsPaid: counts.periodsPaid,
    periodsOpen: counts.periodsOpen,
    declines: counts.declines,
    recovered: counts.recovered,
    unknownResolved: ours.unknownResolved,
    gatewayApprovals: counts.gatewayApprovals,
    doubleCharges: counts.doubleCharges,
    missedPeriods: counts.missedPeriods,
    ...told,
    seconds: secondsSince(),
  };
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      subscriptions: { type: "string", default: "40" },
      months: { type: "string", default: "6" },
      seed: { type: "string", default: "42" },
      gateway: { type: "string", default: "cookiepay" },
      once: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      ledger: { type: "boolean", default: false },
      plant: { type: "string" },
    },
  });
  const plant = PLANTS.find((one) => one === values.plant) ?? null;
  if (values.plant !== undefined && plant === null) {
    throw new UsageError(`--plant must be ${PLANTS.join(" or ")}, not ${values.plant}`);
  }
  if (values.json && !values.once) throw new UsageError("--json goes with --once");
  return {
    subscriptions: readInteger("subscriptions", values.subscriptions, { min: 1, max: 2000 }),
    months: readInteger("months", values.months, { min: 1, max: 60 }),
    seed: readInteger("seed", values.seed, { min: 0, max: 2 ** 31 }),
    gateway: readSimulatedGateway(values.gateway),
    once: values.once,
    json: values.json,
    ledger: values.ledger,
    plant,
  };
}
