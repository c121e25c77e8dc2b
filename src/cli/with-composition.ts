import { type Composition, compose } from "../compose.ts";
import { loadConfig } from "../config.ts";
import { createLogger } from "../lib/logger.ts";
import { type CommandContext, UsageError } from "./command.ts";

/** Runs a subcommand against the configured database and Redis, and lets go of both. */
export async function withComposition<T>(
  context: CommandContext,
  use: (composition: Composition) => Promise<T>,
): Promise<T> {
  const config = loadConfig(context.env);
  if (config.mongoUrl === null || config.redisUrl === null) {
    throw new UsageError("MONGODB_URI and REDIS_URL must name the services of the running system");
  }
  const log = createLogger({ level: "warn", name: "billing", toStderr: true });
  const composition = compose(config, log);
  try {
    await composition.ready;
    return await use(composition);
  } finally {
    await composition.close();
  }
}
