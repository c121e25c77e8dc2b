import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { HttpApp } from "../http-app.ts";
import { isLocalCaller } from "../local-caller.ts";
import { ProblemError } from "../problem-error.ts";

export interface ApiKeyOptions {
  apiKeys: readonly string[];
  /** A caller on this machine needs no key even where keys are configured. */
  localIsEnough?: boolean;
}

/** From here on an API key is needed, or, where none is configured, a caller on this machine. */
export function requireApiKey(app: HttpApp, options: ApiKeyOptions): void {
  const digests = options.apiKeys.map(digestOf);
  app.addHook("onRequest", (request, reply, done) => {
    // Answers are about one caller's customers: nothing on the way may keep them.
    reply.header("cache-control", "no-store");
    const local = isLocalCaller(request);
    if (digests.length === 0 && !local) throw new ProblemError("LOOPBACK_ONLY");
    if (digests.length > 0 && !(local && options.localIsEnough === true)) {
      checkKey(request, digests);
    }
    done();
  });
}

function checkKey(request: FastifyRequest, digests: readonly Buffer[]): void {
  const headers = { "www-authenticate": 'Bearer realm="kiwoom-billing"' };
  const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (key === undefined) throw new ProblemError("API_KEY_REQUIRED", { headers });
  const digest = digestOf(key);
  // Every key is compared, whichever matches: the time taken tells nothing.
  const matches = digests.filter((known) => timingSafeEqual(known, digest));
  if (matches.length === 0) throw new ProblemError("API_KEY_UNKNOWN", { headers });
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
