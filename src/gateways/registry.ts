import type { GatewayAdapter } from "./gateway.ts";

/** Finds the adapter of a gateway and merchant account. */
export interface GatewayRegistry {
  /** Throws when there is none: a stored record names a gateway that is not configured. */
  get(gateway: string, account: string): GatewayAdapter;
  find(gateway: string, account: string): GatewayAdapter | undefined;
  all(): readonly GatewayAdapter[];
  close(): void;
}

export function createGatewayRegistry(adapters: readonly GatewayAdapter[]): GatewayRegistry {
  const byKey = new Map(
    adapters.map((adapter) => [`${adapter.gateway}/${adapter.account}`, adapter]),
  );
  const find = (gateway: string, account: string) => byKey.get(`${gateway}/${account}`);
  return {
    find,
    get(gateway, account) {
      const adapter = find(gateway, account);
      if (adapter === undefined) {
        throw new Error(`gateway ${gateway} with account ${account} is not configured`);
      }
      return adapter;
    },
    all: () => adapters,
    close() {
      for (const adapter of adapters) adapter.close();
    },
  };
}
