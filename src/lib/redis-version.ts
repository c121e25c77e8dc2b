/**
 * Which Redis and Valkey we run on. Below the floor BullMQ itself is not at home; above it, a
 * release may have a hole that later ones of its line have closed.
 */

/** What a server says that it is. */
export interface RedisServer {
  readonly product: "Redis" | "Valkey";
  /** For example "7.0.15". */
  readonly version: string;
}

/** What is amiss with a server's version, in a sentence that says what to upgrade to. */
export interface RedisVersionFault {
  /** `too_old`: nothing may be built on it. `known_hole`: it works, and should be replaced. */
  readonly kind: "too_old" | "known_hole";
  readonly text: string;
}

/** The least version that BullMQ 6 recommends; Valkey began above it. */
const FLOOR = "6.2.0";

/**
 * CVE-2025-49844 (and 46817 to 46819 with it): whoever may run Lua scripts can take the server over.
 * The releases that closed it, a line each; what is newer than all of them has it closed as well.
 * https://github.com/redis/redis/security/advisories/GHSA-4789-qfc9-5f9q
 */
const LUA_HOLE = "CVE-2025-49844";
const LUA_HOLE_CLOSED = {
  Redis: ["6.2.20", "7.2.11", "7.4.6", "8.0.4", "8.2.2"],
  Valkey: ["7.2.11", "8.0.6", "8.1.4"],
} as const;

/** Reads what `INFO server` says; null where it does not say it. */
export function parseRedisServer(info: string): RedisServer | null {
  const valkey = /^valkey_version:(\d+\.\d+\.\d+)/m.exec(info)?.[1];
  if (valkey !== undefined) return { product: "Valkey", version: valkey };
  const redis = /^redis_version:(\d+\.\d+\.\d+)/m.exec(info)?.[1];
  return redis === undefined ? null : { product: "Redis", version: redis };
}

/** What is amiss with a version, or null. */
export function redisVersionFault({ product, version }: RedisServer): RedisVersionFault | null {
  const closed: readonly string[] = LUA_HOLE_CLOSED[product];
  const upgrade = `upgrade to ${product} ${closed.join(", ")} or later`;
  if (compareVersions(version, FLOOR) < 0) {
    const text = `${product} ${version} is too old, the least is ${FLOOR}: ${upgrade}`;
    return { kind: "too_old", text };
  }
  if (isClosed(version, closed)) return null;
  const text =
    `${product} ${version} has a known hole (${LUA_HOLE}: who may run scripts can run any code), ` +
    `unless its distribution has closed it under the old number: ${upgrade}, ` +
    "or install the distribution's security updates";
  return { kind: "known_hole", text };
}

function isClosed(version: string, closed: readonly string[]): boolean {
  const ofLine = closed.find((fix) => lineOf(fix) === lineOf(version));
  return compareVersions(version, ofLine ?? closed.at(-1) ?? FLOOR) >= 0;
}

function lineOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split(".").map(Number), b.split(".").map(Number)];
  const place = left.findIndex((number, i) => number !== right[i]);
  return place < 0 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
}
