import { readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second on every machine that Node runs on. */
const MS_PER_TICK = 10;

/**
 * Processor time so far of a process, its children and those of them that have ended,
 * milliseconds; null where the system does not tell.
 */
export function cpuMs(pid: number | null): number | null {
  const own = pid === null ? null : readTimes(pid);
  if (pid === null || own === null) return null;
  const children = childrenOf(pid).map((child) => readTimes(child)?.own ?? 0);
  return own.own + own.ended + children.reduce((sum, ms) => sum + ms, 0);
}

function readTimes(pid: number): { own: number; ended: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold blanks; user and system time are the 12th and 13th after it,
    // those of ended children the next two.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
    return {
      own: ((user ?? 0) + (system ?? 0)) * MS_PER_TICK,
      ended: ((endedUser ?? 0) + (endedSystem ?? 0)) * MS_PER_TICK,
    };
  } catch {
    return null;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return listed.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
