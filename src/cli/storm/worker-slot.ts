/** A place for a worker process: whoever dies there is followed at once by one that is warm already. */
import { type NodeChild, describeEnd } from "../../embedded/node-child.ts";
import { sleep } from "../../lib/clock.ts";
import type { Link } from "./link.ts";

/** Starts a process that has loaded everything and waits for the word. */
export type WarmUp = (onLine: (line: string) => void) => Promise<NodeChild>;

export interface WorkerSlot {
  readonly name: string;
  /** Its wire to MongoDB. */
  readonly link: Link;
  /** Resolves when a worker runs here. */
  whenUp(): Promise<void>;
  /** SIGKILL; resolves when its successor works. */
  kill(): Promise<void>;
  /** SIGSTOP, then SIGCONT: it wakes up with whatever it had in hand. */
  freeze(ms: number): Promise<void>;
  /** Processes that ended without having been killed: faults of ours. */
  ownDeaths(): readonly string[];
  stop(): Promise<void>;
}

interface Warm {
  child: NodeChild;
  /** Tells it to begin; resolves when it says that it works. */
  begin(): Promise<void>;
}

export function openWorkerSlot(name: string, link: Link, warmUp: WarmUp): WorkerSlot {
  const deaths: string[] = [];
  let wanted = true;
  let killed: NodeChild | null = null;
  let current: NodeChild | null = null;
  let spare = keepWarm(warmUp);
  let up: Promise<void> = takeOver();

  async function takeOver(): Promise<void> {
    const next = await spare;
    if (!wanted) return void (await next.child.stop(0));
    current = next.child;
    void watch(next.child);
    const begun = next.begin();
    // Loading the one after it must not slow down the one that takes over.
    spare = begun.then(() => keepWarm(warmUp));
    spare.catch(() => undefined);
    await begun;
  }

  async function watch(child: NodeChild): Promise<void> {
    const end = await child.ended;
    if (child !== current) return;
    current = null;
    if (child !== killed && wanted)
      deaths.push(`${name}: ${describeEnd(end)} ${end.tail.slice(-3).join(" | ")}`);
    if (wanted) up = takeOver();
    up.catch((error: unknown) => deaths.push(`${name}: ${String(error)}`));
  }

  return {
    name,
    link,
    whenUp: () => up,
    async kill() {
      await up;
      killed = current;
      current?.process.kill("SIGKILL");
      await killed?.ended;
      // The death is noticed in another turn of the event loop than its end.
      await sleep(0);
      await up;
    },
    async freeze(ms) {
      const frozen = current;
      frozen?.process.kill("SIGSTOP");
      await sleep(ms);
      frozen?.process.kill("SIGCONT");
    },
    ownDeaths: () => deaths,
    async stop() {
      wanted = false;
      await up.catch(() => undefined);
      const last = await spare.catch(() => null);
      await Promise.all([current?.stop(), last?.child.stop(0)]);
      await link.close();
    },
  };
}

async function keepWarm(warmUp: WarmUp): Promise<Warm> {
  let started: (() => void) | undefined;
  const works = new Promise<void>((resolve) => {
    started = resolve;
  });
  const onLine = (line: string): void => {
    if (line.startsWith('{"pid"')) started?.();
  };
  // On a machine that is short of everything a process may fail to load in time.
  const child = await warmUp(onLine).catch(() => warmUp(onLine));
  return {
    child,
    async begin() {
      child.process.send("begin", () => undefined);
      await Promise.race([works, child.ended]);
    },
  };
}
