// The guardian: starts the foreign servers (Redis, mongod) as its own children and lives exactly as
// long as the IPC channel to its parent. When the channel closes, for whatever reason, it ends the
// servers, waits for them, and lets go of the folder.
//
// Arguments: the folder, "private" or "persistent", the folder's token.

import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { sleep } from "../lib/clock.ts";
import { findBinary } from "./find-binary.ts";
import { readOwner, releaseFolder, touchOwner } from "./folder-owner.ts";
import type { GuardianReport, GuardianRequest, LaunchSpec } from "./guardian-messages.ts";
import { isRunning, type ProcessIdentity, sendSignal } from "./process-identity.ts";

const TOUCH_MS = 10_000;
const GRACE_ROUNDS = 500;
const ROUND_MS = 10;
const TAIL_BYTES = 4_000;

const folder = process.argv[2] ?? "";
const kind = process.argv[3] === "persistent" ? "persistent" : "private";
const token = process.argv[4] ?? "";
const servers = new Map<number, ChildProcess>();
// Servers that the parent started itself: it notes them in owner.json, also while we start.
let others: readonly ProcessIdentity[] = [];
let ending = false;
let prefix: readonly string[] | undefined;

function report(message: GuardianReport): void {
  if (process.connected) process.send?.(message, () => undefined);
}

function onRequest(request: GuardianRequest): void {
  switch (request.type) {
    case "launch":
      return launch(request.id, request.spec);
    case "signal":
      return signalServer(servers.get(request.id), request.signal);
  }
}

function launch(id: number, spec: LaunchSpec): void {
  const [command = spec.command, ...args] = [
    ...deathSignalPrefix(spec.env["PATH"]),
    spec.command,
    ...spec.args,
  ];
  const server = spawn(command, args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own: Ctrl-C passes it by, and its helpers (a log rewrite) end with it.
    detached: true,
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-TAIL_BYTES);
  };
  server.stdout.on("data", keep);
  server.stderr.on("data", keep);
  server.stdin.on("error", () => undefined);
  server.stdin.end(spec.input ?? "");
  const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
    servers.delete(id);
    // The server is gone; a helper that it forked may not be.
    if (server.pid !== undefined) sendSignal(-server.pid, "SIGKILL");
    report({ type: "ended", id, code, signal, tail: output.trim().split("\n").slice(-8) });
  };
  server.on("error", (error) => {
    output += error.message;
    if (server.pid === undefined) ended(null, null);
  });
  server.on("close", ended);
  if (server.pid === undefined) return;
  servers.set(id, server);
  report({ type: "launched", id, pid: server.pid });
}

/** With setpriv the kernel kills the servers should this process be killed. */
function deathSignalPrefix(path: string | undefined): readonly string[] {
  if (prefix !== undefined) return prefix;
  const setpriv = findBinary(["setpriv"], path);
  const flags = ["--pdeathsig", "KILL"];
  // Busybox has a setpriv without that flag, hence the trial.
  const works =
    setpriv !== null && spawnSync(setpriv, [...flags, setpriv, "--version"]).status === 0;
  prefix = works ? [setpriv, ...flags] : [];
  return prefix;
}

function signalServer(server: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (server?.pid !== undefined) sendSignal(-server.pid, signal);
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  // Another owner's token: the folder was taken over while we were late, with servers of its own.
  const owner = readOwner(folder);
  others = owner?.token === token ? owner.servers : [];
  // What is thrown away with its folder need not close in order.
  signalAll(kind === "private" ? "SIGKILL" : "SIGTERM");
  await untilGone();
  signalAll("SIGKILL");
  await untilGone();
  releaseFolder(folder, kind, token);
  process.exit(0);
}

function signalAll(signal: NodeJS.Signals): void {
  for (const server of servers.values()) signalServer(server, signal);
  for (const other of others.filter(isRunning)) sendSignal(other.pid, signal);
}

async function untilGone(): Promise<void> {
  for (let round = 0; round < GRACE_ROUNDS && anyAlive(); round++) await sleep(ROUND_MS);
}

function anyAlive(): boolean {
  return servers.size > 0 || others.some(isRunning);
}

// Whoever stops a whole group of processes stops the parent too, and the parent decides.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => void end());
process.on("message", onRequest);
setInterval(() => touchOwner(folder), TOUCH_MS).unref();
if (process.connected) report({ type: "ready" });
else void end();
