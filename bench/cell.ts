/** One cell of the table: every contender at the same load, in processes that live through all its rounds. */
import { join } from "node:path";
import type { Random } from "../src/cli/storm/random.ts";
import { type Arena, openArena } from "./arena.ts";
import { startChild } from "./child.ts";
import { CONTENDERS, type ContenderName, isPeer } from "./contenders.ts";
import type {
  ContenderReply,
  ContenderRequest,
  ContenderSettings,
  Inspection,
} from "./messages.ts";
import type { BenchOptions } from "./options.ts";
import type { Postgres } from "./peers/postgres.ts";
import { type ContenderChild, type RoundResult, runRound } from "./round.ts";

export interface Cell {
  latencyMs: number;
  inFlight: number;
}

export interface CellResult extends Cell {
  kinds: { store: string; redis: string };
  rounds: { contender: ContenderName; warmUp: boolean; result: RoundResult }[];
  /** Profiles and counted commands, from rounds of their own. */
  inspected: { contender: ContenderName; profile: string; result: RoundResult }[];
}

export interface CellOptions extends Pick<BenchOptions, "contenders" | "charges" | "rounds"> {
  random: Random;
  postgres: Postgres | null;
  /** Folder for profiles; null: none are taken. */
  profilesIn: string | null;
  tell: (line: string) => void;
}

const NOTHING: Inspection = { profile: null, count: false };

/** Measures all contenders at one load. */
export async function measureCell(cell: Cell, options: CellOptions): Promise<CellResult> {
  const arena = await openArena({ profiled: options.profilesIn !== null });
  const children = new Map<ContenderName, ContenderChild>();
  try {
    for (const name of options.contenders) {
      children.set(name, await startContender(name, arena, cell, options.postgres));
    }
    return { ...cell, kinds: arena.kinds, ...(await measure(arena, children, cell, options)) };
  } finally {
    await Promise.all([...children.values()].map((child) => child.stop()));
    await arena.close();
  }
}

function startContender(
  name: ContenderName,
  arena: Arena,
  { inFlight }: Cell,
  postgres: Postgres | null,
): Promise<ContenderChild> {
  const { program, env } = CONTENDERS[name];
  const settings: ContenderSettings = {
    mongoUrl: arena.mongoUrl,
    redisUrl: arena.redisUrl,
    postgres: postgres === null ? null : { url: postgres.url, packages: postgres.packages },
    gatewayUrl: arena.gatewayUrl,
    inFlight,
    name,
  };
  return startChild<ContenderRequest, ContenderReply>(program, [JSON.stringify(settings)], {
    ...arena.env,
    ...env,
  });
}

async function measure(
  arena: Arena,
  children: ReadonlyMap<ContenderName, ContenderChild>,
  cell: Cell,
  options: CellOptions,
): Promise<Pick<CellResult, "rounds" | "inspected">> {
  const { charges, random, postgres, profilesIn, tell } = options;
  const pids = (name: ContenderName) =>
    isPeer(name) ? { store: postgres?.pid ?? null, redis: null } : arena.pids;
  let round = 0;
  const run = async (name: ContenderName, child: ContenderChild, inspection: Inspection) => {
    round += 1;
    const { latencyMs } = cell;
    const plan = { round, charges, latencyMs, inspection, pids: pids(name) };
    const result = await runRound(arena, child, plan);
    const faults =
      result.faults.length === 0 ? "" : `  DOES NOT COUNT: ${result.faults.join("; ")}`;
    tell(`  ${CONTENDERS[name].title}: ${Math.round(result.perSecond)} a second${faults}`);
    return result;
  };
  const rounds: CellResult["rounds"] = [];
  for (let number = 0; number <= options.rounds; number += 1) {
    tell(number === 0 ? "  warm-up" : `  round ${number} of ${options.rounds}`);
    for (const [contender, child] of random.shuffle([...children])) {
      const result = await run(contender, child, NOTHING);
      rounds.push({ contender, warmUp: number === 0, result });
    }
  }
  const inspected: CellResult["inspected"] = [];
  if (profilesIn !== null) {
    for (const [contender, child] of children) {
      const file = `${contender}-${cell.inFlight}-in-flight-${cell.latencyMs}-ms.cpuprofile`;
      const profile = join(profilesIn, file);
      await run(contender, child, { profile, count: false });
      const result = await run(contender, child, { profile: null, count: true });
      inspected.push({ contender, profile, result });
    }
  }
  return { rounds, inspected };
}
