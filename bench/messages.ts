/** What the processes of the bench say to each other. */

/** A line of the gateway's ledger. */
export interface Approval {
  transactionId: string;
  orderNumber: string;
  customerId: string;
  amount: number;
}

export type GatewayRequest =
  | { kind: "expect"; charges: number; latencyMs: number }
  | { kind: "ledger" };

export type GatewayReply =
  | { kind: "expecting" }
  /** Every expected customer was approved at least once. */
  | { kind: "reached" }
  | { kind: "ledger"; approvals: Approval[] };

/** What a contender's database says of one due period at the end of a round. */
export interface Book {
  customerId: string;
  paid: boolean;
  /** The gateway's number of the approval that it was paid with. */
  transactionId: string | null;
  /** Whether the next date to charge lies behind the period that was due. */
  advanced: boolean;
}

/** What a contender's process is started with. */
export interface ContenderSettings {
  mongoUrl: string;
  redisUrl: string;
  /** The cluster of the peers, and the folder of their packages. */
  postgres: { url: string; packages: string } | null;
  gatewayUrl: string;
  inFlight: number;
  /** Names the database and the queues: no contender sees another's. */
  name: string;
}

/** What is looked at in a round beside its time. */
export interface Inspection {
  /** File for a CPU profile of the round. */
  profile: string | null;
  /** Count the commands that go to Redis and to the database. */
  count: boolean;
}

export type ContenderRequest =
  /** Writes so many due periods, one a customer; nothing may be charged yet. */
  | { kind: "seed"; round: number; charges: number }
  /** Charges whatever is due. */
  | { kind: "begin"; inspection: Inspection }
  /** Answers when nothing is under way any more. */
  | { kind: "settle" }
  /** Ends the round and tells what the database says of it. */
  | { kind: "end" };

export type ContenderReply =
  | { kind: "done" }
  | { kind: "ended"; books: Book[]; counts: Record<string, number> }
  | { kind: "failed"; message: string };

export type StoreRequest = { kind: "begin"; file: string } | { kind: "end" };
export interface StoreReply {
  kind: "done";
}
