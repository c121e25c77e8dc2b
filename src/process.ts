/** What every process of ours does at its beginning and its end. */
import { existsSync } from "node:fs";

/** Reads `.env` of the working directory, where there is one. What is set already stays. */
export function loadDotEnv(): void {
  if (existsSync(".env")) process.loadEnvFile(".env");
}

/** Whether another process of ours started this one and listens for its ready line. */
export function isChild(): boolean {
  return process.send !== undefined;
}

/** Tells the parent process, where there is one, that this one serves: one JSON line on stdout. */
export function tellReady(facts: Record<string, unknown>): void {
  if (isChild()) process.stdout.write(`${JSON.stringify({ pid: process.pid, ...facts })}\n`);
}

/**
 * Runs `stop` once, on SIGTERM or SIGINT, and ends the process. A second signal ends it at once.
 */
export function onShutdown(stop: (signal: string) => Promise<void>): void {
  let stopping = false;
  const begin = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    stop(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGTERM", () => begin("SIGTERM"));
  process.on("SIGINT", () => begin("SIGINT"));
}

/** Ends a process that could not start: every fault is said, no stack trace. */
export function failToStart(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
