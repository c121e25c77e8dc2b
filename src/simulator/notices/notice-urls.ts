import { networkInterfaces } from "node:os";
import { ControlInputError, readObject } from "../strict-input.ts";

const URL_LENGTH_MAX = 2_000;

/** Where each gateway's notices go. Lives in memory: a restart knows those of its command line. */
export interface NoticeUrls {
  current(): Readonly<Record<string, string>>;
  /** Sets the named addresses, or takes one away with null; throws on what it may not call. */
  change(input: unknown): Readonly<Record<string, string>>;
  /** Whether this address may be called. */
  isAllowed(url: string): boolean;
}

/**
 * The addresses that the operator named at the start. Everybody who reaches the simulator can name
 * more, since its control has no login and a charge may carry a `notice_url`: those must be of this
 * machine, or have the origin of one that the operator named.
 */
export function createNoticeUrls(
  gateways: readonly string[],
  named: Readonly<Record<string, string>>,
): NoticeUrls {
  const read = readUrls(gateways, named, () => true);
  const origins = new Set(Object.values(read).map((url) => new URL(url ?? "").origin));
  const isAllowed = (url: string): boolean =>
    isHttp(url) && (isOfThisMachine(new URL(url).hostname) || origins.has(new URL(url).origin));
  let current = withoutNulls(read);
  return {
    current: () => current,
    change(input) {
      current = withoutNulls({ ...current, ...readUrls(gateways, input, isAllowed) });
      return current;
    },
    isAllowed,
  };
}

function readUrls(
  gateways: readonly string[],
  input: unknown,
  isAllowed: (url: string) => boolean,
): Readonly<Record<string, string | null>> {
  const given = readObject(input, "the notice addresses", gateways);
  const entries = Object.entries(given).map(([gateway, url]) => {
    if (url === null) return [gateway, null];
    if (typeof url !== "string" || url.length > URL_LENGTH_MAX || !isHttp(url)) {
      throw new ControlInputError(`${gateway} must be an http address without a login, or null`);
    }
    if (!isAllowed(url)) {
      throw new ControlInputError(
        `${gateway} must be an address of this machine; name others at the start with --notify`,
      );
    }
    return [gateway, url];
  });
  return Object.fromEntries(entries) as Record<string, string | null>;
}

function withoutNulls(urls: Readonly<Record<string, string | null>>): Record<string, string> {
  const kept = Object.entries(urls).filter(([, url]) => url !== null);
  return Object.fromEntries(kept) as Record<string, string>;
}

function isHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "" && hash === "";
}

/** By its literal address: a name could lead elsewhere by the time that it is called. */
function isOfThisMachine(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)) return true;
  const addresses = Object.values(networkInterfaces()).flatMap((ones) => ones ?? []);
  return addresses.some(({ address }) => address === host);
}
