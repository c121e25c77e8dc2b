import { systemClock } from "../../lib/clock.ts";
import type { Command, CommandContext } from "../command.ts";
import { FAULT_KINDS, type FaultKind } from "./fault-plan.ts";
import { type StormOptions, readOptions } from "./options.ts";
import { type ProgressLine, createProgressLine } from "./progress.ts";
import { type StormResult, renderNaive, renderStorm } from "./report.ts";
import { describeSettings } from "./settings.ts";
import { type NaiveResult, stormNaive } from "./storm-naive.ts";
import { type ProductResult, type StormProgress, stormProduct } from "./storm-product.ts";
import { StoppedError } from "./walk.ts";

/** Kills, freezes, cuts off and flushes everything while charges run, and counts. */
export const stormCommand: Command = {
  name: "storm",
  summary:
    "kill and freeze everything while charges run; count what was charged twice or forgotten",
  usage: `billing storm [--charges 2000] [--faults 60] [--kills N] [--seed 42] [--gateway cookiepay|kiwoompay|portone] [--minutes N] [--json] [--naive] [--plant double|miss]

  --faults   faults of all kinds together, half of them kills
  --kills    SIGKILLs among them
  --gateway  charge at this one; at kiwoompay, which cannot be asked, a person settles lost replies
  --minutes  stop striking after so long, finish, and report what was reached
  --json     one JSON object on stdout
  --naive    only the control: a queue worker written the usual way
  --plant    do damage on purpose, so that the check can be seen to fail

Exit status 1 if anything was charged twice, forgotten or falsely failed, and also if the control
was not: then the storm proves nothing.`,
  async run(context) {
    const options = readOptions(context.args);
    const line = createProgressLine(context);
    const stopped = watchSignals();
    const startedMs = systemClock.monotonicMs();
    try {
      return await perform(context, { options, line, stopped, startedMs });
    } catch (error) {
      if (error instanceof StoppedError) return 130;
      throw error;
    } finally {
      line.end();
    }
  },
};

interface Run {
  options: StormOptions;
  line: ProgressLine;
  stopped: () => boolean;
  startedMs: number;
}

/** Ctrl-C and SIGTERM end the storm in order; everything it started is taken down. */
function watchSignals(): () => boolean {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return () => stopped;
}

async function perform(context: CommandContext, run: Run): Promise<number> {
  const { options, line } = run;
  line.tell(
    `billing storm · seed ${options.seed} · ${options.charges} charges · ${options.faults} faults · ${options.gateway.name}`,
  );
  const { ours, naive } = await stormBoth(context, run);
  line.end();
  const result = toResult(run, ours, naive);
  if (options.json) context.out(`${JSON.stringify(result)}\n`);
  else if (ours === null && naive !== null) context.out(renderNaive(naive, result.seconds));
  else context.out(renderStorm(result));
  return judge(result, line);
}

interface Both {
  ours: ProductResult | null;
  naive: NaiveResult | null;
}

/**
 * The product and the control side by side: each waits most of the time. The control begins when the
 * product's customers are there: bringing them keeps the whole machine busy.
 */
async function stormBoth(context: CommandContext, run: Run): Promise<Both> {
  const { options, line } = run;
  let failure: unknown = null;
  // What failed first ends the other one too.
  const keepFailure = (error: unknown): null => {
    failure ??= error;
    return null;
  };
  const beside = { ...run, stopped: () => failure !== null || run.stopped() };
  // One line has room for one of them.
  let shown = options.naive ? "control" : "storm";
  const show = (what: string) => (progress: StormProgress) => {
    if (what === shown) line.show(what, progress);
  };
  // One at most, whoever begins it.
  const controls: Promise<NaiveResult | null>[] = [];
  const beginControl = (): void => {
    if (options.plant !== null || controls.length > 0) return;
    controls.push(stormControl(context, beside, show("control")).catch(keepFailure));
  };
  const storm = async (): Promise<ProductResult> => {
    const showStorm = show("storm");
    const result = await stormOurs(context, beside, (progress) => {
      beginControl();
      showStorm(progress);
    });
    shown = "control";
    return result;
  };
  const ours = options.naive ? null : await storm().catch(keepFailure);
  if (failure === null) beginControl();
  const [naive = null] = await Promise.all(controls);
  if (failure !== null) throw failure;
  return { ours, naive };
}

type OnProgress = (progress: StormProgress) => void;

function stormOurs(
  context: CommandContext,
  { options, line, stopped, startedMs }: Run,
  onProgress: OnProgress,
): Promise<ProductResult> {
  return stormProduct(context, {
    ...options,
    untilMs: options.minutes === null ? null : startedMs + options.minutes * 60_000,
    stopped,
    tell: line.tell,
    onProgress,
  });
}

const CONTROL_CHARGES_MAX = 500;
const CONTROL_CHARGES_MIN = 300;

/** A quarter of the charges, within bounds, with faults in proportion. */
function stormControl(
  context: CommandContext,
  { options, line, stopped }: Run,
  onProgress: OnProgress,
): Promise<NaiveResult> {
  const charges = Math.min(
    CONTROL_CHARGES_MAX,
    Math.max(CONTROL_CHARGES_MIN, Math.round(options.charges / 4)),
  );
  const share = Math.min(1, charges / options.charges);
  return stormNaive(context, {
    charges,
    faults: Math.round(options.faults * share),
    kills: Math.round(options.kills * share),
    seed: options.seed,
    gateway: options.gateway,
    stopped,
    tell: line.tell,
    onProgress,
  });
}

function toResult(run: Run, ours: ProductResult | null, naive: NaiveResult | null): StormResult {
  const none = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >;
  const charges = ours?.charges ?? 0;
  return {
    charges,
    kills: ours?.kills ?? 0,
    faults: ours?.faults ?? none,
    doubleCharges: ours?.doubleCharges ?? 0,
    missed: ours?.missed ?? 0,
    falselyFailed: ours?.falselyFailed ?? 0,
    unknownOpen: ours?.unknownOpen ?? 0,
    bound: charges === 0 ? 1 : 3 / charges,
    naive,
    seconds: Math.round((systemClock.monotonicMs() - run.startedMs) / 100) / 10,
    seed: run.options.seed,
    settings: describeSettings(run.options.gateway),
  };
}

function judge(result: StormResult, line: ProgressLine): number {
  const faults = result.doubleCharges + result.missed + result.falselyFailed;
  const provesNothing = result.naive !== null && result.naive.doubleCharges === 0;
  if (provesNothing) {
    line.tell("the storm proves nothing: the usual worker charged nobody twice in it");
  }
  return faults > 0 || provesNothing ? 1 : 0;
}
