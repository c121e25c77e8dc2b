/** Which addresses a request may go to whose destination somebody else has chosen. */
import { type LookupAddress, lookup } from "node:dns";
import { BlockList, type LookupFunction, isIP } from "node:net";

export interface AddressRules {
  /** Also loopback, private, link-local and other addresses that are not public. */
  allowPrivate: boolean;
  /** No plain http. */
  httpsOnly: boolean;
}

/** Raised instead of a connection to an address that is not allowed. */
export class AddressRefusedError extends Error {
  readonly code = "EADDRESSREFUSED";

  constructor() {
    super("the destination is no public address");
  }
}

/** IANA's special-purpose registries: what is not globally reachable, and what leads back inside. */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** Of IPv6 only 2000::/3 is handed out to the public; in it these lead elsewhere. */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const blocked = new BlockList();
for (const range of SPECIAL_IPV4) addRange(range, "ipv4");
for (const range of SPECIAL_IPV6) addRange(range, "ipv6");
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

function addRange(range: string, family: "ipv4" | "ipv6"): void {
  const [network = "", bits = ""] = range.split("/");
  blocked.addSubnet(network, Number(bits), family);
}

/** Whether an address, written as Node writes it, is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !blocked.check(address, "ipv4");
  if (family === 6) return global.check(address, "ipv6") && !blocked.check(address, "ipv6");
  return false;
}

/**
 * What is wrong with a destination, as far as it can be told without asking for its name; null:
 * nothing. The parser has turned decimal, octal and short forms of an address into the plain one.
 */
export function faultOfUrl(text: string, rules: AddressRules): { en: string; ko: string } | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || text.length > URL_LENGTH_MAX) {
    return { en: `no URL of at most ${URL_LENGTH_MAX} characters`, ko: "올바른 URL이 아닙니다" };
  }
  const protocols = rules.httpsOnly ? ["https:"] : ["https:", "http:"];
  if (!protocols.includes(url.protocol)) {
    return { en: "not https", ko: "https 주소가 아닙니다" };
  }
  if (url.username !== "" || url.password !== "" || url.hash !== "") {
    return { en: "one with a user, a password or a fragment", ko: "사용자 정보나 #을 포함합니다" };
  }
  const host = hostOf(url);
  if (rules.allowPrivate || (isIP(host) === 0 && !isLocalName(host)) || isPublicAddress(host)) {
    return null;
  }
  return { en: "no public address", ko: "공인 주소가 아닙니다" };
}

const URL_LENGTH_MAX = 2000;

/** The name or address of a URL, without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function isLocalName(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host);
}

/**
 * A look-up for Node's sockets that refuses names with an address that is not allowed. The socket
 * connects to what this answers and asks nobody again, so that a name cannot change in between.
 */
export function createGuardedLookup(
  rules: AddressRules,
  resolve: typeof lookup = lookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return callback(error, [], 0);
      const refused =
        !rules.allowPrivate && !found.every(({ address }) => isPublicAddress(address));
      const [first] = found;
      if (refused || first === undefined) return callback(new AddressRefusedError(), [], 0);
      if (options.all === true) return callback(null, found);
      return callback(null, first.address, first.family);
    });
  };
}
