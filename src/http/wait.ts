import type { FastifyReply, FastifyRequest } from "fastify";
import { type OperationalClock, sleep } from "../lib/clock.ts";

/** Longest time that an answer is held, seconds. */
const WAIT_MAX_S = 30;
/** Pause between two looks, milliseconds. */
const POLL_MS = 50;

/** Seconds that the caller would wait for the end (`Prefer: wait=N`); 0 where it asks for no waiting. */
export function readWaitS(request: FastifyRequest): number {
  const preferred = [request.headers["prefer"] ?? []].flat().join(",");
  const [, seconds] = /(?:^|[,;\s])wait="?(\d{1,6})"?(?=$|[,;\s])/i.exec(preferred) ?? [];
  return Math.min(Number(seconds ?? 0), WAIT_MAX_S);
}

export interface Waiting<T> {
  first: T;
  seconds: number;
  /** Reads it again; null or an error leaves the last one standing. */
  read: () => Promise<T | null>;
  isSettled: (value: T) => boolean;
  /** Nobody waits for the answer any more. */
  isGone: () => boolean;
}

/** The value once it is settled, or as it stands when the time is over. */
export async function waitUntilSettled<T>(
  clock: OperationalClock,
  waiting: Waiting<T>,
): Promise<T> {
  const endMs = clock.monotonicMs() + waiting.seconds * 1000;
  let value = waiting.first;
  while (!waiting.isSettled(value) && clock.monotonicMs() < endMs && !waiting.isGone()) {
    await sleep(POLL_MS);
    // What was accepted stays accepted: a database that is away now only ends the waiting later.
    value = (await waiting.read().catch(() => null)) ?? value;
  }
  return value;
}

/** Whether the caller's connection has ended before its answer was sent. */
export function isCallerGone(reply: FastifyReply): boolean {
  return reply.raw.destroyed && !reply.raw.writableFinished;
}
