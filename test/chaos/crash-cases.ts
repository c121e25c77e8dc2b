/** The matrix: every point of every scenario, cut in every way; and how one case is run. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Lane } from "./crash-lane.ts";
import type { GatewayOutcome } from "./crash-outcomes.ts";
import { PRODUCT, type Process, type Work, startProcess } from "./crash-process.ts";
import { NotPreparedError, type Scenario } from "./crash-scenarios.ts";
import { type Stage, setStage } from "./crash-stage.ts";
import { findViolations, readAccounts } from "./invariants.ts";
import { type Cut, type Point, createRecorder } from "./recorder.ts";
import { driveToRest } from "./restart.ts";

export interface CrashCase {
  scenario: Scenario;
  outcome: GatewayOutcome;
  cut: Cut | null;
  redis: "kept" | "wiped";
}

export interface CaseResult {
  name: string;
  /** Whether the cut was reached: a busy machine may turn an approval into a time-out. */
  wasCut: boolean;
  points: readonly Point[];
  violations: readonly string[];
}

/** As it is written to run the case alone. */
export function nameOf({ scenario, outcome, cut, redis }: CrashCase): string {
  const how = cut === null ? "uncut" : `${cut.point}/${cut.side}/${redis}/${cut.answer}`;
  return `${scenario.name}/${outcome.name}/${how}`;
}

type Recorded = Pick<CrashCase, "scenario" | "outcome">;

/** Every way to cut at the points of a recording, whatever is the same as what. */
export function everyCase(recorded: Recorded, points: readonly Point[]): CrashCase[] {
  return points.flatMap(({ name: point, kind }) =>
    SIDES.flatMap((side) =>
      (kind === "database" ? ANSWERS : ANSWERS.slice(0, 1)).flatMap((answer) =>
        REDIS.map((redis) => ({ ...recorded, cut: { point, side, answer }, redis })),
      ),
    ),
  );
}

const SIDES = ["before", "after"] as const;
const ANSWERS = ["dies", "lost"] as const;
const REDIS = ["kept", "wiped"] as const;

/**
 * The same without what is the same. A read leaves nothing behind, so that dying at it, or before
 * the next effect, is dying after the last effect. Until the outcome shows, all outcomes of a
 * scenario have one history; the queues and a flush do not depend on it either: these are cut under
 * the scenario's first outcome, the event relay in the first scenario. Outcomes that leave the same
 * behind are told apart by the call itself alone; so is, in all scenarios but the first, what is a
 * matter of the account. An effect on Redis that a flush takes away never
 * was: dying after it, with a flush, is dying after the effect before it, with a flush. A scenario
 * whose request arrives in flight is a charge's until then.
 */
export function distinctCases(recorded: Recorded, points: readonly Point[]): CrashCase[] {
  const { scenario, outcome } = recorded;
  const isFirst = scenario.outcomes[0] === outcome;
  const byCallAlone =
    outcome.like !== null || (outcome.ofAccount === true && scenario.relays !== true);
  const shows = points.findIndex(({ name }) => name === `${outcome.touches}#1`);
  const arrives = scenario.inFlight === true ? points.findIndex(isCharge) : 0;
  const effects = points.filter(({ kind, name }, index) => {
    if (index < arrives || (isCounting(name) && scenario.relays !== true)) return false;
    if (byCallAlone) return index === shows;
    if (isFirst) return kind !== "read" && (scenario.relays === true || !isOfRelay(name));
    return index >= shows && (kind === "gateway" || (kind === "database" && !isOfRelay(name)));
  });
  const isOfRedis = new Set(effects.flatMap(({ kind, name }) => (kind === "redis" ? [name] : [])));
  return everyCase(recorded, effects).filter(({ cut, redis }) => {
    if (cut === null) return true;
    const isCall = cut.point.startsWith("gateway.");
    if (redis === "wiped" && !isFirst && !isCall) return false;
    if (redis === "wiped" && isOfRedis.has(cut.point)) return false;
    const isSame = cut.answer === "dies" && cut.side === "before" && !isCall;
    return !isSame || cut.point === effects[0]?.name;
  });
}

