/** Runs the workers named on the command line, all of them by default. */
import { parseArgs } from "node:util";
import { compose } from "../src/compose.ts";
import { ConfigError, loadConfig } from "../src/config.ts";
import { createLogger } from "../src/lib/logger.ts";
import { failToStart, isChild, loadDotEnv, onShutdown, tellReady } from "../src/process.ts";
import { WORKER_NAMES, type WorkerName, startWorkers } from "./start-workers.ts";

async function main(): Promise<void> {
  loadDotEnv();
  const config = loadConfig(process.env);
  const log = createLogger({ level: config.logLevel, name: "worker", toStderr: isChild() });
  const names = readNames();
  const composition = compose(config, log);
  await composition.ready;
  const workers = startWorkers(composition, names);
  onShutdown(async (signal) => {
    log.info({ signal }, "workers are stopping");
    await workers.stop(config.shutdownDeadlineMs);
    await composition.close();
  });
  log.info({ workers: names }, "workers have started");
  tellReady({ workers: names });
}

function readNames(): WorkerName[] {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !WORKER_NAMES.some((known) => known === name));
  if (unknown.length > 0) {
    throw new ConfigError([
      `unknown worker ${unknown.join(", ")}; there are ${WORKER_NAMES.join(", ")}`,
    ]);
  }
  const named = WORKER_NAMES.filter((name) => positionals.includes(name));
  return named.length > 0 ? named : [...WORKER_NAMES];
}

try {
  await main();
} catch (error) {
  failToStart(error);
}
