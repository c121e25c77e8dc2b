/** The part of the configuration that is about notices: who may send them, and how long they are kept. */
import type { GatewayName } from "./config-gateways.ts";
import type { ConfigName } from "./config-keys.ts";
import type { Reader } from "./config-reader.ts";
import { parseNetwork } from "./lib/address-list.ts";

/** Gateways that send notices. */
export const NOTICE_GATEWAYS = [
  "kiwoompay",
  "cookiepay",
  "portone",
] as const satisfies GatewayName[];
export type NoticeGateway = (typeof NOTICE_GATEWAYS)[number];

export interface NoticesConfig {
  /** Addresses and networks that may send notices; empty: everybody (never in production). */
  addresses: Readonly<Record<NoticeGateway, readonly string[]>>;
  /** Days after which the sealed bytes of a notice are removed. */
  keptDays: number;
}

/** Proxies in front of the API whose word about the caller's address is taken: how many, or which. */
export type TrustedProxies = number | readonly string[];

const ADDRESSES: Readonly<Record<NoticeGateway, ConfigName>> = {
  kiwoompay: "KIWOOM_NOTICE_ADDRESSES",
  cookiepay: "COOKIEPAY_NOTICE_ADDRESSES",
  portone: "PORTONE_NOTICE_ADDRESSES",
};

export function readNotices(read: Reader): NoticesConfig {
  return {
    addresses: {
      kiwoompay: readAddresses(read, ADDRESSES.kiwoompay),
      cookiepay: readAddresses(read, ADDRESSES.cookiepay),
      portone: readAddresses(read, ADDRESSES.portone),
    },
    keptDays: read.integer("INBOX_KEPT_DAYS", 1, 3650),
  };
}

function readAddresses(read: Reader, name: ConfigName): string[] {
  const entries = read.list(name);
  if (entries.some((entry) => isEverybody(entry) ?? true)) {
    read.fault(name, "each entry must be an address or a network, for example 27.102.213.200/29");
  }
  return entries;
}

/** Null where it is no network at all. */
function isEverybody(entry: string): boolean | null {
  const network = parseNetwork(entry);
  return network === null ? null : network.prefix === 0;
}

/** More proxies than stand in front of anything. */
const HOPS_MAX = 10;

/** Nobody by default: whoever is trusted says who the caller is. */
export function readTrustedProxies(read: Reader): TrustedProxies {
  const entries = read.list("TRUST_PROXY");
  const [first = "0"] = entries;
  if (entries.length <= 1 && /^\d{1,2}$/.test(first) && Number(first) <= HOPS_MAX) {
    return Number(first);
  }
  if (entries.some((entry) => isEverybody(entry) ?? true)) {
    read.fault(
      "TRUST_PROXY",
      `must be the number of proxies (0 to ${HOPS_MAX}) or their addresses and networks, never everybody`,
    );
    return 0;
  }
  return entries;
}
