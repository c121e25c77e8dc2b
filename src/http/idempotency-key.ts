import type { FastifyReply, FastifyRequest } from "fastify";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import { ProblemError } from "./problem-error.ts";

const VISIBLE_ASCII = /^[!-~]{1,255}$/;

/**
 * The mark that a write leaves in its document, or null where the caller sent no key. The key holds
 * within its route: the same one on another route is another key.
 */
export function readIdempotencyMark(
  secrets: SecretBox,
  route: string,
  request: FastifyRequest,
): IdempotencyMark | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || !VISIBLE_ASCII.test(key)) {
    throw new ProblemError("IDEMPOTENCY_KEY_INVALID");
  }
  return {
    key: `${route}:${key}`,
    bodyHash: secrets.hash(`${route}\n${toCanonicalJson(request.body)}`),
  };
}

/** JSON that is the same for bodies that say the same: keys in order. */
export function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * Says in a header that the answer is an earlier request's document. A new document carries the very
 * mark of this request; one that was read carries a copy.
 */
export function markReplay(
  reply: FastifyReply,
  mark: IdempotencyMark | null,
  stored: IdempotencyMark | null | undefined,
): void {
  if (mark !== null && stored !== mark) reply.header("idempotency-replayed", "true");
}
