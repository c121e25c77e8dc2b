import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { OperationalClock } from "../lib/clock.ts";
import { writeFileAtomically } from "./data-folder.ts";
import { parseInstant } from "./korea-time.ts";

/** Business time of the simulated gateways: real, or frozen at one instant until it is set again. */
export interface SimClock {
  /** The real clock: token lifetimes, delays, look-up lag. */
  readonly operational: OperationalClock;
  /** The business instant that the gateways print and compare with. */
  business(): Date;
  /** Where business time stands still, or null when it follows the real clock. */
  frozenAt(): Date | null;
  /** Freezes business time, or lets it follow the real clock again (null); survives a restart. */
  freeze(at: Date | null): void;
}

/** Reads the frozen instant, if any, from the data folder. */
export function createSimClock(dir: string, operational: OperationalClock): SimClock {
  const file = path.join(dir, "clock.json");
  let frozen = existsSync(file) ? readFrozen(file) : null;
  return {
    operational,
    business: () => frozen ?? operational.now(),
    frozenAt: () => frozen,
    freeze: (at) => {
      writeFileAtomically(file, JSON.stringify({ now: at?.toISOString() ?? null }));
      frozen = at;
    },
  };
}

function readFrozen(file: string): Date | null {
  const stored = JSON.parse(readFileSync(file, "utf8")) as { now?: unknown };
  if (stored.now === null) return null;
  const at = typeof stored.now === "string" ? parseInstant(stored.now) : null;
  if (!at) throw new Error(`${file} holds no instant; remove it to follow the real clock`);
  return at;
}
