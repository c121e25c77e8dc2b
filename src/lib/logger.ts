import { type Logger as PinoLogger, pino } from "pino";

/** A structured logger: fields first, then the sentence. */
export type Logger = Pick<PinoLogger, "fatal" | "error" | "warn" | "info" | "debug" | "trace">;

/**
 * A logger that writes JSON lines. Callers log ids, codes and counts only; the paths below are a
 * second wall against a body or an error object that somebody passes by mistake.
 */
export function createLogger(options: { level: string; name: string; toStderr?: boolean }): Logger {
  return pino(
    {
      level: options.level,
      name: options.name,
      base: { name: options.name, pid: process.pid },
      redact: {
        paths: [
          "err.config",
          "err.request",
          "err.response",
          "cardNumber",
          "cardPassword",
          "birthDate",
          "billingKeyValue",
          "*.cardNumber",
          "*.cardPassword",
          "*.birthDate",
          "*.billingKeyValue",
          "req.headers.authorization",
          "req.body",
        ],
        remove: true,
      },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: options.toStderr ? 2 : 1, sync: true }),
  );
}

/** What an error may say in a log: its name, code and message, never the objects it carries. */
export function describeError(error: unknown): { name: string; message: string; code?: string } {
  if (!(error instanceof Error)) return { name: "unknown", message: typeof error };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  return { name: error.name, message: error.message.slice(0, 500), ...code };
}
