import { ControlInputError, readChoice, readObject, readWhole } from "./strict-input.ts";

const DELAY_MS_MAX = 600_000;

/** What no document settles; the defaults are the harsh reading. */
interface Switches {
  /** The second payment under one order number: charged again, or refused with 9002. */
  readonly duplicateOrderNumber: "accept" | "reject";
  /** An unknown or expired token: a code with HTTP 200, or HTTP 401. */
  readonly tokenError: "code" | "http401";
  /** Where a declined payment shows its code: in the reply, or only inside ENC_DATA. */
  readonly declineAt: "outer" | "inner";
  /** Look-ups by date do not list approvals younger than this, in real time. */
  readonly lookupLagMs: number;
  /** Every gateway reply waits between these, in real time. */
  readonly latencyMs: readonly [number, number];
}

/** The switches as they stand, and the one way to move them. */
export interface SwitchBoard {
  current(): Switches;
  /** Moves the named switches and leaves the others; throws on anything it does not know. */
  change(input: unknown): Switches;
}

/** All switches at their defaults. */
export function createSwitchBoard(): SwitchBoard {
  let current: Switches = {
    duplicateOrderNumber: "accept",
    tokenError: "code",
    declineAt: "outer",
    lookupLagMs: 0,
    latencyMs: [0, 0],
  };
  return {
    current: () => current,
    change: (input) => {
      current = { ...current, ...parseChange(input, Object.keys(current)) };
      return current;
    },
  };
}

function parseChange(input: unknown, names: readonly string[]): Partial<Switches> {
  const given = readObject(input, "the body", names);
  const { duplicateOrderNumber, tokenError, declineAt, lookupLagMs, latencyMs } = given;
  return {
    ...(duplicateOrderNumber !== undefined && {
      duplicateOrderNumber: readChoice(duplicateOrderNumber, "duplicateOrderNumber", [
        "accept",
        "reject",
      ] as const),
    }),
    ...(tokenError !== undefined && {
      tokenError: readChoice(tokenError, "tokenError", ["code", "http401"] as const),
    }),
    ...(declineAt !== undefined && {
      declineAt: readChoice(declineAt, "declineAt", ["outer", "inner"] as const),
    }),
    ...(lookupLagMs !== undefined && {
      lookupLagMs: readWhole(lookupLagMs, "lookupLagMs", [0, DELAY_MS_MAX]),
    }),
    ...(latencyMs !== undefined && { latencyMs: readLatency(latencyMs) }),
  };
}

function readLatency(value: unknown): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new ControlInputError("latencyMs must be a pair [min, max] of milliseconds");
  }
  const min = readWhole(value[0], "latencyMs[0]", [0, DELAY_MS_MAX]);
  return [min, readWhole(value[1], "latencyMs[1]", [min, DELAY_MS_MAX])];
}
