/** Due periods in PostgreSQL, with the same durable steps as the product's: claim, then outcome and next date. */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ChargeAtGateway } from "../contenders/gateway-of.ts";
import { pages } from "../contenders/periods.ts";
import type { Book, ContenderSettings } from "../messages.ts";

/** As much of `pg` as the bench uses; the package is not one of the product's. */
export interface Pool {
  query(
    query: string | { name: string; text: string; values: unknown[] },
    values?: unknown[],
  ): Promise<{ rows: unknown[] }>;
  on(event: "error" | "connect", listener: () => void): unknown;
}

interface PgPackage {
  Pool: new (options: { connectionString: string; max: number }) => Pool;
}

/** As in graphile-worker's own benchmark; more connections make two cores slower. */
const CONNECTIONS_MAX = 25;

export interface PeerPeriods {
  pool: Pool;
  seed(round: number, charges: number): Promise<void>;
  /** Ids of what is due. */
  listDue(): Promise<string[]>;
  /** Claims, charges, records; does nothing where the period is not due or claimed. */
  charge(id: string): Promise<void>;
  books(): Promise<Book[]>;
}

/** Loads a package from the folder in which the peers' packages were installed. */
export function loadPeer({ postgres }: ContenderSettings, name: string): unknown {
  if (postgres === null) throw new Error("this contender needs PostgreSQL");
  return createRequire(join(postgres.packages, "package.json"))(name);
}

/** A schema of its own for each contender. */
export async function openPeriods(
  settings: ContenderSettings,
  chargeAtGateway: ChargeAtGateway,
): Promise<PeerPeriods> {
  const { Pool } = loadPeer(settings, "pg") as PgPackage;
  const pool = new Pool({
    connectionString: settings.postgres?.url ?? "",
    max: CONNECTIONS_MAX,
  });
  // A session that the server ends is met by the query that it was for; graphile-worker asks for both.
  pool.on("error", () => {});
  pool.on("connect", () => {});
  const table = `bench_${settings.name}.periods`;
  // A process of an earlier load left its own behind.
  await pool.query(`drop schema if exists bench_${settings.name} cascade`);
  await pool.query(`create schema bench_${settings.name}`);
  await pool.query(SCHEMA.replaceAll("TABLE", table).replaceAll("INDEX", `due_${settings.name}`));
  let current = 0;
  return {
    pool,
    async seed(round, charges) {
      current = round;
      const ids = Array.from({ length: charges }, (_, number) => `r${round}-${number}`);
      for (const some of pages(ids)) {
        await pool.query(SEED.replaceAll("TABLE", table), [round, some]);
      }
    },
    async listDue() {
      const due = await pool.query(
        `select id from ${table} where state = 'due' and due_at <= now() order by due_at`,
      );
      return (due.rows as { id: string }[]).map(({ id }) => id);
    },
    async charge(id) {
      const token = randomUUID();
      const claim = { name: "claim", text: CLAIM.replaceAll("TABLE", table), values: [id, token] };
      const [claimed] = (await pool.query(claim)).rows as Claimed[];
      if (claimed === undefined) return;
      const transactionId = await chargeAtGateway({
        orderNumber: claimed.order_number,
        billingKey: claimed.billing_key,
        amount: claimed.amount,
        customerId: id,
      });
      const values = [id, token, transactionId];
      await pool.query({ name: "record", text: RECORD.replaceAll("TABLE", table), values });
    },
    async books() {
      const found = await pool.query(BOOKS.replaceAll("TABLE", table), [current]);
      return found.rows as Book[];
    },
  };
}

interface Claimed {
  order_number: string;
  billing_key: string;
  amount: number;
}

const SCHEMA = `
  create table TABLE (
    id text primary key,
    round integer not null,
    billing_key text not null,
    amount integer not null,
    state text not null,
    attempt integer not null default 0,
    order_number text,
    token uuid,
    lease_until timestamptz,
    transaction_id text,
    due_at timestamptz not null
  );
  create index INDEX on TABLE (state, due_at)`;

const SEED = `
  insert into TABLE (id, round, billing_key, amount, state, due_at)
  select id, $1, 'key-' || id, 9900, 'due', now() from unnest($2::text[]) as id`;

const CLAIM = `
  update TABLE
  set state = 'calling', attempt = attempt + 1, order_number = id || '-' || (attempt + 1),
      token = $2, lease_until = now() + interval '45 seconds'
  where id = $1 and state = 'due'
  returning order_number, billing_key, amount`;

const RECORD = `
  update TABLE
  set state = 'paid', transaction_id = $3, due_at = due_at + interval '1 month', token = null
  where id = $1 and token = $2`;

const BOOKS = `
  select id as "customerId", state = 'paid' as paid, transaction_id as "transactionId",
         due_at > now() as advanced
  from TABLE where round = $1`;
