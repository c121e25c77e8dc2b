/** Who is measured. */
export interface ContenderSpec {
  /** Its program, from this folder. */
  program: string;
  title: string;
  env: Readonly<Record<string, string>>;
}

/** Contenders on the product's store. */
export const OWN = ["ours", "ungrouped", "naive", "loop"] as const;
/** Contenders on PostgreSQL, only with --peers. */
export const PEERS = ["graphile", "pgboss"] as const;
export type ContenderName = (typeof OWN)[number] | (typeof PEERS)[number];

export const CONTENDERS: Readonly<Record<ContenderName, ContenderSpec>> = {
  ours: { program: "./contenders/ours.ts", title: "ours", env: {} },
  ungrouped: {
    program: "./contenders/ours.ts",
    title: "ours without grouping",
    env: { STORE_GROUPING_MS: "0" },
  },
  naive: { program: "./contenders/naive.ts", title: "naive BullMQ worker", env: {} },
  loop: { program: "./contenders/loop.ts", title: "plain loop, no queue", env: {} },
  graphile: { program: "./contenders/graphile.ts", title: "graphile-worker", env: {} },
  pgboss: { program: "./contenders/pgboss.ts", title: "pg-boss", env: {} },
};

export function isPeer(name: ContenderName): boolean {
  return PEERS.some((peer) => peer === name);
}
