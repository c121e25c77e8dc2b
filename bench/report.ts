/** The figures of a run as a reader wants them. */
import { cpus, loadavg, totalmem } from "node:os";
import { renderTable } from "../src/cli/table.ts";
import type { CellResult } from "./cell.ts";
import { CONTENDERS, type ContenderName } from "./contenders.ts";
import type { BenchOptions } from "./options.ts";
import { type ProfileLine, summariseProfile } from "./profile.ts";
import type { RoundResult } from "./round.ts";

/** Everything that is kept of a run. */
export interface BenchRun {
  startedAt: string;
  machine: ReturnType<typeof describeMachine>;
  options: BenchOptions;
  cells: CellResult[];
}

export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    /** Others at work on the machine disturb every figure. */
    loadAtStart: loadavg()[0] ?? 0,
  };
}

/** How many rounds of a run do not count. */
export function countSpoiled(run: BenchRun): number {
  return allRounds(run).filter(({ faults }) => faults.length > 0).length;
}

function allRounds(run: BenchRun): RoundResult[] {
  return run.cells.flatMap((cell) =>
    [...cell.rounds, ...cell.inspected].map(({ result }) => result),
  );
}

/** The tables and the sentences below them. */
export function renderRun(run: BenchRun): string {
  const { machine } = run;
  const head =
    `${machine.cores} x ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, ` +
    `Node ${machine.node}, load ${machine.loadAtStart.toFixed(1)} at the start\n`;
  const spoiled = countSpoiled(run);
  const foot =
    spoiled === 0
      ? `All ${allRounds(run).length} rounds count: one approval per due period in the gateway's ledger, and the database agrees.\n`
      : `${spoiled} of ${allRounds(run).length} rounds DO NOT COUNT.\n`;
  return `${head}\n${run.cells.map((cell) => renderCell(cell, run.options)).join("\n")}\n${foot}`;
}

function renderCell(cell: CellResult, options: BenchOptions): string {
  const ceiling = medianOf(ratesOf(cell, "loop"));
  const rows = options.contenders.map((name) => {
    const rates = ratesOf(cell, name);
    const median = medianOf(rates);
    const cpu = (process: string) => cpuOf(cell, name, process);
    return [
      CONTENDERS[name].title,
      median === null ? "-" : Math.round(median),
      rates.length === 0 ? "-" : `${whole(Math.min(...rates))}-${whole(Math.max(...rates))}`,
      median === null || ceiling === null ? "-" : (median / ceiling).toFixed(2),
      cpu("worker"),
      cpu("store"),
      cpu("redis"),
      cpu("gateway"),
    ];
  });
  const title =
    `Gateway ${cell.latencyMs} ms, ${cell.inFlight} in flight, ${options.charges} charges a round, ` +
    `${options.rounds} rounds; ${cell.kinds.store} store, ${cell.kinds.redis}`;
  const table = renderTable(
    ["", "charges/s", "range", "of ceiling", "worker us", "store us", "redis us", "gateway us"],
    rows,
    [1, 2, 3, 4, 5, 6, 7],
  );
  return `${title}\n${table}${cell.inspected.map((one) => renderInspected(one, options)).join("")}`;
}

/** Charges per second of the rounds that count, the warm-up left out. */
function ratesOf(cell: CellResult, name: ContenderName): number[] {
  return countedRounds(cell, name).map(({ perSecond }) => perSecond);
}

function countedRounds(cell: CellResult, name: ContenderName): RoundResult[] {
  return cell.rounds
    .filter(({ contender, warmUp, result }) => {
      return contender === name && !warmUp && result.faults.length === 0;
    })
    .map(({ result }) => result);
}

function cpuOf(cell: CellResult, name: ContenderName, process: string): string {
  const known = countedRounds(cell, name).flatMap(({ cpuMicros }) => cpuMicros[process] ?? []);
  const median = medianOf(known);
  return median === null ? "-" : whole(median);
}

export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const whole = (value: number): string => String(Math.round(value));

const LINES_MAX = 15;
/** Fewer per charge than this is the work of the sweep. */
const COUNT_MIN = 0.05;

function renderInspected(
  { contender, profile, result }: CellResult["inspected"][number],
  { charges }: BenchOptions,
): string {
  const perCharge = Object.entries(result.counts)
    .map(([command, count]) => [command, count / charges] as const)
    .filter(([, count]) => count >= COUNT_MIN)
    .toSorted(([, a], [, b]) => b - a)
    .map(([command, count]) => `${command} ${count.toFixed(2)}`);
  const files = [profile, profile.replace(/\.cpuprofile$/, "-store.cpuprofile")];
  const summaries = files.map((file) => {
    const { busyMs, parts, functions } = summariseProfile(file);
    const share = (line: ProfileLine) =>
      `    ${percent(line.selfMs / busyMs)} self  ${percent(line.inclusiveMs / busyMs)} with callees  ${line.name}\n`;
    return `  ${file}\n${[...parts.slice(0, LINES_MAX), ...functions.slice(0, LINES_MAX)].map(share).join("")}`;
  });
  return `${CONTENDERS[contender].title}, commands per charge: ${perCharge.join(", ")}\n${summaries.join("")}`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1).padStart(5)}%`;
}
