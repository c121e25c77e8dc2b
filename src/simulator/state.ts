import type { CallRate } from "./call-rate.ts";
import type { PrivateKeys } from "./data-folder.ts";
import type { Faults } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Notices } from "./notices/notices.ts";
import type { NotUnderstoodList } from "./not-understood.ts";
import type { SimClock } from "./sim-clock.ts";
import type { SwitchBoard } from "./switches.ts";

/** A merchant that may call the gateways. */
export interface MerchantAccount {
  readonly gateway: string;
  readonly id: string;
  readonly secret: string;
}

/** Who may call which gateway. */
export interface Merchants {
  secretOf(gateway: string, id: string): string | undefined;
  /** The merchant with this secret, where a gateway identifies by it. */
  withSecret(gateway: string, secret: string): string | undefined;
}

/** Everything that the routes of one simulator share. */
export interface SimulatorState {
  readonly clock: SimClock;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly switches: SwitchBoard;
  readonly notUnderstood: NotUnderstoodList;
  readonly keys: PrivateKeys;
  readonly merchants: Merchants;
  readonly callRate: CallRate;
  readonly notices: Notices;
  /** Fires when the simulator stops: nothing is processed any more. */
  readonly closing: AbortSignal;
}
