/**
 * The tests over MongoDB, Redis and Valkey themselves, each in a container of its own. Where no
 * container can be started, says so in one line.
 */
import { spawnSync } from "node:child_process";
import {
  GenericContainer,
  type StartedTestContainer,
  getContainerRuntimeClient,
} from "testcontainers";

const MONGO = "mongo:8.0.4";
const REDISES = ["redis:7.4.2", "valkey/valkey:8.0.2"];

/** What needs a Redis beside the database: queues, and the product over both. */
const WITH_REDIS = ["test/queues", "test/billing", "test/http/flow.test.ts"];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function hasDocker(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

function addressOf(container: StartedTestContainer, port: number): string {
  return `${container.getHost()}:${container.getMappedPort(port)}`;
}

function run(title: string, args: readonly string[], env: Record<string, string>): void {
  const { status } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  say(`${title}: ${status === 0 ? "passed" : "FAILED"}`);
  if (status !== 0) process.exitCode = 1;
}

async function testOver(mongo: StartedTestContainer): Promise<void> {
  const MONGODB_URI = `mongodb://${addressOf(mongo, 27_017)}/?directConnection=true`;
  run(MONGO, ["--import", "tsx", "scripts/test-stores.ts"], { MONGODB_URI });
  for (const image of REDISES) {
    const redis = await new GenericContainer(image).withExposedPorts(6379).start();
    try {
      const REDIS_URL = `redis://${addressOf(redis, 6379)}`;
      const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "unit", ...WITH_REDIS];
      run(`${MONGO} with ${image}`, vitest, { MONGODB_URI, REDIS_URL });
    } finally {
      await redis.stop();
    }
  }
}

if (await hasDocker()) {
  const mongo = await new GenericContainer(MONGO).withExposedPorts(27_017).start();
  try {
    await testOver(mongo);
  } finally {
    await mongo.stop();
  }
} else {
  say("No Docker answers here: the tests over containers were not run.");
}
