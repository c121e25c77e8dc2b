import { createServer } from "node:net";
import type { Redis } from "ioredis";
import { type Config, ConfigError, loadConfig } from "../config.ts";
import { createGateways } from "../compose-gateways.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import { systemClock } from "../lib/clock.ts";
import { describeError } from "../lib/logger.ts";
import {
  connectSoon,
  createProducerConnection,
  readEvictionPolicy,
  readVersionFault,
} from "../queues/connection.ts";
import { createDatabase, openDatabase } from "../stores/connection.ts";
import { missingIndexes } from "../stores/indexes.ts";
import { probeUrl, refusalOf } from "../stores/server-probe.ts";
import type { Command } from "./command.ts";
import { renderTable } from "./table.ts";

type Finding = { check: string; result: "ok" | "fault" | "note"; text: string };

/** Largest difference between our clock and the database's that is no fault, milliseconds. */
const CLOCK_SKEW_MAX_MS = 5000;

/** Finds every configuration and connection fault in one run, each with the line to write. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "find every configuration and connection fault at once",
  usage: "billing doctor [--json]",
  async run({ args, env, out }) {
    const findings = await examine(env);
    if (args.includes("--json")) out(`${JSON.stringify(findings)}\n`);
    else {
      out(
        renderTable(
          ["", "check", ""],
          findings.map((finding) => [MARKS[finding.result], finding.check, finding.text]),
        ),
      );
    }
    return findings.some((finding) => finding.result === "fault") ? 1 : 0;
  },
};

const MARKS = { ok: "✓", fault: "✗", note: "·" } as const;

async function examine(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  try {
    const config = loadConfig(env);
    const checks = await Promise.all([
      examineDatabase(config),
      examineRedis(config),
      examineGateways(config),
      examinePort(config),
    ]);
    return [{ check: "configuration", result: "ok", text: config.environment }, ...checks.flat()];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map(
      (text): Finding => ({ check: "configuration", result: "fault", text }),
    );
    // Connections are looked at all the same, with what can be read: one run names everything.
    return [...faults, ...(await examineAddresses(env))];
  }
}

/** The services by their addresses alone, where the rest of the configuration has faults. */
async function examineAddresses(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const readable = (name: string, protocol: RegExp) =>
    protocol.test(env[name] ?? "") ? (env[name] ?? null) : null;
  const config = loadConfig({});
  const checks = await Promise.all([
    examineDatabase({ ...config, mongoUrl: readable("MONGODB_URI", /^mongodb(\+srv)?:\/\//) }),
    examineRedis({ ...config, redisUrl: readable("REDIS_URL", /^rediss?:\/\//) }),
  ]);
  return checks.flat();
}

async function examineDatabase(config: Config): Promise<Finding[]> {
  const check = "MongoDB";
  if (config.mongoUrl === null) {
    return [{ check, result: "note", text: "none configured: an embedded one is started" }];
  }
  const database = createDatabase();
  try {
    await openDatabase(database, config.mongoUrl);
    const findings: Finding[] = [{ check, result: "ok", text: "answers" }];
    const refusal = refusalOf(await probeUrl(config.mongoUrl));
    if (refusal !== null) findings.push({ check, result: "fault", text: refusal });
    const missing = await missingIndexes(database);
    if (missing.length > 0) {
      const text = `${missing.length} indexes are missing; run: npx billing migrate`;
      const guards = missing.some((index) => index.guardsMoney);
      const isFault = guards && config.environment === "production";
      findings.push({ check: "indexes", result: isFault ? "fault" : "note", text });
    }
    return [...findings, ...(await examineServer(config, database))];
  } catch (error) {
    const { name } = describeError(error);
    return [{ check, result: "fault", text: `MONGODB_URI does not answer (${name})` }];
  } finally {
    await database.close();
  }
}

async function examineServer(
  config: Config,
  database: ReturnType<typeof createDatabase>,
): Promise<Finding[]> {
  const hello = await database.db?.command({ hello: 1 });
  const findings: Finding[] = [];
  if (hello?.["setName"] === undefined && config.environment === "production") {
    const text = "no replica set: a single server loses what its disk loses";
    findings.push({ check: "replica set", result: "note", text });
  }
  const theirs = hello?.["localTime"];
  const skewMs =
    theirs instanceof Date ? Math.abs(theirs.getTime() - systemClock.now().getTime()) : 0;
  if (skewMs > CLOCK_SKEW_MAX_MS) {
    const text = `this machine and MongoDB differ by ${Math.round(skewMs / 1000)} s; set the clock by NTP`;
    findings.push({ check: "clock", result: "fault", text });
  }
  return findings;
}

async function examineRedis(config: Config): Promise<Finding[]> {
  const check = "Redis";
  if (config.redisUrl === null) {
    return [{ check, result: "note", text: "none configured: an embedded one is started" }];
  }
  const redis = createProducerConnection(config.redisUrl);
  try {
    await connectSoon(redis);
    await redis.ping();
    return [examineEviction(await readEvictionPolicy(redis)), ...(await examineVersion(redis))];
  } catch (error) {
    const { name, message } = describeError(error);
    return [{ check, result: "fault", text: `REDIS_URL does not answer (${name}: ${message})` }];
  } finally {
    redis.disconnect();
  }
}

function examineEviction(policy: string | null): Finding {
  const check = "Redis";
  if (policy === null || policy === "noeviction") {
    return { check, result: "ok", text: `answers, maxmemory-policy ${policy ?? "not told"}` };
  }
  const text = `maxmemory-policy is ${policy}; write in redis.conf: maxmemory-policy noeviction`;
  return { check, result: "fault", text };
}

async function examineVersion(redis: Redis): Promise<Finding[]> {
  const fault = await readVersionFault(redis);
  if (fault === null) return [];
  const result = fault.kind === "too_old" ? "fault" : "note";
  return [{ check: "Redis version", result, text: fault.text }];
}

/** Whether each account is let in; nothing else is asked of a gateway. */
async function examineGateways(config: Config): Promise<Finding[]> {
  const simulated = config.gateways.filter((gateway) => config[gateway].url === null);
  const gateways = createGateways(config, systemClock);
  const findings = await Promise.all(gateways.all().map(examineGateway));
  gateways.close();
  const text = "no address configured: the simulator is started";
  return [
    ...findings,
    ...simulated.map((gateway): Finding => ({ check: gateway, result: "note", text })),
  ];
}

async function examineGateway(adapter: GatewayAdapter): Promise<Finding> {
  const check = `${adapter.gateway}/${adapter.account}`;
  const call = adapter.capabilities.billingKeys ? "issue" : "open_window";
  const opened = await adapter.openCredential({ call });
  if (opened.kind === "ready") return { check, result: "ok", text: "lets us in" };
  const text = `does not let us in (${opened.reason}); check its address, id and key`;
  return { check, result: "fault", text };
}

function examinePort(config: Config): Promise<Finding[]> {
  const check = "port";
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      const { code } = describeError(error);
      const text = `${config.host}:${config.port} cannot be used (${code}); write another PORT`;
      resolve([{ check, result: "fault", text }]);
    });
    server.listen(config.port, config.host, () => {
      server.close(() => resolve([{ check, result: "ok", text: `${config.port} is free` }]));
    });
  });
}
