import { BlockList, isIP } from "node:net";

/** Addresses and networks. */
export interface AddressList {
  /** False for what is no address. An IPv4 address may come in its IPv6 form. */
  has(address: string): boolean;
}

/** A list of addresses and networks such as `27.102.213.200` and `10.0.0.0/8`. Throws on any other text. */
export function createAddressList(entries: readonly string[]): AddressList {
  const list = new BlockList();
  for (const entry of entries) {
    const parsed = parseNetwork(entry);
    if (parsed === null) throw new Error(`${entry} is neither an address nor a network`);
    list.addSubnet(parsed.address, parsed.prefix, parsed.family);
  }
  return {
    has(address) {
      // An address of one link may carry its interface's name.
      const [bare = ""] = address.split("%");
      const version = isIP(bare);
      return version !== 0 && list.check(bare, version === 6 ? "ipv6" : "ipv4");
    },
  };
}

export interface Network {
  address: string;
  prefix: number;
  family: "ipv4" | "ipv6";
}

/** An address or a network in CIDR notation; null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || address.includes("%")) return null;
  const [family, most] = version === 6 ? (["ipv6", 128] as const) : (["ipv4", 32] as const);
  if (prefix === undefined) return { address, prefix: most, family };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > most) return null;
  return { address, prefix: Number(prefix), family };
}
