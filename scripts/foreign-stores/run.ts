/**
 * Servers of MongoDB's protocol by other hands: fetched, started, and asked what the embedded server
 * is asked. Where the product may run on one, it does: its store tests, an end-to-end test, a storm.
 * One that cannot be had is told in one line and is no failure; an unexplained difference is.
 */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServices } from "../../src/embedded/services.ts";
import { probeUrl } from "../../src/stores/server-probe.ts";

const SERVERS = ["secantusdb", "mongo-java-server", "ferretdb"];
const STORM = ["--charges", "100", "--kills", "5", "--faults", "10", "--json"];
/** The exit code of a launcher's `--fetch` that says why its server cannot be had. */
const CANNOT_BE_HAD = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "60" } },
});
const endsAtMs = performance.now() + Number(values.minutes) * 60_000;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Raised when the time that was given is over: what was not seen yet is left out. */
class OutOfTimeError extends Error {}

function run(command: string, args: readonly string[], extra: Record<string, string> = {}) {
  const timeout = Math.round(endsAtMs - performance.now());
  if (timeout <= 0) throw new OutOfTimeError();
  const env = { ...process.env, ...extra };
  const result = spawnSync(command, args, { env, timeout, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (result.error !== undefined && "code" in result.error && result.error.code === "ETIMEDOUT") {
    throw new OutOfTimeError();
  }
  return result;
}

/** Whether a server could be fetched; says why not. */
function isFetched(launcher: string): boolean {
  const { status, stdout, stderr } = run(launcher, ["--fetch"]);
  if (status === 0) return true;
  say(stdout.trim() || stderr.trim() || `${launcher} ended with ${status}`);
  if (status !== CANNOT_BE_HAD) process.exitCode = 1;
  return false;
}

/** Notes a step's result; the output of one that failed is shown whole. */
function note(server: string, step: string, { status, stdout, stderr }: SpawnSyncReturns<string>) {
  const isGood = status === 0;
  if (!isGood) {
    say(`${stdout}\n${stderr}`);
    process.exitCode = 1;
  }
  say(`${server}: ${step} ${isGood ? "passed" : "FAILED"}`);
}

/** Asks a server the table; whether the product may run on it. */
async function testTable(server: string, launcher: string): Promise<boolean> {
  const env = { ...process.env, MONGOD_BINARY: launcher };
  const services = await startServices({ redis: false, mongo: true, env, log: () => {} });
  try {
    const lacks = await probeUrl(services.mongoUrl);
    const args = ["--import", "tsx", "scripts/test-stores.ts"];
    note(server, "the table", run(process.execPath, args, { MONGODB_URI: services.mongoUrl }));
    if (lacks.length > 0) say(`${server}: refused for the product, since ${lacks.join("; ")}`);
    return lacks.length === 0;
  } finally {
    await services.stop();
  }
}

/** Runs the whole product on a server, which is killed and stopped with the rest of it. */
function testProduct(server: string, launcher: string): void {
  const own = { MONGOD_BINARY: launcher };
  const e2e = ["run", "--project", "integration", "test/e2e/renewals.test.ts"];
  const vitest = ["node_modules/vitest/vitest.mjs", ...e2e];
  note(server, "the end-to-end test", run(process.execPath, vitest, own));
  note(server, "the storm", run(process.execPath, ["bin/billing.js", "storm", ...STORM], own));
}

try {
  const fit: [string, string][] = [];
  for (const server of positionals.length > 0 ? positionals : SERVERS) {
    const launcher = fileURLToPath(new URL(`./${server}/mongod`, import.meta.url));
    if (!isFetched(launcher)) continue;
    if (await testTable(server, launcher)) fit.push([server, launcher]);
  }
  for (const [server, launcher] of fit) testProduct(server, launcher);
} catch (error) {
  if (!(error instanceof OutOfTimeError)) throw error;
  say(`The ${values.minutes} minutes are over; what is not told above was not run.`);
}
