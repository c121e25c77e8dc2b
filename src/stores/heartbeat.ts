import type mongoose from "mongoose";

/** Longest time that a heartbeat takes while its connection is alive, milliseconds. */
export interface HeartbeatBounds {
  asked: number;
  /** A server that streams keeps the question until something changes, or its time is over. */
  awaited: number;
}

/**
 * Calls back, once, when a heartbeat of the driver gets neither an answer nor an error for so long.
 * That happens (driver 7) when all connections break in the same instant: a heartbeat that is written
 * to a socket already closed waits for it to drain, for ever, and no server is looked for any more.
 */
export function watchHeartbeat(
  client: mongoose.mongo.MongoClient,
  longest: HeartbeatBounds,
  onLost: () => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  client.on("serverHeartbeatStarted", ({ awaited }) => {
    stop();
    timer = setTimeout(onLost, awaited ? longest.awaited : longest.asked);
    timer.unref();
  });
  client.on("serverHeartbeatSucceeded", stop);
  client.on("serverHeartbeatFailed", stop);
  client.on("topologyClosed", stop);
}
