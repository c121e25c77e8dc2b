import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sleep, systemClock } from "../lib/clock.ts";
import { EmbeddedServiceError } from "./embedded-error.ts";
import type { FolderOwner } from "./folder-owner.ts";
import {
  isOwnerAlive,
  killLeftServers,
  newOwner,
  ownerFileAgeMs,
  readOwner,
  releaseFolder,
  removeOwner,
  rewriteOwner,
  tryWriteOwner,
} from "./folder-owner.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const PREFIX = "kiwoom-billing-";
const PRIVATE_NAME = /^kiwoom-billing-[A-Za-z0-9]{6}$/;
const BIRTH_MS = 60_000;
const PERSISTENT_SILENCE_MS = 60_000;
// A private folder of another container is only rubbish after a day of silence.
const PRIVATE_SILENCE_MS = 24 * 60 * 60 * 1000;

/** A folder held by this process; nobody else starts servers in it. */
export interface DataFolder {
  readonly path: string;
  readonly kind: FolderOwner["kind"];
  readonly token: string;
  /** A folder inside it, made where missing, closed to other users. */
  subfolder(name: string): string;
  /** Notes the running servers, so that whoever follows a killed owner can end them. */
  recordServers(servers: readonly ProcessIdentity[]): void;
  /** Removes a private folder, gives a persistent one free. May be called twice. */
  release(): void;
}

/** Makes a folder of our own under the system's temporary folder, to be removed at the end. */
export function createPrivateFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  const owner = newOwner("private");
  tryWriteOwner(path, owner);
  return heldFolder(path, owner);
}

/**
 * Takes hold of a folder that is kept, making it where missing. Refused where a living process
 * holds it; what a dead one left running in it is ended first.
 */
export async function claimPersistentFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const owner = newOwner("persistent");
  if (tryWriteOwner(path, owner)) return heldFolder(path, owner);
  await evictDeadOwner(path);
  if (!tryWriteOwner(path, owner)) throw inUse(path, readOwner(path));
  // Another process may have seen the same dead owner and removed our file for his: whose token
  // stands there after a while has won.
  await sleep(100);
  const winner = readOwner(path);
  if (winner?.token !== owner.token) throw inUse(path, winner);
  return heldFolder(path, owner);
}

/** Removes the private folders of owners that are gone; never a living owner's or another user's. */
export async function sweepStaleFolders(log: (line: string) => void): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!PRIVATE_NAME.test(name)) continue;
    const path = join(tmpdir(), name);
    if (isOwnDirectory(path)) await sweepFolder(path, log);
  }
}

async function sweepFolder(path: string, log: (line: string) => void): Promise<void> {
  const owner = readOwner(path);
  // Only our own mark makes a folder ours to remove: the name may be anybody's checkout.
  if (owner === null) return removeWhenBornDead(path);
  if (owner.kind !== "private" || isOwnerAlive(path, owner, PRIVATE_SILENCE_MS)) return;
  await killLeftServers(owner);
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  log(`Removed ${path}, left behind by process ${owner.process.pid}, which is gone`);
}

function removeWhenBornDead(path: string): void {
  try {
    const ageMs = systemClock.now().getTime() - lstatSync(path).mtimeMs;
    if (ageMs > BIRTH_MS) rmdirSync(path);
  } catch {
    // Not empty, hence not ours, or already gone.
  }
}

function isOwnDirectory(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false;
  }
}

async function evictDeadOwner(path: string): Promise<void> {
  const owner = readOwner(path);
  if (owner === null) {
    // Half-written: either being written this very moment, or since a crash.
    if (ownerFileAgeMs(path) < PERSISTENT_SILENCE_MS) throw inUse(path, null);
  } else {
    if (isOwnerAlive(path, owner, PERSISTENT_SILENCE_MS)) throw inUse(path, owner);
    await killLeftServers(owner);
  }
  removeOwner(path);
}

function inUse(path: string, owner: FolderOwner | null): EmbeddedServiceError {
  const who = owner === null ? "another process" : `process ${owner.process.pid}`;
  return new EmbeddedServiceError(
    "FOLDER_IN_USE",
    `The data folder ${path} is in use by ${who}: stop that process or name another folder.`,
  );
}

function heldFolder(path: string, owner: FolderOwner): DataFolder {
  return {
    path,
    kind: owner.kind,
    token: owner.token,
    subfolder: (name) => {
      const inner = join(path, name);
      mkdirSync(inner, { recursive: true, mode: 0o700 });
      return inner;
    },
    recordServers: (servers) => {
      if (existsSync(path)) rewriteOwner(path, { ...owner, servers: [...servers] });
    },
    release: () => releaseFolder(path, owner.kind, owner.token),
  };
}
