/**
 * Kills the embedded MongoDB server in the middle of writes and looks whether everything that it had
 * acknowledged is there. A control that does not wait for the disk must lose some, or nothing is
 * proved.
 *
 *   npm run embedded:torture -- --kills 30 [--seed 42] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleSources } from "../../bin/bundle.js";
import { readInteger } from "../../src/cli/command.ts";
import { runChildrenFrom } from "../../src/embedded/node-child.ts";
import { type TortureResult, torture } from "./torture.ts";
import { type TortureReport, verdictOf } from "./verdict.ts";

const SERVER = new URL("../../src/embedded/mongo/main.ts", import.meta.url);
const CONTROL = new URL("./careless-server.ts", import.meta.url);
/** One kill loses a dozen writes or so, seldom none. */
const CONTROL_KILLS_MAX = 6;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "30" },
    seed: { type: "string", default: "42" },
    json: { type: "boolean", default: false },
  },
});
const kills = readInteger("kills", values.kills, { min: 1, max: 10_000 });
const seed = readInteger("seed", values.seed, { min: 0, max: 2 ** 31 });

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function tortureIn(program: URL, times: number): Promise<TortureResult> {
  const folder = mkdtempSync(join(tmpdir(), "embedded-torture-"));
  try {
    const environment = process.env;
    const run = { program, preparer: SERVER, kills: times, seed, folder, environment, say };
    return await torture(run);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

runChildrenFrom(await bundleSources());
say(`the embedded server, killed ${kills} times, seed ${seed}`);
const server = await tortureIn(SERVER, kills);
say("the control, which does not wait for the disk");
const control = await tortureIn(CONTROL, Math.min(kills, CONTROL_KILLS_MAX));

const report: TortureReport = { kills, ...server, control: { lost: control.lost } };
const { holds, text } = verdictOf(report);
say(text);
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = holds ? 0 : 1;
