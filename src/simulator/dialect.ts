import type { FastifyInstance } from "fastify";
import type { OperationCatalogue } from "./fault-rules.ts";
import type { Ledger } from "./ledger.ts";
import type { GatewayNotices } from "./notices/gateway-notices.ts";
import type { GatewayGuide } from "./pages.ts";
import type { MerchantAccount, SimulatorState } from "./state.ts";

/** One gateway's wire format: all that the simulator must know of it. */
export interface Dialect {
  /** The gateway's name in the ledger, in fault rules and on the command line. */
  readonly gateway: string;
  /** What fault rules may name. */
  readonly catalogue: OperationCatalogue;
  readonly guide: GatewayGuide;
  /** The merchant that is always there. */
  readonly account: Omit<MerchantAccount, "gateway">;
  /** Absent where the gateway tells nobody. */
  readonly notices?: GatewayNotices;
  /** The numbers of a cancellation at the gateway's own console; absent where it has none. */
  newCancelDetail?(ledger: Ledger, at: Date): Readonly<Record<string, string>>;
  /** Registers the endpoints and returns their paths. */
  register(app: FastifyInstance, state: SimulatorState): readonly string[];
}
