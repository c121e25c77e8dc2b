/** A wire between a process and a server, which can be cut at a chosen moment. */
import { type Server, type Socket, connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { sleep } from "../../lib/clock.ts";

export interface Link {
  /** Where the near side connects to. */
  readonly port: number;
  /** Drops every connection. */
  cut(): void;
  /**
   * Drops every connection at the moment at which the server answers a write: it was done, and
   * whoever asked for it never hears so. False where no write came in time, and nothing was cut.
   */
  cutAfterWrite(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

interface Pair {
  near: Socket;
  far: Socket;
  /** A write is on its way to the server. */
  writing: boolean;
}

/** A command of the MongoDB protocol begins with its own name as the first field. */
const WRITES = ["update", "insert", "findAndModify"].map((name) => Buffer.from(`\u0002${name}\0`));

/** Listens on a free port and passes everything on to `port`, whoever serves there at the time. */
export async function openLink(port: number): Promise<Link> {
  const pairs = new Set<Pair>();
  let strike: (() => void) | null = null;
  const cut = (): void => {
    for (const pair of pairs) drop(pair);
    pairs.clear();
  };
  const server = createServer((near) => {
    const pair: Pair = { near, far: connect({ host: "127.0.0.1", port }), writing: false };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      drop(pair);
    };
    for (const socket of [pair.near, pair.far]) {
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", end);
    }
    near.on("data", (chunk) => {
      if (strike !== null && WRITES.some((name) => chunk.includes(name))) pair.writing = true;
      pass(chunk, near, pair.far);
    });
    pair.far.on("data", (chunk) => {
      if (strike !== null && pair.writing) return strike();
      pass(chunk, pair.far, near);
    });
  });
  await listen(server);
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async cutAfterWrite(withinMs) {
      const struck = new Promise<true>((resolve) => {
        strike = () => {
          strike = null;
          cut();
          resolve(true);
        };
      });
      const late = sleep(withinMs).then((): false => false);
      const result = await Promise.race([struck, late]);
      strike = null;
      for (const pair of pairs) pair.writing = false;
      return result;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
}

/** Neither side may fill our memory while the other one stands still. */
function pass(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return;
  from.pause();
  to.once("drain", () => from.resume());
}

function drop(pair: Pair): void {
  pair.near.destroy();
  pair.far.destroy();
}
