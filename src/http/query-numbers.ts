import type { preValidationHookHandler } from "fastify";

/**
 * Reads whole numbers of the query, where everything is text. Anything else is left as it is, so
 * that the schema refuses it by name.
 */
export function readWholeNumbers(names: readonly string[]): preValidationHookHandler {
  return (request, _reply, done) => {
    const query = request.query as Record<string, unknown>;
    for (const name of names) {
      const text = query[name];
      if (typeof text === "string" && /^\d{1,9}$/.test(text)) query[name] = Number(text);
    }
    done();
  };
}
