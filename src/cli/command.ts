import type { Environment } from "../config.ts";

/** What a subcommand is given. */
export interface CommandContext {
  args: string[];
  env: Environment;
  /** Data. */
  out: (text: string) => void;
  /** Progress, warnings, errors. */
  err: (text: string) => void;
  /** Whether moving or coloured output makes sense on stderr. */
  isTerminal: boolean;
}

/** A subcommand: returns the exit status. */
export interface Command {
  name: string;
  summary: string;
  usage: string;
  run: (context: CommandContext) => Promise<number>;
}

/** Raised for a wrong command line: the message names the argument and what would be right. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A whole number within bounds, or a UsageError that names the option. */
export function readInteger(
  name: string,
  text: string,
  bounds: { min: number; max: number },
): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= bounds.min && value <= bounds.max) {
    return value;
  }
  throw new UsageError(
    `--${name} must be a whole number from ${bounds.min} to ${bounds.max}, not ${text}`,
  );
}
