/**
 * A process that can be cut: everything injected into the use cases passes through here. Run without
 * a cut it tells every point at which it awaits something; with one it dies there, or goes on
 * without the answer.
 */
import { type Schema, mongo } from "mongoose";
import type { Database } from "../../src/stores/connection.ts";

/** `read`: it leaves nothing behind, so that dying before and after it is the same. */
export type PointKind = "read" | "database" | "redis" | "gateway";

export interface Point {
  /** What is awaited, and the how manieth time: `invoices.claimAttempt#1`. */
  name: string;
  kind: PointKind;
}

export interface Cut {
  point: string;
  /** Before the effect, or after it. */
  side: "before" | "after";
  /** `dies`: nothing of this process happens any more. `lost`: it lives on with a network error. */
  answer: "dies" | "lost";
}

export interface Recorder {
  readonly points: readonly Point[];
  /** Resolves when the cut has ended the process; it never does where the cut lets it live. */
  readonly died: Promise<void>;
  isDead(): boolean;
  /** Whether the cut was reached. */
  isCut(): boolean;
  /** Passes one awaited call through. */
  call<T>(label: string, kind: PointKind, effect: () => Promise<T>): Promise<T>;
  /** The same object with its methods passed through: those that only look, and those that do. */
  wrap<T extends object>(target: T, wrapping: Wrapping<T>): T;
  /** Calls that were under way when the process died have come to their end. */
  quiet(): Promise<void>;
}

export interface Wrapping<T> {
  label: string;
  /** What a method does whose name does not say that it only looks. */
  kind: PointKind;
  /** Methods that are another thing than their names say; `sync` ones are not awaited at all. */
  other?: Partial<Record<keyof T, PointKind | "sync">>;
}

const LOOKS = /^(find|list|get|has|read|next|count|lookUp|now)/;

/** A recorder for one process. `onLost` runs when an answer is lost, before the process goes on. */
export function createRecorder(
  cut: Cut | null = null,
  onLost: () => Promise<void> = async () => {},
): Recorder {
  const points: Point[] = [];
  const counts = new Map<string, number>();
  const underWay = new Set<Promise<unknown>>();
  const state = { dead: false, cut: false, die: () => {} };
  const died = new Promise<void>((resolve) => {
    state.die = resolve;
  });

  const strike = async (): Promise<never> => {
    state.cut = true;
    if (cut?.answer === "dies") {
      state.dead = true;
      state.die();
      return never();
    }
    await onLost();
    throw new mongo.MongoNetworkError("connection closed");
  };

  const call: Recorder["call"] = async (label, kind, effect) => {
    if (state.dead) return never();
    const number = (counts.get(label) ?? 0) + 1;
    counts.set(label, number);
    const name = `${label}#${number}`;
    points.push({ name, kind });
    const isHere = cut?.point === name;
    if (isHere && cut.side === "before") return strike();
    const running = effect();
    underWay.add(running);
    try {
      const result = await running;
      if (isHere) return await strike();
      return state.dead ? await never() : result;
    } finally {
      underWay.delete(running);
    }
  };

  return {
    points,
    died,
    isDead: () => state.dead,
    isCut: () => state.cut,
    call,
    wrap: (target, wrapping) => wrap(call, target, wrapping),
    async quiet() {
      await Promise.allSettled(underWay);
    },
  };
}

/** What a dead process awaits: nothing comes, and nothing behind it runs, not even a `catch`. */
function never(): Promise<never> {
  return new Promise(() => {});
}

function wrap<T extends object>(
  call: Recorder["call"],
  target: T,
  { label, kind: doing, other }: Wrapping<T>,
): T {
  const wrapped = Object.entries(target).map(([name, member]: [string, unknown]) => {
    const kind = other?.[name as keyof T] ?? (LOOKS.test(name) ? "read" : doing);
    if (typeof member !== "function" || kind === "sync") return [name, member];
    const passed = (...given: unknown[]) =>
      call(`${label}.${name}`, isIdle(given) ? "read" : kind, () =>
        (member as (...input: unknown[]) => Promise<unknown>).apply(target, given),
      );
    return [name, passed];
  });
  return Object.fromEntries(wrapped) as T;
}

/** A call with an empty list does nothing. */
function isIdle(given: readonly unknown[]): boolean {
  return given.some((one) => Array.isArray(one) && one.length === 0);
}

/**
 * The connection as the relay uses it, each of its calls passed through: the relay awaits several
 * times inside one call of its own.
 */
export function wrapRelayDatabase(recorder: Recorder, database: Database): Database {
  const collection = (name: string) => {
    const real = database.collection(name);
    return {
      find: (filter: object) => ({
        project: (fields: object) => ({
          limit: (count: number) => ({
            toArray: () =>
              recorder.call(`outbox.find(${name})`, "read", () =>
                real
                  .find(filter)
                  .project(fields as never)
                  .limit(count)
                  .toArray(),
              ),
          }),
        }),
      }),
      bulkWrite: (operations: never, options: never) =>
        recorder.call(`outbox.remove(${name})`, "database", () =>
          real.bulkWrite(operations, options),
        ),
    };
  };
  const model = (name: string, schema: Schema, collectionName: string) => {
    const real = database.model(name, schema, collectionName);
    return {
      find: real.find.bind(real),
      collection: {
        insertMany: (documents: never, options: object) =>
          recorder.call("events.copy", "database", () =>
            real.collection.insertMany(documents, options),
          ),
        find: (filter: object, options: object) => ({
          toArray: () =>
            recorder.call("events.find", "read", () =>
              real.collection.find(filter, options).toArray(),
            ),
        }),
        aggregate: (pipeline: object[], options: object) => ({
          toArray: () =>
            recorder.call("events.last", "read", () =>
              real.collection.aggregate(pipeline, options).toArray(),
            ),
        }),
      },
    };
  };
  return { collection, model } as unknown as Database;
}
