import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Keys that only the simulator knows; they live as long as the data folder. */
export interface PrivateKeys {
  /** Signs the tokens. */
  readonly token: Buffer;
  /** Encrypts what the gateway hands out as opaque data. */
  readonly data: Buffer;
}

/** Makes the folder if it is missing; readable by its owner only. */
export function prepareDataFolder(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
}

/** Reads the private keys, or makes them at the first start. */
export function loadPrivateKeys(dir: string): PrivateKeys {
  const file = path.join(dir, "keys.json");
  if (!existsSync(file)) {
    const fresh = { token: newKey(), data: newKey() };
    writeFileAtomically(file, JSON.stringify(fresh));
  }
  const stored = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  return { token: toKey(stored.token, file), data: toKey(stored.data, file) };
}

/** Replaces a small file so that a reader sees the old text or the new one, never a half. */
export function writeFileAtomically(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

function newKey(): string {
  return randomBytes(32).toString("hex");
}

function toKey(hex: unknown, file: string): Buffer {
  if (typeof hex !== "string" || !/^[0-9a-f]{64}$/.test(hex)) {
    throw new Error(`${file} does not hold two keys of 64 hex digits; remove it to get new ones`);
  }
  return Buffer.from(hex, "hex");
}
