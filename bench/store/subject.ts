import { readFileSync } from "node:fs";
import { mongo } from "mongoose";
import { type NodeChild, spawnNode } from "../../src/embedded/node-child.ts";
import { systemClock } from "../../src/lib/clock.ts";

const SERVER = new URL("../../src/embedded/mongo/main.ts", import.meta.url);
const CONNECTIONS = 50;
const LOAD = 1_000;
const MICROS_PER_TICK = 10_000;

/** A document of about 300 bytes. */
export interface Row {
  _id: string;
  state: string;
  revision: number;
  dueAt: Date;
  customerId: string;
  amount: number;
  token: string | null;
  text: string;
}

/** A server full of documents, and a driver connected to it. */
export interface Subject {
  readonly server: NodeChild;
  readonly client: mongo.MongoClient;
  readonly rows: mongo.Collection<Row>;
  readonly ids: readonly string[];
  /** The revision of each document, as this process left it. */
  readonly revisions: Map<string, number>;
  /** What the documents and their indexes take of the server's memory. */
  readonly bytesPerDocument: number;
}

/** Starts a server over a folder, fills it and connects a driver. */
export async function prepareSubject(folder: string, documents: number): Promise<Subject> {
  const server = await startServer(folder);
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${String(server.ready["port"])}`, {
    maxPoolSize: CONNECTIONS,
    writeConcern: { w: 1, journal: true },
    retryWrites: false,
  });
  const rows = client.db("bench").collection<Row>("rows");
  await rows.createIndex({ state: 1, dueAt: 1 });
  await rows.createIndex({ customerId: 1 });
  const before = residentBytes(server.pid);
  const all = Array.from({ length: documents }, (_, i) => rowOf(i));
  for (let from = 0; from < documents; from += LOAD) {
    await rows.insertMany(all.slice(from, from + LOAD));
  }
  const ids = all.map(({ _id }) => _id);
  return {
    server,
    client,
    rows,
    ids,
    revisions: new Map(ids.map((id) => [id, 0])),
    bytesPerDocument: (residentBytes(server.pid) - before) / documents,
  };
}

export async function dropSubject({ server, client }: Subject): Promise<void> {
  await client.close();
  await server.stop(60_000);
}

/** Starts a server over a folder and stops it; how long until it was ready. */
export async function restartOf(folder: string): Promise<{ readyMs: number }> {
  const startedMs = systemClock.monotonicMs();
  const server = await startServer(folder);
  const readyMs = systemClock.monotonicMs() - startedMs;
  await server.stop(60_000);
  return { readyMs };
}

/** The CPU time that the server's process has used, microseconds. Linux alone tells it. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}

function startServer(folder: string): Promise<NodeChild> {
  const onLine = (line: string): void => void process.stderr.write(`${line}\n`);
  return spawnNode(SERVER, ["--dir", folder], { env: process.env, onLine });
}

function rowOf(i: number): Row {
  return {
    _id: `inv_${String(i).padStart(8, "0")}`,
    state: "open",
    revision: 0,
    dueAt: new Date(1_780_000_000_000 + ((i * 7_919) % 1_000_003) * 60_000),
    customerId: `customer_${i % 5_000}`,
    amount: 9_900,
    token: null,
    text: "월간 구독 ".repeat(6) + "x".repeat(70),
  };
}
