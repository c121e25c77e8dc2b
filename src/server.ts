/** The HTTP API. Where no Redis, MongoDB or gateway is configured it starts stand-ins, and the workers. */
import { parseArgs } from "node:util";
import { createApp } from "./app.ts";
import { appDepsOf } from "./compose-app.ts";
import { type Composition, compose } from "./compose.ts";
import { type Config, loadConfig } from "./config.ts";
import { createLogger, describeError } from "./lib/logger.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";
import { failToStart, isChild, loadDotEnv, onShutdown, tellReady } from "./process.ts";
import { tellNoticeUrls } from "./tell-simulator.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { "with-workers": { type: "boolean" } } });
  loadDotEnv();
  const first = loadConfig(process.env);
  const stack = await startLocalStack({
    config: first,
    env: process.env,
    folder: first.dataDir,
    simulatorPort: first.simulatorPort,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  // A parent that is killed takes the services along; an end in order is told to all of them.
  try {
    await serve(loadConfig({ ...process.env, ...stack.overrides }), stack, {
      withWorkers: values["with-workers"] === true || stack.services !== null,
    });
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function serve(
  config: Config,
  stack: LocalStack,
  options: { withWorkers: boolean },
): Promise<void> {
  const log = createLogger({ level: config.logLevel, name: "api", toStderr: isChild() });
  const composition = compose(config, log);
  const app = await createApp(await appDepsOf(composition));
  refuseWhenUnsafe(composition, stack);
  onShutdown(async (signal) => {
    log.info({ signal }, "API is stopping");
    await app.close();
    await composition.close();
    await stack.stop();
  });
  await app.listen({ port: config.port, host: config.host });
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  log.info({ port, simulator: stack.simulatorUrl }, "API serves");
  await askForNotices(composition, stack, urlOf(config.host, port));
  if (config.apiKeys.length === 0) log.warn("API_KEYS is empty: only this machine is answered");
  if (options.withWorkers) await startWorkers(composition, stack);
  tellReady({ port });
}

/** A simulator of our own sends notices as a gateway would; without them the API works too. */
async function askForNotices(
  { log }: Composition,
  { simulatorUrl }: LocalStack,
  apiUrl: string,
): Promise<void> {
  if (simulatorUrl === null) return;
  await tellNoticeUrls(simulatorUrl, apiUrl).catch((error: unknown) =>
    log.warn({ err: describeError(error) }, "the simulator sends no notices"),
  );
}

/** How a program on this machine reaches what listens there. */
function urlOf(host: string, port: number): string {
  const reached = ["0.0.0.0", "::", ""].includes(host) ? "127.0.0.1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** The API answers 503 while the database is away, but never serves without what guards money. */
function refuseWhenUnsafe(composition: Composition, stack: LocalStack): void {
  composition.ready.catch(async (error: unknown) => {
    composition.log.fatal({ err: describeError(error) }, "it is not safe to start");
    await stack.stop();
    process.exit(1);
  });
}

async function startWorkers(composition: Composition, stack: LocalStack): Promise<void> {
  await composition.ready;
  await stack.spawn(new URL("../workers/main.ts", import.meta.url), []);
  composition.log.info("workers have started");
}

try {
  await main();
} catch (error) {
  failToStart(error);
}
