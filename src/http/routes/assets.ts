import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import type { HttpApp } from "../http-app.ts";

/** Beside the code, wherever that was built or packed to. */
const FOLDER = new URL("../browser/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** Scripts and style of our pages, read once; browsers keep them and ask whether they are new. */
export async function addAssetRoutes(app: HttpApp): Promise<void> {
  // Browsers ask for it on every page, and call what is not there an error.
  app.get("/favicon.ico", { schema: { hide: true } }, async (_request, reply) =>
    reply.code(204).header("cache-control", "max-age=86400").send(),
  );
  const names = (await readdir(FOLDER)).filter((name) => typeOf(name) !== undefined);
  for (const name of names) {
    const content = await readFile(new URL(name, FOLDER));
    const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
    const headers = { "cache-control": "no-cache", etag };
    app.get(`/assets/${name}`, { schema: { hide: true } }, async (request, reply) => {
      reply.headers(headers);
      if (request.headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.type(typeOf(name) ?? "").send(content);
    });
  }
}

function typeOf(name: string): string | undefined {
  return TYPES[name.split(".").at(-1) ?? ""];
}
