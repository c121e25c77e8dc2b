import { parseArgs } from "node:util";
import {
  DAYS_DEFAULT,
  DAYS_MAX,
  type DayRange,
  GATEWAY_ZONE,
  readDayRange,
} from "../billing/verify/gateway/day-range.ts";
import { type Language, toPlainReport } from "../billing/verify/report.ts";
import { verify } from "../billing/verify/verify.ts";
import { createGateways } from "../compose-gateways.ts";
import { verifyDepsOf } from "../compose-verify.ts";
import { type Config, loadConfig } from "../config.ts";
import { dayOf } from "../domain/calendar.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { systemBusinessClock, systemClock } from "../lib/clock.ts";
import { createSecretBox } from "../lib/secret-box.ts";
import { createTestClockStore } from "../stores/clock.ts";
import { type Database, createDatabase, openDatabase } from "../stores/connection.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { renderReport } from "./verify-report.ts";

/** Checks every invariant of the database and the books against the gateways' lists. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "check every invariant, and our books against the gateway's list",
  usage: `billing verify [--days ${DAYS_DEFAULT} | --from YYYY-MM-DD --until YYYY-MM-DD] [--no-gateway] [--shared-account]
               [--lang en|ko] [--json]

  It only reads. Exit status 1 if something is wrong or could not be compared.

  --days            days up to today that are compared with the gateway's list (at most ${DAYS_MAX})
  --from, --until   the same as a range of days, both included
  --no-gateway      look at the database alone
  --shared-account  other programs charge through the account too: leave alone what has not our
                    form of order number
  --lang            language of headings and advice
  --json            one JSON object on stdout`,
  async run(context) {
    const options = readOptions(context.args);
    const config = loadConfig(context.env);
    const url = config.mongoUrl;
    if (url === null) {
      throw new UsageError("MONGODB_URI must name the database of the running system");
    }
    // Opened here and not by `compose`, which makes missing indexes: verifying writes nothing.
    const database = createDatabase();
    const gateways = createGateways(config, systemClock);
    try {
      await openDatabase(database, url);
      return await report(context, { config, database, gateways, options });
    } finally {
      gateways.close();
      await database.close();
    }
  },
};

interface Options {
  wish: { days?: string | undefined; from?: string | undefined; until?: string | undefined };
  gateway: boolean;
  sharedAccount: boolean;
  language: Language;
  json: boolean;
}

function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      days: { type: "string" },
      from: { type: "string" },
      until: { type: "string" },
      "no-gateway": { type: "boolean" },
      "shared-account": { type: "boolean" },
      lang: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const language = values.lang ?? "en";
  if (language !== "en" && language !== "ko") throw new UsageError("--lang must be en or ko");
  const { days, from, until } = values;
  return {
    wish: { days, from, until },
    gateway: values["no-gateway"] !== true,
    sharedAccount: values["shared-account"] === true,
    language,
    json: values.json === true,
  };
}

interface Connected {
  config: Config;
  database: Database;
  gateways: GatewayRegistry;
  options: Options;
}

async function report(context: CommandContext, connected: Connected): Promise<number> {
  const { config, database, gateways, options } = connected;
  const clock = systemClock;
  const businessClock = config.testClock
    ? createTestClockStore(database, clock)
    : systemBusinessClock;
  const range = readRange(options, dayOf(await businessClock.now(), GATEWAY_ZONE));
  if (context.isTerminal) context.err("reading …\n");
  const secrets = createSecretBox(config.encryptionKeys);
  const deps = verifyDepsOf({ config, database, gateways, clock, businessClock, secrets });
  const result = await verify(deps, { range, sharedAccount: options.sharedAccount });
  const { language } = options;
  context.out(
    options.json
      ? `${JSON.stringify(toPlainReport(result, language))}\n`
      : renderReport(result, language),
  );
  return result.ok ? 0 : 1;
}

function readRange({ wish, gateway }: Options, todayOn: string): DayRange | null {
  const read = readDayRange(wish, todayOn);
  if ("fault" in read) {
    throw new UsageError(
      read.fault === "days"
        ? `--days must be a whole number from 1 to ${DAYS_MAX}, without --from and --until`
        : `--from and --until must be days such as ${todayOn}, in order, at most ${DAYS_MAX} days`,
    );
  }
  return gateway ? read.range : null;
}
