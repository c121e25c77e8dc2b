/** What the gateway does to the first call of a case. */
import type { Expectation } from "./invariants.ts";
import type { GatewayScript } from "./crash-process.ts";

export interface GatewayOutcome {
  name: string;
  faults: readonly object[];
  refuse: GatewayScript["refuse"];
  /** The first call that differs from any other outcome's. */
  touches: string;
  payable: Expectation["payable"];
  /** The outcome that leaves the same behind: only the call itself is another. */
  like: string | null;
  /** What comes of it is the account's matter, whichever of its invoices met it. */
  ofAccount?: true;
}

type Operation = "payments" | "cancel" | "paysearch";

const CALLS: Readonly<Record<Operation, string>> = {
  payments: "gateway.charge",
  cancel: "gateway.refund",
  paysearch: "gateway.lookUpCharge",
};

const plain = (name: string, operation: Operation): GatewayOutcome => ({
  name,
  faults: [],
  refuse: null,
  touches: CALLS[operation],
  payable: "yes",
  like: null,
});

function spoiled(
  name: string,
  operation: Operation,
  effect: unknown,
  like: string | null = null,
): GatewayOutcome {
  const faults = [{ match: { operation }, nth: 1, effect }];
  return { ...plain(name, operation), faults, like };
}

/** Nobody listens where the first call of this method goes. */
function refused(name: string, refuse: "openCredential" | "charge" | "refund"): GatewayOutcome {
  return { ...plain(name, "payments"), refuse, touches: `gateway.${refuse}` };
}

export const APPROVED = plain("approved", "payments");

/** Everything that can come of a charge. */
export const CHARGE_OUTCOMES: readonly GatewayOutcome[] = [
  APPROVED,
  spoiled("declined_soft", "payments", { decline: "2001" }),
  {
    ...plain("declined_hard", "payments"),
    faults: [{ match: { operation: "payments" }, effect: { decline: "2003" } }],
    payable: "no",
  },
  // The whole account is stopped for an hour, then probed.
  { ...spoiled("declined_account", "payments", { decline: "2005" }), ofAccount: true },
  refused("refused_connection", "charge"),
  refused("refused_token", "openCredential"),
  spoiled("timeout_before", "payments", "hang"),
  spoiled("timeout_after", "payments", "commit_then_hang"),
  spoiled("error_after", "payments", "commit_then_500", "timeout_after"),
  spoiled("unreadable", "payments", "commit_then_garbage", "timeout_after"),
  spoiled("sealed", "payments", { decryptFails: 2 }),
  spoiled("duplicate_number", "payments", { decline: "9002" }, "timeout_before"),
];

/** Everything that can come of a refund. */
export const REFUND_OUTCOMES: readonly GatewayOutcome[] = [
  plain("approved", "cancel"),
  refused("refused_connection", "refund"),
  spoiled("timeout_before", "cancel", "hang"),
  spoiled("timeout_after", "cancel", "commit_then_hang"),
  spoiled("error_after", "cancel", "commit_then_500", "timeout_after"),
  spoiled("unreadable", "cancel", "commit_then_garbage", "timeout_after"),
];

/** What a look-up may meet. */
export const LOOK_UP_OUTCOMES: readonly GatewayOutcome[] = [
  plain("answered", "paysearch"),
  spoiled("timeout_before", "paysearch", "hang"),
  spoiled("error_after", "paysearch", "commit_then_500", "timeout_before"),
  spoiled("unreadable", "paysearch", "commit_then_garbage", "timeout_before"),
];
