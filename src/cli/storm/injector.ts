/** Says which fault strikes now: by the progress of charges, never by the clock on the wall. */
import { FAULT_KINDS, type FaultKind, KILLS, type PlannedFault } from "./fault-plan.ts";
import { victimOf } from "./faults.ts";

export interface Injector {
  /** Strikes what has come due, as far as victims are free. */
  tick(progress: { settled: number; inFlight: number }): void;
  /** Whether a due fault waits for nothing but work that it can disturb. */
  wantsWork(settled: number): boolean;
  /** Faults that are due and have not struck. */
  overdue(settled: number): number;
  /** Strikes whatever is left, one after the other. */
  finish(): Promise<void>;
  /** No further faults. */
  end(): void;
  /** Resolves when everything that was struck stands again. */
  idle(): Promise<void>;
  counts(): Record<FaultKind, number>;
  kills(): number;
  struck(): number;
}

export interface InjectorOptions {
  plan: readonly PlannedFault[];
  workers: number;
  strike: (fault: PlannedFault) => Promise<FaultKind>;
  /** A fault that could not be carried out is told and not counted. */
  onFailure: (fault: PlannedFault, error: unknown) => void;
}

/** Faults under way at the same time. */
const AT_ONCE = 4;
/** A fault waits for so many charges in flight. */
const IN_FLIGHT_MIN = 3;

export function createInjector(options: InjectorOptions): Injector {
  const waiting = [...options.plan];
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<
    FaultKind,
    number
  >;

  const nextFree = (settled: number): number => {
    if (running.size >= AT_ONCE) return -1;
    return waiting.findIndex(
      (fault) => fault.atCharge <= settled && !busy.has(victimOf(fault, options.workers)),
    );
  };
  const carryOut = async (fault: PlannedFault, victim: string): Promise<void> => {
    try {
      counts[await options.strike(fault)] += 1;
    } catch (error) {
      options.onFailure(fault, error);
    } finally {
      busy.delete(victim);
    }
  };
  const begin = (fault: PlannedFault): void => {
    const victim = victimOf(fault, options.workers);
    busy.add(victim);
    const run = carryOut(fault, victim).finally(() => running.delete(run));
    running.add(run);
  };

  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };

  return {
    tick({ settled, inFlight }) {
      if (inFlight < IN_FLIGHT_MIN) return;
      for (let next = nextFree(settled); next >= 0; next = nextFree(settled)) {
        const [fault] = waiting.splice(next, 1);
        if (fault !== undefined) begin(fault);
      }
    },
    wantsWork: (settled) => nextFree(settled) >= 0,
    overdue: (settled) => waiting.filter((fault) => fault.atCharge <= settled).length,
    async finish() {
      for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
        await idle();
        begin(fault);
      }
      await idle();
    },
    end: () => void waiting.splice(0),
    idle,
    counts: () => counts,
    kills: () => KILLS.reduce((sum, kind) => sum + counts[kind], 0),
    struck: () => Object.values(counts).reduce((sum, count) => sum + count, 0),
  };
}
