import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { afterEach, describe, expect, it } from "vitest";
import { findBinary } from "../../src/embedded/find-binary.ts";
import type { ProcessIdentity } from "../../src/embedded/process-identity.ts";
import { identifyProcess, isRunning } from "../../src/embedded/process-identity.ts";
import { sleep } from "../../src/lib/clock.ts";

const PROGRAM = fileURLToPath(new URL("./services-program.ts", import.meta.url));
const canSetDeathSignal = findBinary(["setpriv"], process.env["PATH"]) !== null;

interface Program {
  process: ChildProcess;
  folder: string;
  pids: number[];
  redisUrl: string;
}

const programs: ChildProcess[] = [];

async function startProgram(args: string[], env: Record<string, string> = {}): Promise<Program> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...env },
  });
  programs.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString("utf8");
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { process: child, ...JSON.parse(line) };
  }
  throw new Error(`the program ended early: ${errors}`);
}

async function untilGone(identities: ProcessIdentity[]): Promise<void> {
  for (let round = 0; round < 500 && identities.some(isRunning); round++) await sleep(20);
}

/** Waits until nothing of a program is left; what still stands after ten seconds is the answer. */
async function leftOf(program: Program): Promise<string[]> {
  const identities = program.pids.map(identifyProcess);
  const left = () => [
    ...identities.filter(isRunning).map(({ pid }) => `process ${pid}`),
    ...(existsSync(program.folder) ? [program.folder] : []),
  ];
  for (let round = 0; round < 500 && left().length > 0; round++) await sleep(20);
  return left();
}

afterEach(() => {
  for (const child of programs.splice(0)) child.kill("SIGKILL");
});

describe("when the program that started services ends", () => {
  it.each(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "leaves no process and no folder after %s",
    async (signal) => {
      const program = await startProgram(["redis"]);
      expect(program.pids.filter((pid) => isRunning(identifyProcess(pid)))).toHaveLength(2);
      expect(existsSync(program.folder)).toBe(true);

      program.process.kill(signal);

      expect(await leftOf(program)).toEqual([]);
    },
  );

  it("leaves neither Redis nor MongoDB after SIGKILL", async () => {
    const program = await startProgram(["redis,mongo"]);
    expect(program.pids).toHaveLength(3);
    program.process.kill("SIGKILL");
    expect(await leftOf(program)).toEqual([]);
  });

  it("leaves no process and no folder after an uncaught error", async () => {
    const program = await startProgram(["redis"], { THROW: "1" });
    expect(await leftOf(program)).toEqual([]);
  });

  it("has removed the folder by the time that an uncaught error ended it", async () => {
    const program = await startProgram(["redis"], { THROW: "1" });
    if (program.process.exitCode === null) await once(program.process, "exit");
    expect(existsSync(program.folder)).toBe(false);
  });

  it.runIf(canSetDeathSignal)(
    "leaves no process even when the guardian is killed with it, and the next start sweeps the folder",
    async () => {
      const program = await startProgram(["redis"]);
      const identities = program.pids.map(identifyProcess);
      const [guardian = 0] = program.pids;
      process.kill(guardian, "SIGKILL");
      program.process.kill("SIGKILL");
      await untilGone(identities);
      expect(identities.filter(isRunning)).toEqual([]);

      const next = await startProgram(["redis"]);

      expect(existsSync(program.folder)).toBe(false);
      next.process.kill("SIGTERM");
      expect(await leftOf(next)).toEqual([]);
    },
  );
});

describe("a persistent folder", () => {
  it("is refused to a second process while the first lives, and given to it afterwards", async () => {
    const folder = mkdtempSync(join(tmpdir(), "persistent-"));
    const first = await startProgram(["redis", folder]);
    await expect(startProgram(["redis", folder])).rejects.toThrow(
      `The data folder ${folder} is in use by process ${first.process.pid}`,
    );

    first.process.kill("SIGKILL");
    const second = await startProgram(["redis", folder]);
    expect(second.folder).toBe(folder);

    second.process.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps its data over a killed owner", async () => {
    const folder = mkdtempSync(join(tmpdir(), "persistent-"));
    const first = await startProgram(["redis", folder]);
    const writer = new Redis(first.redisUrl);
    await writer.set("kept", "yes");
    writer.disconnect();
    first.process.kill("SIGKILL");

    const second = await startProgram(["redis", folder]);
    const reader = new Redis(second.redisUrl);
    expect(await reader.get("kept")).toBe("yes");
    reader.disconnect();

    second.process.kill("SIGKILL");
    const identities = second.pids.map(identifyProcess);
    await untilGone(identities);
    expect(existsSync(folder)).toBe(true);
    expect(existsSync(join(folder, "owner.json"))).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  });
});
