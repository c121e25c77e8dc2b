import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { sleep } from "../lib/clock.ts";
import type { Environment } from "./environment.ts";
import { serverEnvironment } from "./environment.ts";
import { onProcessExit } from "./exit-cleanup.ts";
import { findBinary } from "./find-binary.ts";

const LOCK_TRIES = 24;
const LOCK_PAUSE_MS = 5_000;
const POLICY_FILE = "/usr/sbin/policy-rc.d";
const APT_OPTIONS = ["-o", "DPkg::Lock::Timeout=120", "-y", "--no-install-recommends"];

/**
 * Installs redis-server with apt-get, without starting it as a service. Does nothing where there is
 * no apt-get. A failure is logged, not thrown: the caller looks for the binary afterwards anyway.
 */
export async function installRedis(env: Environment, log: (line: string) => void): Promise<void> {
  const aptGet = findBinary(["apt-get"], env["PATH"]);
  if (aptGet === null) return;
  log("redis-server is not installed: installing it with apt-get");
  const allowServices = forbidServiceStart();
  try {
    await runInstall({ aptGet, env });
  } catch (error) {
    log(`apt-get could not install redis-server: ${lastLine(error)}`);
  } finally {
    allowServices();
  }
}

interface Apt {
  aptGet: string;
  env: Environment;
}

async function runInstall(apt: Apt): Promise<void> {
  const install = ["install", ...APT_OPTIONS, "redis-server"];
  try {
    await runApt(apt, install);
  } catch {
    // Images are often shipped without package lists, or with lists too old to fetch by.
    await runApt(apt, ["update", ...APT_OPTIONS]);
    await runApt(apt, install);
  }
}

async function runApt(apt: Apt, args: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(apt, args);
    } catch (error) {
      // The timeout above covers dpkg's locks only, not that of the package lists.
      const locked = /could not get lock|unable to lock/i.test(String(error));
      if (!locked || attempt === LOCK_TRIES) throw error;
      await sleep(LOCK_PAUSE_MS);
    }
  }
}

function runOnce(apt: Apt, args: readonly string[]): Promise<void> {
  const env = {
    ...serverEnvironment(apt.env),
    LC_ALL: "C",
    DEBIAN_FRONTEND: "noninteractive",
    // Without systemd, invoke-rc.d starts nothing in the single-user runlevel.
    RUNLEVEL: "1",
  };
  return new Promise((resolve, reject) => {
    const child = execFile(apt.aptGet, [...args], { env }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(stderr.trim() || error.message));
    });
    child.stdin?.end();
  });
}

/** With systemd only a policy file keeps a package from starting its service. */
function forbidServiceStart(): () => void {
  if (existsSync(POLICY_FILE)) return () => undefined;
  try {
    writeFileSync(POLICY_FILE, "#!/bin/sh\nexit 101\n", { flag: "wx", mode: 0o755 });
  } catch {
    return () => undefined;
  }
  const remove = (): void => rmSync(POLICY_FILE, { force: true });
  const forget = onProcessExit(remove);
  return () => {
    forget();
    remove();
  };
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1) ?? text;
}
