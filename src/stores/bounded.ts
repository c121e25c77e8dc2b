import { mongo } from "mongoose";

/** Longer than a socket may be silent: what takes longer waits for something that will not come. */
const LONGEST_MS = 25_000;

/**
 * The answer of a round trip, or a network error when it has taken too long. An operation that is
 * written to a socket closed in that very instant waits for it to drain, for ever (driver 7), and no
 * time-out of the driver ends it. The caller then knows no more than after any lost answer.
 */
export async function bounded<T>(trip: Promise<T>, longestMs = LONGEST_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new mongo.MongoNetworkTimeoutError("the database did not answer in time"));
    }, longestMs);
  });
  try {
    return await Promise.race([trip, late]);
  } finally {
    clearTimeout(timer);
  }
}
