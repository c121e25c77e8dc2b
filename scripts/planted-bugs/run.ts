/**
 * Plants one bug at a time into a copy of the sources and runs the tests over it: each must be
 * caught, and the table says by which test.
 *
 *   npm run test:planted [-- --only TEXT] [--from NUMBER] [--json]
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PLANTED_BUGS, type PlantedBug } from "./bugs.ts";

/** The tests in the order in which they are asked: quick ones first, then those that prove more. */
const ROUNDS: readonly (readonly string[])[] = [
  ["--project", "unit", "test/domain", "test/stores"],
  ["--project", "unit", "test/billing", "test/easypay"],
  ["--project", "unit", "test/chaos"],
  ["--project", "integration", "test/chaos", "test/e2e"],
];

const COPIED = [
  "src",
  "workers",
  "test",
  "bin",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "vitest.config.ts",
];

interface Verdict {
  bug: string;
  caughtBy: string | null;
}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    /** The first one to try, counted from 1: a run that was broken off goes on there. */
    from: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), "planted-bugs-"));
let escaped = 0;
try {
  for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  await assertSound();
  const verdicts: Verdict[] = [];
  const chosen = PLANTED_BUGS.slice(Number(values.from) - 1);
  for (const bug of chosen.filter(({ what }) => what.includes(values.only))) {
    const caughtBy = await tryBug(bug);
    verdicts.push({ bug: bug.what, caughtBy });
    process.stderr.write(`${caughtBy === null ? "ESCAPED" : "caught "}  ${bug.what}\n`);
    if (caughtBy !== null) process.stderr.write(`         by ${caughtBy}\n`);
  }
  escaped = verdicts.filter(({ caughtBy }) => caughtBy === null).length;
  if (values.json)
    process.stdout.write(`${JSON.stringify({ planted: verdicts.length, escaped, verdicts })}\n`);
  else process.stdout.write(`${verdicts.length} bugs planted, ${escaped} escaped\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = escaped === 0 ? 0 : 1;

/** Without any bug the quick tests pass: else whatever fails would count as caught. */
async function assertSound(): Promise<void> {
  for (const round of ROUNDS.slice(0, 2)) {
    const failed = await firstFailure(round);
    if (failed !== null) throw new Error(`without any bug this fails: ${failed}`);
  }
}

/** The first test that fails with the bug in place; null where all of them pass. */
async function tryBug(bug: PlantedBug): Promise<string | null> {
  const file = join(folder, bug.file);
  const sound = readFileSync(file, "utf8");
  if (sound.split(bug.find).length !== 2) {
    throw new Error(`${bug.file} does not hold exactly once: ${bug.find}`);
  }
  writeFileSync(
    file,
    sound.replace(bug.find, () => bug.replace),
  );
  try {
    for (const round of ROUNDS) {
      const failed = await firstFailure(round);
      if (failed !== null) return failed;
    }
    return null;
  } finally {
    writeFileSync(file, sound);
  }
}

interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

async function firstFailure(round: readonly string[]): Promise<string | null> {
  const reportFile = join(folder, "report.json");
  rmSync(reportFile, { force: true });
  const status = await run([
    "node_modules/vitest/vitest.mjs",
    "run",
    "--bail=1",
    "--reporter=json",
    `--outputFile=${reportFile}`,
    ...round,
  ]);
  if (status === 0) return null;
  const report: Report = JSON.parse(readFileSync(reportFile, "utf8"));
  for (const file of report.testResults) {
    const where = file.name.slice(file.name.indexOf("test/"));
    const failed = file.assertionResults.find((one) => one.status === "failed");
    if (failed !== undefined) return `${where} > ${failed.fullName}`;
    if (file.status === "failed") return `${where} > ${file.message.split("\n")[0] ?? "failed"}`;
  }
  return "an unhandled error";
}

function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    child.on("close", (code) => resolve(code ?? 1));
  });
}
