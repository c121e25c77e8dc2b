import { systemClock } from "../../lib/clock.ts";
import type { CommandContext } from "../command.ts";
import type { StormProgress } from "./storm-product.ts";

export interface ProgressLine {
  show: (what: string, progress: StormProgress) => void;
  /** A line that stays. */
  tell: (line: string) => void;
  /** Leaves the moving line behind. */
  end: () => void;
}

const MOVE_MS = 200;
/** In a pipe: one line for each tenth of the charges, or for so much time. */
const STEPS = 10;
const SPARSE_MS = 60_000;

/** A moving line on a terminal, sparse plain lines elsewhere. */
export function createProgressLine(context: CommandContext): ProgressLine {
  const startedMs = systemClock.monotonicMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  let shownStep = "";
  let isMoving = false;
  const end = (): void => {
    if (isMoving) context.err("\n");
    isMoving = false;
  };
  return {
    show(what, progress) {
      const nowMs = systemClock.monotonicMs();
      if (context.isTerminal) {
        if (nowMs - shownMs < MOVE_MS) return;
        context.err(`\r\u001b[2K${describeAt(what, progress, nowMs - startedMs)}`);
        isMoving = true;
      } else {
        const step = `${what} ${Math.floor((progress.settled / progress.charges) * STEPS)}`;
        if (step === shownStep && nowMs - shownMs < SPARSE_MS) return;
        shownStep = step;
        context.err(`${describeAt(what, progress, nowMs - startedMs)}\n`);
      }
      shownMs = nowMs;
    },
    tell(line) {
      end();
      context.err(`${line}\n`);
    },
    end,
  };
}

function describeAt(what: string, progress: StormProgress, ms: number): string {
  const { settled, charges, kills, struck, faults, doubles } = progress;
  return (
    `${what} ${settled.toLocaleString("en")} of ${charges.toLocaleString("en")} charges · ` +
    `${struck} of ${faults} faults (${kills} kills) · ${doubles} charged twice · ` +
    `${Math.round(ms / 1000)} s`
  );
}
