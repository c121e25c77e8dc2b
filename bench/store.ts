/**
 * How fast the embedded MongoDB server is for one driver process, every write journaled: the server's
 * own process on this machine, 100,000 documents of 300 bytes with two indexes.
 *
 *   npm run bench:store -- [--documents 100000] [--rounds 5] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleSources } from "../bin/bundle.js";
import { runChildrenFrom } from "../src/embedded/node-child.ts";
import { type Subject, dropSubject, prepareSubject, restartOf } from "./store/subject.ts";
import { type Measure, MEASURES } from "./store/measures.ts";
import { type Figure, figureOf, figureTable } from "./store/figures.ts";

const { values } = parseArgs({
  options: {
    documents: { type: "string", default: "100000" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const documents = Number(values.documents);
const rounds = Number(values.rounds);

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Each measure in every round, in another order each time; the first round only warms up. */
async function measureAll(subject: Subject): Promise<Figure[]> {
  const samples = new Map<Measure, number[]>(MEASURES.map((measure) => [measure, []]));
  const cpus = new Map<Measure, number[]>(MEASURES.map((measure) => [measure, []]));
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? MEASURES : MEASURES.toReversed();
    for (const measure of order) {
      const { perSecond, serverMicros } = await measure.run(subject);
      if (round === 0) continue;
      samples.get(measure)?.push(perSecond);
      cpus.get(measure)?.push(serverMicros);
    }
    say(`round ${round} of ${rounds}${round === 0 ? " (warm-up)" : ""}`);
  }
  return MEASURES.map((measure) => ({
    ...figureOf(measure.name, measure.unit, samples.get(measure) ?? []),
    aim: measure.aim,
    serverMicros: figureOf("", "µs", cpus.get(measure) ?? []).median,
  }));
}

// As the product starts it.
runChildrenFrom(await bundleSources());
const folder = mkdtempSync(join(tmpdir(), "bench-store-"));
try {
  const cold: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const empty = mkdtempSync(join(folder, "cold-"));
    cold.push((await restartOf(empty)).readyMs);
  }
  const subject = await prepareSubject(join(folder, "data"), documents);
  const figures = await measureAll(subject);
  await dropSubject(subject);
  const restarts: number[] = [];
  for (let i = 0; i < rounds; i++) restarts.push((await restartOf(join(folder, "data"))).readyMs);
  const all: Figure[] = [
    ...figures,
    { ...figureOf("restart with the documents", "ms", restarts), aim: "< 2,000" },
    { ...figureOf("cold start", "ms", cold), aim: "< 300" },
    { ...figureOf("memory", "bytes per document", [subject.bytesPerDocument]), aim: "< 2,048" },
  ];
  if (values.json) process.stdout.write(`${JSON.stringify({ documents, rounds, figures: all })}\n`);
  else process.stdout.write(figureTable(all));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
