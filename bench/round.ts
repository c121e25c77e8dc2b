/** One round of one contender: seeded, charged, timed, checked. */
import { sleep, systemClock } from "../src/lib/clock.ts";
import type { Arena } from "./arena.ts";
import { auditRound } from "./audit.ts";
import type { Child } from "./child.ts";
import { cpuMs } from "./cpu.ts";
import type { ContenderReply, ContenderRequest, Inspection } from "./messages.ts";

export type ContenderChild = Child<ContenderRequest, ContenderReply>;

export interface RoundPlan {
  round: number;
  charges: number;
  latencyMs: number;
  inspection: Inspection;
  /** The processes whose time is taken beside the contender's own. */
  pids: Readonly<Record<string, number | null>>;
}

export interface RoundResult {
  ms: number;
  perSecond: number;
  /** Processor time per charge by process, microseconds; null where it is not known. */
  cpuMicros: Record<string, number | null>;
  /** Why the round does not count; empty when it does. */
  faults: string[];
  counts: Record<string, number>;
}

/** A round that has made no end by then does not count. */
const ROUND_MS_MAX = 180_000;

export async function runRound(
  arena: Arena,
  contender: ContenderChild,
  plan: RoundPlan,
): Promise<RoundResult> {
  const { round, charges, latencyMs, inspection } = plan;
  await arena.gateway.ask({ kind: "expect", charges, latencyMs });
  await order(contender, { kind: "seed", round, charges });
  await inspectStore(arena, inspection, "begin");
  const pids = { worker: contender.pid, gateway: arena.gateway.pid, ...plan.pids };
  const before = readCpu(pids);
  const startMs = systemClock.monotonicMs();
  const reached = arena.gateway.next().then(() => order(contender, { kind: "settle" }));
  await order(contender, { kind: "begin", inspection });
  const isLate = await Promise.race([
    reached.then(() => false),
    sleep(ROUND_MS_MAX).then(() => true),
  ]);
  const ms = systemClock.monotonicMs() - startMs;
  const after = readCpu(pids);
  await inspectStore(arena, inspection, "end");
  const late = isLate ? [`no end within ${ROUND_MS_MAX / 1000} s`] : [];
  const ended = await order(contender, { kind: "end" });
  const ledger = await arena.gateway.ask({ kind: "ledger" });
  if (ended.kind !== "ended" || ledger.kind !== "ledger") throw new Error("answers out of order");
  return {
    ms,
    perSecond: charges / (ms / 1000),
    cpuMicros: Object.fromEntries(
      Object.entries(after).map(([name, end]) => {
        const start = before[name] ?? null;
        return [name, end === null || start === null ? null : ((end - start) * 1000) / charges];
      }),
    ),
    faults: [...late, ...auditRound(charges, ledger.approvals, ended.books)],
    counts: ended.counts,
  };
}

/** The store's profile stands beside the worker's. */
async function inspectStore(
  { store }: Arena,
  { profile }: Inspection,
  kind: "begin" | "end",
): Promise<void> {
  if (store === null || profile === null) return;
  const file = profile.replace(/\.cpuprofile$/, "-store.cpuprofile");
  await store.ask(kind === "begin" ? { kind, file } : { kind });
}

function readCpu(pids: Record<string, number | null>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
}

async function order(
  contender: ContenderChild,
  request: ContenderRequest,
): Promise<ContenderReply> {
  const reply = await contender.ask(request);
  if (reply.kind === "failed") throw new Error(reply.message);
  return reply;
}
