import { readdirSync } from "node:fs";
import { mongo } from "mongoose";
import { type Random, createRandom } from "../../src/cli/storm/random.ts";
import { type NodeChild, spawnNode } from "../../src/embedded/node-child.ts";
import { sleep } from "../../src/lib/clock.ts";
import { Ledger, type Row } from "./ledger.ts";
import { countDisagreements, countMixed, createIndexes, readAll } from "./verify.ts";
import { type Scene, sharedRows, write } from "./writers.ts";

const WRITERS = 24;
/** Counted in answers and not in time: the same on a slow machine. */
const KILL_AFTER = { min: 50, max: 1_500 };
const LINES_SHOWN = 5;

/** A server program, and how often it is killed. */
export interface Torture {
  readonly program: URL;
  /** The program that makes the indexes and the documents which are raced for. */
  readonly preparer: URL;
  readonly kills: number;
  readonly seed: number;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
}

export interface TortureResult {
  /** The writes that were answered, the losers of a race among them. */
  readonly acknowledged: number;
  /** The ones that were not there after a kill, and every other thing that was not as it should be. */
  readonly lost: number;
}

/**
 * Kills a server in the middle of writes, again and again over one folder, and looks after each
 * kill for everything that it had acknowledged.
 */
export async function torture(run: Torture): Promise<TortureResult> {
  const random = createRandom(run.seed);
  const ledger = new Ledger();
  let lost = 0;
  await prepare(run);
  for (let round = 1; round <= run.kills + 1; round++) {
    await withServer(run, async (rows, server) => {
      const found = await readAll(rows);
      const missing = await compare(run, ledger, { rows, found });
      lost += missing;
      if (round > 1) run.say(`kill ${round - 1} of ${run.kills}: ${missing} lost`);
      if (round > run.kills) return;
      const scene = { rows, ledger, round, found, seen: { revisions: new Map(), names: 0 } };
      await writeUntilKilled(scene, server, random);
    });
  }
  run.say(`${ledger.acknowledged} acknowledged, of which ${ledger.losers} had lost a race`);
  run.say(`files at the end: ${readdirSync(run.folder).toSorted().join(", ")}`);
  return { acknowledged: ledger.acknowledged, lost };
}

async function prepare(run: Torture): Promise<void> {
  await withServer({ ...run, program: run.preparer }, async (rows) => {
    await createIndexes(rows);
    await rows.insertMany(sharedRows());
  });
}

async function writeUntilKilled(scene: Scene, server: NodeChild, random: Random): Promise<void> {
  const { ledger } = scene;
  const enough = ledger.acknowledged + random.between(KILL_AFTER.min, KILL_AFTER.max);
  const writing = Array.from({ length: WRITERS }, (_, number) =>
    write(scene, number, createRandom(random.between(0, 2 ** 31))),
  );
  const written = Promise.all(writing);
  while (ledger.acknowledged < enough) await Promise.race([written, sleep(1)]);
  server.process.kill("SIGKILL");
  await written;
}

/** Returns how much of what was acknowledged is missing, and what else is wrong. */
async function compare(
  run: Torture,
  ledger: Ledger,
  { rows, found }: Pick<Scene, "rows" | "found">,
): Promise<number> {
  let unsaid = LINES_SHOWN;
  const say = (line: string): void => {
    if (unsaid-- > 0) run.say(`  ${line}`);
  };
  const missing = ledger.settle(found, say);
  return missing + countMixed(found, say) + (await countDisagreements(rows, say));
}

/** Starts the server over the folder, and ends it with SIGKILL: it is never given time to tidy up. */
async function withServer<T>(
  { program, folder, environment, say }: Torture,
  work: (rows: mongo.Collection<Row>, server: NodeChild) => Promise<T>,
): Promise<T> {
  const server = await spawnNode(program, ["--dir", folder], {
    env: environment,
    onLine: (line) => say(`  ${line}`),
  });
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${String(server.ready["port"])}`, {
    retryReads: false,
    retryWrites: false,
    serverSelectionTimeoutMS: 10_000,
    writeConcern: { w: "majority", journal: true },
  });
  try {
    return await work(client.db("torture").collection<Row>("rows"), server);
  } finally {
    server.process.kill("SIGKILL");
    await Promise.all([server.ended, client.close()]);
  }
}
