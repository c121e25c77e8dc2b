/** The scripts that run in browsers: files of their own, which are read as they are. */
import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

const FOLDER = new URL("./browser/", import.meta.url);
/** Scripts of the simulator's own pages. */
const OWN = ["post-form", "press-once", "tell-opener"] as const;

/** Where a page of the simulator finds one of its own scripts. */
export function scriptPath(name: (typeof OWN)[number]): string {
  return `/_sim/windows/${name}.js`;
}

/** Serves the scripts of the simulator's own pages; returns their paths. */
export function registerOwnScripts(app: FastifyInstance): readonly string[] {
  return OWN.map((name) => serveScript(app, scriptPath(name), [name]));
}

/**
 * Serves the stand-in of a gateway's script under the path of the real one, behind what all of them
 * share; returns the path.
 */
export function serveGatewayScript(app: FastifyInstance, path: string, name: string): string {
  return serveScript(app, path, ["layer", name]);
}

function serveScript(app: FastifyInstance, path: string, names: readonly string[]): string {
  const text = names.map((name) => readFileSync(new URL(`${name}.js`, FOLDER), "utf8")).join("\n");
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "x-content-type-options": "nosniff",
    // A merchant's page may be strict about what it takes from elsewhere.
    "cross-origin-resource-policy": "cross-origin",
    "cache-control": "no-store",
  };
  app.get(path, (_request, reply) => reply.headers(headers).send(text));
  return path;
}
