import type { ChildProcess, SpawnOptions } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import { EmbeddedServiceError } from "./embedded-error.ts";
import type { Environment } from "./environment.ts";

const TAIL_LINES = 20;
const DEFAULT_READY_TIMEOUT_MS = 30_000;

let bundle: string | null = null;

/**
 * From now on children run from this bundle of the sources (bin/bundle.js) wherever it has their
 * entry: for a process that runs from sources itself, as a test does.
 */
export function runChildrenFrom(folder: string): void {
  bundle = folder;
}

/** How a process ended, and the last lines that it wrote. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  tail: readonly string[];
}

/** What a child needs beside its entry and arguments. */
export interface NodeChildOptions {
  /** The child's whole environment. */
  env: Environment;
  cwd?: string;
  /** Receives each line of stderr, and of stdout after the ready line. */
  onLine?: (line: string) => void;
  /** Whether the child prints a ready line; without one it counts as ready at once. Default true. */
  ready?: boolean;
  readyTimeoutMs?: number;
  /** Told of the process as soon as it has a number, before it is ready. */
  onSpawn?: (child: Pick<NodeChild, "pid" | "ended">) => void;
  /** False for a child that minds the loss of its parent itself (the guardian). Default true. */
  dieWithParent?: boolean;
}

/** A Node process of ours with an IPC channel; it ends when this process is gone. */
export interface NodeChild {
  readonly pid: number;
  /** The JSON object of the ready line; empty for a child without one. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly process: ChildProcess;
  /** Resolves, never rejects, when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  /** SIGTERM, then SIGKILL after the grace (default 5,000 ms); resolves when it has ended. */
  stop(graceMs?: number): Promise<ProcessEnd>;
}

/**
 * Starts one of our own entries as a process, from sources (through tsx) or from the compiled
 * output, whichever this file runs from. `entry` is written with the `.ts` suffix either way:
 * `new URL("./mongo/main.ts", import.meta.url)`. Resolves when the ready line was read.
 */
export async function spawnNode(
  entry: URL,
  args: readonly string[],
  options: NodeChildOptions,
): Promise<NodeChild> {
  const child = spawn(process.execPath, nodeArguments(entry, args, options), spawnOptions(options));
  const tail: string[] = [];
  const onLine = (line: string): void => {
    keepLast(tail, line);
    options.onLine?.(line);
  };
  const ended = endOf(child, tail);
  const pid = child.pid;
  if (pid !== undefined) options.onSpawn?.({ pid, ended });
  if (child.stderr !== null) readLines(child.stderr, onLine);
  const readyLine = firstReadyLine(child.stdout, onLine);
  const ready =
    options.ready === false ? {} : await untilReady({ child, ended, readyLine, entry, options });
  if (pid === undefined) throw startFailed(entry, await ended);
  return { pid, ready, process: child, ended, stop: (graceMs) => stopChild(child, ended, graceMs) };
}

/** One sentence fragment for how a process ended: "exit code 1" or "SIGKILL". */
export function describeEnd(end: ProcessEnd): string {
  return end.signal ?? `exit code ${end.code}`;
}

/** Appends a line and forgets the oldest beyond the last twenty. */
export function keepLast(tail: string[], line: string): void {
  tail.push(line);
  if (tail.length > TAIL_LINES) tail.shift();
}

/** Calls back for every line of a stream. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
}

function nodeArguments(entry: URL, args: readonly string[], options: NodeChildOptions): string[] {
  const preloads: string[] = [];
  // tsx is looked up from this package: the working directory may be anybody's.
  if (asRun(entry).pathname.endsWith(".ts")) {
    const tsx = createRequire(import.meta.url).resolve("tsx");
    preloads.push("--import", pathToFileURL(tsx).href);
  }
  if (options.dieWithParent !== false) {
    const watch = new URL("./die-with-parent.ts", import.meta.url);
    preloads.push("--import", asRun(watch).href);
  }
  return [...preloads, fileURLToPath(asRun(entry)), ...args];
}

function spawnOptions(options: NodeChildOptions): SpawnOptions {
  return {
    // A group of its own: Ctrl-C reaches only the parent, which decides what stops in which order.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: options.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  };
}

/** As it stands: beside this file, or in the bundle that was made of the sources. */
function asRun(entry: URL): URL {
  const here = new URL(import.meta.url);
  if (!here.pathname.endsWith(".ts")) return new URL(entry.href.replace(/\.ts$/, ".js"));
  if (bundle === null) return entry;
  const file = relative(fileURLToPath(new URL("../..", here)), fileURLToPath(entry));
  const bundled = join(bundle, file.replace(/\.ts$/, ".js"));
  return existsSync(bundled) ? pathToFileURL(bundled) : entry;
}

function endOf(child: ChildProcess, tail: string[]): Promise<ProcessEnd> {
  // The child's own "close" event never comes where we closed the channel (seen on Node 20), so
  // the end is put together: it has exited, and all that it wrote has been read.
  const drained = Promise.all([closeOf(child.stdout), closeOf(child.stderr)]);
  return new Promise((resolve) => {
    const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
      void drained.then(() => resolve({ code, signal, tail }));
    };
    child.on("error", (error) => {
      keepLast(tail, error.message);
      if (child.pid === undefined) finish(null, null);
    });
    child.once("exit", finish);
  });
}

function closeOf(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null || stream.closed) resolve();
    else stream.once("close", resolve);
  });
}

function firstReadyLine(
  stdout: Readable | null,
  onLine: (line: string) => void,
): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    let found = false;
    if (stdout === null) return;
    readLines(stdout, (line) => {
      const ready = found ? null : parseObject(line);
      if (ready === null) return onLine(line);
      found = true;
      resolve(ready);
    });
  });
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith("{")) return null;
  try {
    return { ...JSON.parse(line) };
  } catch {
    return null;
  }
}

interface Starting {
  child: ChildProcess;
  ended: Promise<ProcessEnd>;
  readyLine: Promise<Record<string, unknown>>;
  entry: URL;
  options: NodeChildOptions;
}

async function untilReady(starting: Starting): Promise<Record<string, unknown>> {
  const timeoutMs = starting.options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      starting.child.kill("SIGKILL");
      reject(
        new EmbeddedServiceError(
          "START_FAILED",
          `${starting.entry.pathname} gave no sign of being ready within ${timeoutMs} ms`,
        ),
      );
    }, timeoutMs);
  });
  const failed = starting.ended.then((end) => {
    throw startFailed(starting.entry, end);
  });
  try {
    return await Promise.race([starting.readyLine, failed, late]);
  } finally {
    clearTimeout(timer);
    // The losers of the race may still reject later, which is no news then.
    failed.catch(() => undefined);
  }
}

function startFailed(entry: URL, end: ProcessEnd): EmbeddedServiceError {
  const said = end.tail.length === 0 ? "" : `: ${end.tail.join(" | ")}`;
  return new EmbeddedServiceError(
    "START_FAILED",
    `${entry.pathname} ended (${describeEnd(end)}) before it was ready${said}`,
  );
}

async function stopChild(
  child: ChildProcess,
  ended: Promise<ProcessEnd>,
  graceMs = 5_000,
): Promise<ProcessEnd> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  const end = await ended;
  clearTimeout(timer);
  return end;
}
