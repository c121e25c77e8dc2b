import { randomUUID } from "node:crypto";
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { sleep, systemClock } from "../lib/clock.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { identifyProcess, isRunning, machineName, sendSignal } from "./process-identity.ts";

const OWNER_FILE = "owner.json";

/** Who holds a folder, as its owner.json says. */
export interface FolderOwner {
  /** A private folder is removed with its owner; a persistent one only loses its owner.json. */
  kind: "private" | "persistent";
  /** Unlike any other owner's; nobody removes a folder or file under another's token. */
  token: string;
  machine: string;
  process: ProcessIdentity;
  /** The servers working in the folder, each alone in its process group. */
  servers: ProcessIdentity[];
}

/** This process as the owner of a folder. */
export function newOwner(kind: FolderOwner["kind"]): FolderOwner {
  const process_ = identifyProcess(process.pid);
  return { kind, token: randomUUID(), machine: machineName(), process: process_, servers: [] };
}

/** Writes owner.json where there is none; false where another was first. */
export function tryWriteOwner(folder: string, owner: FolderOwner): boolean {
  try {
    const file = openSync(join(folder, OWNER_FILE), "wx", 0o600);
    writeSync(file, JSON.stringify(owner));
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Writes owner.json anew, in one step for whoever reads it meanwhile. */
export function rewriteOwner(folder: string, owner: FolderOwner): void {
  const next = join(folder, `${OWNER_FILE}.${owner.token}`);
  rmSync(next, { force: true });
  const file = openSync(next, "wx", 0o600);
  writeSync(file, JSON.stringify(owner));
  closeSync(file);
  renameSync(next, join(folder, OWNER_FILE));
}

/** The owner that owner.json names; null where it is missing or unreadable. */
export function readOwner(folder: string): FolderOwner | null {
  try {
    return parseOwner(JSON.parse(readFileSync(join(folder, OWNER_FILE), "utf8")));
  } catch {
    return null;
  }
}

/** Removes owner.json, whosever it is. */
export function removeOwner(folder: string): void {
  try {
    unlinkSync(join(folder, OWNER_FILE));
  } catch {
    // Somebody else removed it.
  }
}

/**
 * Whether the owner lives. Where its process number means nothing here (another container), its
 * guardian's last touch of owner.json must be younger than `silenceMs`.
 */
export function isOwnerAlive(folder: string, owner: FolderOwner, silenceMs: number): boolean {
  if (owner.machine === machineName()) return isRunning(owner.process);
  return ownerFileAgeMs(folder) < silenceMs;
}

/** Milliseconds since owner.json was last touched; infinite where there is none. */
export function ownerFileAgeMs(folder: string): number {
  try {
    return systemClock.now().getTime() - statSync(join(folder, OWNER_FILE)).mtimeMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Shows owners elsewhere that this one lives; called by the guardian from time to time. */
export function touchOwner(folder: string): void {
  try {
    const now = systemClock.now();
    utimesSync(join(folder, OWNER_FILE), now, now);
  } catch {
    // The folder may be gone, or its disk full: neither is the guardian's to mend.
  }
}

/** Ends the servers that a dead owner left behind, and waits (at most two seconds) until they are gone. */
export async function killLeftServers(owner: FolderOwner): Promise<void> {
  // Without a start time the number may belong to a stranger by now.
  const left = owner.servers.filter((server) => server.startTime !== null && isRunning(server));
  if (owner.machine !== machineName()) return;
  for (const server of left) sendSignal(server.pid, "SIGKILL");
  for (let round = 0; round < 200 && left.some(isRunning); round++) await sleep(10);
}

/** Lets go of a folder: removes a private one, takes owner.json out of a persistent one. */
export function releaseFolder(folder: string, kind: FolderOwner["kind"], token: string): void {
  if (kind === "private") {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } else if (readOwner(folder)?.token === token) {
    removeOwner(folder);
  }
}

function parseOwner(value: Partial<FolderOwner> | null): FolderOwner | null {
  if (value === null || typeof value !== "object") return null;
  const { kind, token, machine, process: owner, servers } = value;
  if (kind !== "private" && kind !== "persistent") return null;
  if (typeof token !== "string" || typeof machine !== "string") return null;
  if (typeof owner?.pid !== "number" || !Array.isArray(servers)) return null;
  return { kind, token, machine, process: owner, servers };
}
