import { randomBytes, randomInt } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A random text of A-Z and 0-9; 12 characters hold 62 bits. */
export function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** An id with its noun in front: `sub_4k2…`. */
export function newId(noun: string): string {
  return `${noun}_${randomText(16).toLowerCase()}`;
}

/** A token that nobody can guess or meet by chance. */
export function newToken(): string {
  return randomBytes(16).toString("hex");
}
