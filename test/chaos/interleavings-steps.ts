/**
 * Where the seed decides: everything that can be observed outside a process waits here for its
 * turn, and one turn is over before the next one is given.
 */
import type * as fc from "fast-check";
import type { OperationalClock } from "../../src/lib/clock.ts";

/** One thread of control: a use case that some process runs. */
export interface Actor {
  readonly name: string;
  /** Waits until the scheduler picks this step. */
  turn(label: string): Promise<void>;
  /** Waits for its turn, then lets the effect happen; nobody else moves until it has. */
  effect<T>(label: string, run: () => Promise<T>): Promise<T>;
  /** An effect that happens in the turn which the actor has already. */
  atOnce<T>(run: () => Promise<T>): Promise<T>;
}

/** Operational time that stands still until a step moves it. */
export interface VirtualClock extends OperationalClock {
  advance(ms: number): void;
}

export function createVirtualClock(start: Date): VirtualClock {
  let elapsedMs = 0;
  return {
    now: () => new Date(start.getTime() + elapsedMs),
    monotonicMs: () => elapsedMs,
    advance(ms) {
      elapsedMs += ms;
    },
  };
}

/** More turns than any run needs: a use case that never ends must not hang the search. */
const TURNS_MAX = 1500;

export interface Steps {
  readonly clock: VirtualClock;
  /** Number of turns given so far: the order of everything that was noted. */
  now(): number;
  actor(name: string, freezeAtTurn?: number): Actor;
  /** Wakes every frozen actor; those that come to their frozen turn later do not freeze. */
  thaw(): void;
  /** Gives turns until nobody waits for one. */
  run(): Promise<void>;
}

export function createSteps(scheduler: fc.Scheduler, clock: VirtualClock): Steps {
  let turns = 0;
  let busy = 0;
  let whenIdle = () => {};
  let wake = () => {};
  let frozen: Promise<void> | null = new Promise((resolve) => (wake = resolve));

  async function atOnce<T>(run: () => Promise<T>): Promise<T> {
    busy += 1;
    try {
      return await run();
    } finally {
      busy -= 1;
      if (busy === 0) whenIdle();
    }
  }

  function createActor(name: string, freezeAtTurn?: number): Actor {
    let own = 0;
    const turn = async (label: string) => {
      own += 1;
      if (own === freezeAtTurn && frozen !== null) await frozen;
      await scheduler.schedule(Promise.resolve(), `${name}: ${label}`);
      turns += 1;
    };
    return {
      name,
      turn,
      atOnce,
      async effect(label, run) {
        await turn(label);
        return atOnce(run);
      },
    };
  }

  /** Resolves when no effect is under way and all that followed from the last one has waited again. */
  async function settle(): Promise<void> {
    await untilMicrotasksAreDone();
    if (busy === 0) return;
    await new Promise<void>((resolve) => (whenIdle = resolve));
    await settle();
  }

  return {
    clock,
    now: () => turns,
    actor: createActor,
    thaw() {
      frozen = null;
      wake();
    },
    async run() {
      await settle();
      while (scheduler.count() > 0) {
        if (turns > TURNS_MAX) throw new Error("something keeps asking for turns");
        await scheduler.waitOne();
        await settle();
      }
    },
  };
}

function untilMicrotasksAreDone(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The same object, each of whose functions waits for its turn. */
export function stepwise<T extends object>(actor: Actor, name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      const member: unknown = Reflect.get(object, key);
      if (typeof member !== "function") return member;
      return (...values: unknown[]) =>
        actor.effect(`${name}.${String(key)}`, () => Promise.resolve(member.apply(object, values)));
    },
  });
}
