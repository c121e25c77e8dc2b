/** Carrying out the faults. Each resolves when what it struck stands again. */
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Redis } from "ioredis";
import type { Services } from "../../embedded/services.ts";
import { sleep } from "../../lib/clock.ts";
import type { Arena } from "./arena.ts";
import type { FaultKind, PlannedFault } from "./fault-plan.ts";
import { STORM_SETTINGS } from "./settings.ts";
import type { WorkerSlot } from "./worker-slot.ts";

export interface Battlefield {
  arena: Arena;
  /** A connection of the supervisor's own, from which the others are cut. */
  redis: Redis;
}

/** What a fault strikes: two faults never strike the same thing at the same time. */
export function victimOf(fault: PlannedFault, workers: number): string {
  switch (fault.kind) {
    case "kill_worker":
    case "freeze_worker":
    case "cut_mongo":
    case "cut_mongo_after_write":
      return `worker ${fault.victim % workers}`;
    case "kill_redis":
    case "rollback_redis":
    case "flush_redis":
    case "fill_redis":
    case "stop_redis":
    case "cut_redis":
      return "redis";
    case "kill_mongo":
    case "stop_mongo":
      return "mongo";
    case "kill_api":
      return "api";
  }
}

const LOCK_MS = Number(STORM_SETTINGS.CHARGE_LOCK_MS);

const ORDER_TRIES = 50;
const ORDER_PAUSE_MS = 100;

/** Longest wait for a write that can be cut. */
const WRITE_MS = 2_000;

/** Strikes, and tells what it was in the end: without a write at hand, a plain cut. */
export async function strike(field: Battlefield, fault: PlannedFault): Promise<FaultKind> {
  const { services, workers, api } = field.arena;
  const worker = workers[fault.victim % workers.length];
  const lastingMs = (min: number, max: number) => min + fault.strength * (max - min);
  switch (fault.kind) {
    case "kill_worker":
      await worker?.kill();
      return fault.kind;
    case "kill_api":
      await api?.kill();
      return fault.kind;
    case "kill_redis":
      await services.redis.halt();
      await sleep(lastingMs(0, 1500));
      await services.redis.restart();
      return fault.kind;
    case "rollback_redis":
      await rollBack(services.redis, lastingMs(500, 2500));
      return fault.kind;
    case "kill_mongo":
      await services.mongo.halt();
      await sleep(lastingMs(0, 800));
      await services.mongo.restart();
      return fault.kind;
    case "freeze_worker":
      await worker?.freeze(LOCK_MS + lastingMs(200, 2000));
      return fault.kind;
    case "stop_mongo":
      await freezeProcess(services.mongo.pid, lastingMs(500, 3000));
      return fault.kind;
    case "flush_redis":
      await services.redis.flush();
      return fault.kind;
    case "fill_redis":
      await order(field.redis, "CONFIG", "SET", "maxmemory", "1");
      await sleep(lastingMs(500, 2500));
      await order(field.redis, "CONFIG", "SET", "maxmemory", "0");
      return fault.kind;
    case "stop_redis":
      await freezeProcess(services.redis.pid, lastingMs(500, 6000));
      return fault.kind;
    case "cut_redis":
      await order(field.redis, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      return fault.kind;
    case "cut_mongo":
      worker?.link.cut();
      return fault.kind;
    case "cut_mongo_after_write":
      return cutAfterWrite(worker);
  }
}

/** The supervisor's own connection was struck as all others were: it may take a moment to be back. */
async function order(redis: Redis, ...[name, ...rest]: [string, ...string[]]): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return void (await redis.call(name, ...rest));
    } catch (error) {
      if (tried === ORDER_TRIES) throw error;
      await sleep(ORDER_PAUSE_MS);
    }
  }
}

/** Its file as it stood a while ago is what it finds when it starts again. */
async function rollBack(redis: Services["redis"], ms: number): Promise<void> {
  const file = join(redis.folder, "appendonlydir");
  const snapshot = `${file}-snapshot`;
  await cp(file, snapshot, { recursive: true });
  await sleep(ms);
  await redis.halt();
  await rm(file, { recursive: true });
  await rename(snapshot, file);
  await redis.restart();
}

async function cutAfterWrite(worker: WorkerSlot | undefined): Promise<FaultKind> {
  if (worker === undefined || (await worker.link.cutAfterWrite(WRITE_MS))) {
    return "cut_mongo_after_write";
  }
  worker.link.cut();
  return "cut_mongo";
}

async function freezeProcess(pid: number | null, ms: number): Promise<void> {
  if (pid === null) return;
  process.kill(pid, "SIGSTOP");
  await sleep(ms);
  process.kill(pid, "SIGCONT");
}
