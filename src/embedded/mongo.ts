import { EmbeddedServiceError } from "./embedded-error.ts";
import { serverEnvironment } from "./environment.ts";
import { findBinary, isExecutable } from "./find-binary.ts";
import { freePort } from "./free-port.ts";
import type { ServerProcess } from "./guardian-client.ts";
import { askMongo } from "./mongo-wire.ts";
import type { NodeChild } from "./node-child.ts";
import { spawnNode } from "./node-child.ts";
import type { EmbeddedOptions } from "./redis.ts";
import type { ServerRecipe, SupervisedServer } from "./supervisor.ts";
import { superviseServer, untilAnswers } from "./supervisor.ts";

const DATABASE = "kiwoom_billing";

/** A running MongoDB server of our own. */
export interface EmbeddedMongo extends SupervisedServer {
  /** Names the database `kiwoom_billing` and a direct connection. */
  readonly url: string;
  /** "embedded" for the server that comes with this package, else for example "mongod 8.0.4". */
  readonly kind: string;
}

/**
 * Starts a MongoDB server on a free loopback port: the mongod that MONGOD_BINARY names, else one
 * from the PATH, else the embedded server of this package.
 */
export async function startMongo(options: EmbeddedOptions): Promise<EmbeddedMongo> {
  const binary = findMongod(options);
  const recipe = binary === null ? embeddedRecipe(options) : mongodRecipe(options, binary);
  const server = await superviseServer(recipe, options.log);
  const kind = binary === null ? "embedded" : `mongod ${await mongodVersion(server.port)}`;
  const url = `mongodb://127.0.0.1:${server.port}/${DATABASE}?directConnection=true`;
  return Object.assign(server, { url, kind });
}

function findMongod(options: EmbeddedOptions): string | null {
  const named = options.env["MONGOD_BINARY"];
  if (named === undefined || named === "") return findBinary(["mongod"], options.env["PATH"]);
  if (isExecutable(named)) return named;
  throw new EmbeddedServiceError(
    "BINARY_MISSING",
    `MONGOD_BINARY names ${named}, which is no executable file: correct it, or unset it to use the embedded server.`,
  );
}

function mongodRecipe(options: EmbeddedOptions, binary: string): ServerRecipe {
  return {
    name: "mongod",
    launch: async (wantedPort) => {
      const port = wantedPort ?? (await freePort());
      const folder = options.folder.subfolder("mongod");
      const server = await options.guardian.launch({
        command: binary,
        args: ["--dbpath", folder, "--port", String(port), "--bind_ip", "127.0.0.1"],
        cwd: folder,
        env: serverEnvironment(options.env),
      });
      await untilAnswers("mongod", server, () => isAnswering(port));
      return { ...server, port };
    },
  };
}

function embeddedRecipe(options: EmbeddedOptions): ServerRecipe {
  return {
    name: "The embedded MongoDB server",
    launch: async (wantedPort) => {
      const folder = options.folder.subfolder("mongo");
      const child = await spawnNode(
        new URL("./mongo/main.ts", import.meta.url),
        ["--dir", folder, "--port", String(wantedPort ?? 0)],
        {
          env: serverEnvironment(options.env),
          onSpawn: (started) => void options.guardian.watch(started),
          onLine: (line) => options.log(`mongo: ${line}`),
        },
      );
      const port = child.ready["port"];
      const server = toServerProcess(child);
      if (typeof port !== "number") {
        server.signal("SIGKILL");
        throw new EmbeddedServiceError("START_FAILED", "The embedded MongoDB server named no port");
      }
      return { ...server, port };
    },
  };
}

function toServerProcess(child: NodeChild): ServerProcess {
  // Only while it has not ended: its number may be another's afterwards.
  const signal = (name: NodeJS.Signals): void => void child.process.kill(name);
  return { pid: child.pid, ended: child.ended, signal };
}

async function isAnswering(port: number): Promise<boolean> {
  return (await askMongo(port, { ping: 1 }))?.["ok"] === 1;
}

async function mongodVersion(port: number): Promise<string> {
  const version: unknown = (await askMongo(port, { buildInfo: 1 }))?.["version"];
  return typeof version === "string" ? version : "of unknown version";
}
