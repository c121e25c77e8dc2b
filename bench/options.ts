import { parseArgs } from "node:util";
import { UsageError, readInteger } from "../src/cli/command.ts";
import { CONTENDERS, type ContenderName, OWN, PEERS } from "./contenders.ts";

export interface BenchOptions {
  contenders: readonly ContenderName[];
  charges: number;
  rounds: number;
  inFlight: readonly number[];
  latencies: readonly number[];
  seed: number;
  json: boolean;
  profile: boolean;
}

export const USAGE = `npm run bench -- [options]

  --quick            a first look: one round of 500 charges, 50 in flight, gateway 0 ms
  --charges N        due periods per round (default 3000)
  --rounds N         rounds per contender after one warm-up (default 5)
  --in-flight LIST   charges in flight, comma-separated (default 50,200,400)
  --latency LIST     what the gateway takes per request, milliseconds (default 0,50)
  --contenders LIST  of ${Object.keys(CONTENDERS).join(", ")}
  --peers            graphile-worker and pg-boss on PostgreSQL as well
  --profile          a CPU profile of the worker and the store, and counted commands, in two more rounds
  --seed N           order of the contenders (default 42)
  --json             the raw figures on standard output; they are kept in .data/bench/ anyway
`;

/** Reads the command line; throws a UsageError that names the option and what would be right. */
export function readOptions(args: string[]): BenchOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const quick = values.quick
    ? { charges: "500", rounds: "1", "in-flight": "50", latency: "0" }
    : { charges: "3000", rounds: "5", "in-flight": "50,200,400", latency: "0,50" };
  return {
    contenders: readContenders(values.contenders, values.peers),
    charges: readInteger("charges", values.charges ?? quick.charges, { min: 1, max: 1_000_000 }),
    rounds: readInteger("rounds", values.rounds ?? quick.rounds, { min: 1, max: 100 }),
    inFlight: readIntegers("in-flight", values["in-flight"] ?? quick["in-flight"], {
      min: 1,
      max: 5000,
    }),
    latencies: readIntegers("latency", values.latency ?? quick.latency, { min: 0, max: 10_000 }),
    seed: readInteger("seed", values.seed, { min: 0, max: 2 ** 31 }),
    json: values.json,
    profile: values.profile,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        charges: { type: "string" },
        rounds: { type: "string" },
        "in-flight": { type: "string" },
        latency: { type: "string" },
        contenders: { type: "string" },
        peers: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        seed: { type: "string", default: "42" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    // Node's sentence names the option and is fit for a reader; its stack is not.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readContenders(list: string | undefined, peers: boolean): ContenderName[] {
  const named = (list ?? OWN.join(",")).split(",").map((name) => {
    const found = [...OWN, ...PEERS].find((known) => known === name.trim());
    if (found !== undefined) return found;
    throw new UsageError(
      `--contenders knows no ${name}; there are ${Object.keys(CONTENDERS).join(", ")}`,
    );
  });
  return [...new Set([...named, ...(peers ? PEERS : [])])];
}

function readIntegers(name: string, list: string, bounds: { min: number; max: number }): number[] {
  return [...new Set(list.split(",").map((text) => readInteger(name, text, bounds)))];
}
