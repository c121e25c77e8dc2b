/**
 * Charges per second of the whole path: due invoice, durable claim, HTTP charge at a gateway that
 * keeps a ledger, durable outcome, job done. Contenders side by side, shuffled, each in a process of
 * its own; a round counts only if ledger and database agree on one approval per due period.
 *
 *   npm run bench -- --quick
 *   npm run bench -- --help
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../src/cli/command.ts";
import { createRandom } from "../src/cli/storm/random.ts";
import { EmbeddedServiceError } from "../src/embedded/embedded-error.ts";
import { systemClock } from "../src/lib/clock.ts";
import { type CellResult, measureCell } from "./cell.ts";
import { isPeer } from "./contenders.ts";
import { type BenchOptions, USAGE, readOptions } from "./options.ts";
import { type Postgres, PostgresMissingError, startPostgres } from "./peers/postgres.ts";
import { type BenchRun, countSpoiled, describeMachine, renderRun } from "./report.ts";

const KEPT_IN = join(".data", "bench");

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  mkdirSync(KEPT_IN, { recursive: true });
  const startedAt = systemClock.now().toISOString();
  const machine = describeMachine();
  const cells = await measureAll(options);
  const run: BenchRun = { startedAt, machine, options, cells };
  const file = join(KEPT_IN, `charge-path-${startedAt.replaceAll(":", "-")}.json`);
  writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(run)}\n`);
  else process.stdout.write(renderRun(run));
  tell(`raw figures: ${file}`);
  return countSpoiled(run) === 0 ? 0 : 1;
}

async function measureAll(options: BenchOptions): Promise<CellResult[]> {
  const postgres = options.contenders.some(isPeer) ? await startPostgres(tell) : null;
  try {
    return await measureCells(options, postgres);
  } finally {
    await postgres?.stop();
  }
}

async function measureCells(
  options: BenchOptions,
  postgres: Postgres | null,
): Promise<CellResult[]> {
  const random = createRandom(options.seed);
  const cells: CellResult[] = [];
  for (const latencyMs of options.latencies) {
    for (const inFlight of options.inFlight) {
      tell(`gateway ${latencyMs} ms, ${inFlight} in flight`);
      const profilesIn = options.profile ? KEPT_IN : null;
      const cellOptions = { ...options, random, postgres, profilesIn, tell };
      cells.push(await measureCell({ latencyMs, inFlight }, cellOptions));
    }
  }
  return cells;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** What went wrong, in a sentence; a stack only for faults of our own. */
function explain(error: unknown): string {
  const readable = [UsageError, EmbeddedServiceError, PostgresMissingError];
  if (!(error instanceof Error)) return String(error);
  return readable.some((kind) => error instanceof kind)
    ? error.message
    : (error.stack ?? error.message);
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
