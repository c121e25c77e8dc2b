import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { HttpApp } from "../http-app.ts";
import { isLocalCaller } from "../local-caller.ts";
import { ProblemError } from "../problem-error.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, as the audit trail names it: the first digits of the API key's hash, or `local`. */
    caller: string;
  }
}

export interface ApiKeyOptions {
  apiKeys: readonly string[];
  /** A caller on this machine needs no key even where keys are configured. */
  localIsEnough?: boolean;
}

/** From here on an API key is needed, or, where none is configured, a caller on this machine. */
export function requireApiKey(app: HttpApp, options: ApiKeyOptions): void {
  const digests = options.apiKeys.map(digestOf);
  app.decorateRequest("caller", "");
  app.addHook("onRequest", (request, reply, done) => {
    // Answers are about one caller's customers: nothing on the way may keep them.
    reply.header("cache-control", "no-store");
    const local = isLocalCaller(request);
    if (digests.length === 0 && !local) throw new ProblemError("LOOPBACK_ONLY");
    const needsKey = digests.length > 0 && !(local && options.localIsEnough === true);
    request.caller = needsKey ? checkKey(request, digests) : "local";
    done();
  });
}

/** Throws where the key is missing or unknown; returns a name for it that is not the key. */
function checkKey(request: FastifyRequest, digests: readonly Buffer[]): string {
  const headers = { "www-authenticate": 'Bearer realm="kiwoom-billing"' };
  const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (key === undefined) throw new ProblemError("API_KEY_REQUIRED", { headers });
  const digest = digestOf(key);
  // Every key is compared, whichever matches: the time taken tells nothing.
  const matches = digests.filter((known) => timingSafeEqual(known, digest));
  if (matches.length === 0) throw new ProblemError("API_KEY_UNKNOWN", { headers });
  return `key ${digest.toString("hex").slice(0, 8)}`;
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
