import { mongo } from "mongoose";

/** Longer than a socket may be silent: what takes longer waits for something that will not come. */
const LONGEST_MS = 25_000;
/**
 * For those that have another connection than the broken one. Long: what is given up here may still
 * happen, and a claim that nobody knows he has waits until its credential has ended.
 */
const AFTER_BREAK_MS = 8000;

const underWay = new Set<() => void>();
const NOTHING = (): void => {};

/**
 * The answer of an operation, or a network error when it has taken too long. One that is written to a
 * socket closed in that very instant waits for it to drain, for ever (driver 7), and no time-out of
 * the driver ends it. The caller then knows no more than after any lost answer.
 */
export async function bounded<T>(operation: Promise<T>, longestMs = LONGEST_MS): Promise<T> {
  let reject: (error: Error) => void = NOTHING;
  const late = new Promise<never>((_resolve, rejectLate) => {
    reject = rejectLate;
  });
  const giveUp = (): void => {
    reject(new mongo.MongoNetworkTimeoutError("the database did not answer in time"));
  };
  const timer = setTimeout(giveUp, longestMs);
  underWay.add(giveUp);
  try {
    return await Promise.race([operation, late]);
  } finally {
    clearTimeout(timer);
    underWay.delete(giveUp);
  }
}

/** Connections have broken: what is under way now, in whichever database, has some seconds left. */
export function endSoon(leftMs = AFTER_BREAK_MS): void {
  const waiting = [...underWay];
  if (waiting.length === 0) return;
  setTimeout(() => {
    for (const giveUp of waiting) giveUp();
  }, leftMs);
}

/** A collection each of whose operations has an end, also those of its cursors. */
export function withEnds<T extends object>(target: T): T {
  const proxy: T = new Proxy(target, {
    get(inner, name) {
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== "function") return value;
      return (...given: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(value, inner, given);
        if (answer === inner) return proxy;
        if (answer instanceof Promise) return bounded(answer);
        return answer instanceof mongo.AbstractCursor ? withEnds(answer) : answer;
      };
    },
  });
  return proxy;
}
