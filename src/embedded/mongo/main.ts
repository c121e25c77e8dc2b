import { parseArgs } from "node:util";
import { systemClock } from "../../lib/clock.ts";
import { toError } from "./errors.ts";
import { type MongoServer, startMongoServer } from "./mongo-server.ts";

const USAGE =
  "usage: main --dir PATH [--port N] [--host 127.0.0.1] [--watch-stdin]\n" +
  "Serves the MongoDB wire protocol on a loopback address; port 0 takes a free one.\n";

interface Settings {
  readonly folder: string;
  readonly port: number;
  readonly host: string;
  readonly watchesStdin: boolean;
}

function log(line: string): void {
  process.stderr.write(`embedded mongo: ${line}\n`);
}

function fail(error: Error): never {
  log(error.message);
  process.exit(1);
}

function parseSettings(): Settings {
  const { values } = parseArgs({
    options: {
      dir: { type: "string" },
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      "watch-stdin": { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (values.dir === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--dir is needed, and --port is a number up to 65535\n${USAGE}`);
  }
  return { folder: values.dir, port, host: values.host, watchesStdin: values["watch-stdin"] };
}

/** Ends the process cleanly, however often it is asked to. */
function createShutdown(server: MongoServer): () => void {
  let isEnding = false;
  return () => {
    if (isEnding) return;
    isEnding = true;
    server.close().then(
      () => process.exit(0),
      (error: unknown) => fail(toError(error)),
    );
  };
}

async function main(): Promise<void> {
  const { folder, port, host, watchesStdin } = parseSettings();
  const server = await startMongoServer({
    folder,
    port,
    host,
    clock: systemClock,
    log,
    onFatal: fail,
  });
  const shutDown = createShutdown(server);
  process.on("SIGTERM", shutDown);
  process.on("SIGINT", shutDown);
  // A server that was started for somebody does not outlive them.
  if (process.send !== undefined) process.on("disconnect", shutDown);
  if (watchesStdin) process.stdin.on("end", shutDown).on("close", shutDown).resume();
  process.stdout.write(`${JSON.stringify({ port: server.port, pid: process.pid })}\n`);
}

// A full disk is answered to the client, not by the end of the process.
process.on("SIGXFSZ", () => undefined);
main().catch((error: unknown) => fail(toError(error)));
