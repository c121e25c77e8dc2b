import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Raised when another process uses the data folder. */
export class FolderInUseError extends Error {
  readonly code = "FOLDER_IN_USE";

  constructor(folder: string, pid: number) {
    super(`${folder} is in use by process ${pid}; one data folder serves one server`);
    this.name = "FolderInUseError";
  }
}

interface Owner {
  readonly pid: number;
  /** When the process began, so that a number used again is not taken for the same process. */
  readonly startedAt: string | null;
}

const ATTEMPTS_MAX = 5;

/** Takes the folder for this process; the lock of a dead process is taken over. */
export function lockFolder(folder: string): () => void {
  const file = path.join(folder, "lock");
  const draft = path.join(folder, `lock.${process.pid}`);
  const content = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid) });
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (tryLink(draft, file)) return () => release(file, content);
      const owner = readOwner(file);
      if (owner !== null && isAlive(owner)) throw new FolderInUseError(folder, owner.pid);
      setAside(file, folder);
    }
    throw new Error(`could not lock ${folder}`);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Creates the lock in one step together with its content; false where there is one. */
function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead process's lock, unless a living one has put its own there meanwhile. */
function setAside(file: string, folder: string): void {
  const aside = path.join(folder, `lock.stale.${process.pid}`);
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const owner = readOwner(aside);
  if (owner !== null && isAlive(owner)) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function release(file: string, content: string): void {
  try {
    if (readFileSync(file, "utf8") === content) rmSync(file);
  } catch {
    // Somebody removed the folder; there is nothing left to release.
  }
}

function readOwner(file: string): Owner | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, "utf8")) as Partial<Owner>;
    return typeof pid === "number" ? { pid, startedAt: startedAt ?? null } : null;
  } catch {
    return null;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const startedAt = startOf(owner.pid);
  return startedAt === null || owner.startedAt === null || startedAt === owner.startedAt;
}

/** Boot and start time of a process, where the system tells them. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The fields behind the command's name, which may itself hold spaces and brackets.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot}:${ticks ?? ""}`;
  } catch {
    return null;
  }
}
