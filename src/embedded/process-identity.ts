import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * A process, told apart from a later one that was given the same number. The start time is null
 * where the system does not tell it (no /proc).
 */
export interface ProcessIdentity {
  pid: number;
  startTime: string | null;
}

interface ProcessStat {
  state: string;
  startTime: string;
}

/** Names the process that has this number now. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startTime: readStat(pid)?.startTime ?? null };
}

/** Whether exactly this process still runs. One that ended but was not reaped counts as gone. */
export function isRunning(process: ProcessIdentity): boolean {
  if (!existsSync("/proc/self/stat")) return answersSignals(process.pid);
  const stat = readStat(process.pid);
  if (stat === null || stat.state === "Z" || stat.state === "X") return false;
  return process.startTime === null || process.startTime === stat.startTime;
}

/** Sends a signal to a process, or with a negative number to its group; silent where it is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, which is what a signal from here wants in the end.
  }
}

/**
 * Names the boot and the process namespace: process numbers mean the same thing only where this
 * name is equal (two containers may share a folder, not their process numbers).
 */
export function machineName(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

function readStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "X", startTime: fields[19] ?? "" };
  } catch {
    return null;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