function isCharge({ name }: Point): boolean {
  return name === "gateway.charge#1";
}

function isOfRelay(name: string): boolean {
  return name.startsWith("events.") || name.startsWith("outbox.");
}

/** How often a code came is counted for people: no rule reads it. It is cut in the first scenario. */
function isCounting(name: string): boolean {
  return name.startsWith("declines.");
}

/** Runs one case on a lane, with the product's work or a naive one. */
export async function runCase(
  lane: Lane,
  crash: CrashCase,
  work: Work = PRODUCT,
): Promise<CaseResult> {
  const { scenario, outcome, cut, redis } = crash;
  const stage = await prepare(lane, scenario);
  const recorder = createRecorder(cut, async () => {
    if (redis === "wiped") await lane.wipeRedis();
  });
  const living = { work, relays: scenario.relays === true };
  const failures: string[] = [];
  try {
    if (outcome.faults.length > 0) await lane.plantFaults(outcome.faults);
    stage.script.refuse = outcome.refuse;
    await live(crash, stage, startProcess(lane, recorder, stage.script, living));
    if (recorder.isDead()) {
      const process = startProcess(lane, createRecorder(), stage.script, living);
      await live(crash, stage, process);
    }
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  return {
    name: nameOf(crash),
    wasCut: recorder.isCut(),
    points: recorder.points,
    violations: [...failures, ...(await check(crash, stage))],
  };
}

/** Brings a case to where it begins. On a busy machine that may fail, and is done anew. */
async function prepare(lane: Lane, scenario: Scenario): Promise<Stage> {
  for (let round = 1; ; round += 1) {
    const stage = await setStage(lane);
    try {
      await scenario.prepare(stage);
      return stage;
    } catch (error) {
      if (!(error instanceof NotPreparedError) || round === 10) throw error;
      await sleep(100 * round);
    }
  }
}

/** One process from its start to rest or to its death. */
async function live(crash: CrashCase, stage: Stage, process: Process): Promise<void> {
  const { recorder } = process;
  const living = run(crash, stage, process);
  // A dead process is abandoned; what it awaits never comes.
  await Promise.race([living, recorder.died]);
  if (recorder.isDead()) {
    await recorder.quiet();
    if (crash.redis === "wiped") await stage.lane.wipeRedis();
    else await process.returnJobs();
  }
  process.close();
}

async function run({ scenario }: CrashCase, stage: Stage, process: Process): Promise<void> {
  const { lane, script } = stage;
  const { inFlight } = scenario;
  const ask = async (by: Process) => {
    await untilAnswered(async () => scenario.request?.(stage, by));
  };
  const arrivesLater = inFlight === true && !answered.has(stage);
  if (arrivesLater && !interrupted.has(stage)) {
    interrupted.add(stage);
    script.whileInFlight = async (by) => {
      await ask(by);
      answered.add(stage);
    };
    await driveToRest(process, lane);
    if (answered.has(stage)) return;
  }
  if (!answered.has(stage)) {
    script.whileInFlight = null;
    await ask(process);
    answered.add(stage);
  }
  await driveToRest(process, lane);
}

/** Stages whose request was answered, or was to arrive in flight. */
const answered = new WeakSet<Stage>();
const interrupted = new WeakSet<Stage>();

/** A caller who gets no answer asks again with the same key. */
async function untilAnswered(request: () => Promise<void>): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      await request();
      return;
    } catch (error) {
      if (round === 5) throw error;
    }
  }
}

async function check({ scenario, outcome }: CrashCase, stage: Stage): Promise<string[]> {
  const { lane, key, script } = stage;
  const accounts = await readAccounts(lane.composition.database, lane.simulatorUrl, [
    key.customerId,
  ]);
  const late = script.chargesAfterStop;
  const expected = scenario.expect(outcome);
  return [
    ...findViolations(accounts, expected),
    ...(late > 0 ? [`${late} charges started after the cancel was answered`] : []),
    ...(expected.payable !== "either" && accounts.invoices.length === 0
      ? ["nothing was ever owed"]
      : []),
  ];
}
