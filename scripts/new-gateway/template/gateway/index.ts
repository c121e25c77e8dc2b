import type { ChargeOutcome } from "../../../../src/domain/outcome.ts";
import type {
  ChargeRequest,
  GatewayAdapter,
  GatewayCall,
  GatewayCapabilities,
} from "../../../../src/gateways/gateway.ts";
import type { OperationalClock } from "../../../../src/lib/clock.ts";
import type { AcmepayConfig } from "./account.ts";
import { type AcmepayClient, createAcmepayClient } from "./client.ts";

const GATEWAY = "acmepay";

/** Declare less rather than more: the core asks this list, and trusts it. */
const CAPABILITIES: GatewayCapabilities = {
  billingKeys: true,
  revokeBillingKey: false,
  partialRefund: false,
  lookUp: "none",
  listTransactions: false,
  repeatableFullRefund: false,
  gatewaySchedules: false,
  paysWith: ["billing_key"],
  savesWithCharge: false,
  windows: "none",
  nameCharset: "cp949",
};

/** A credential that is no call of its own: nothing bounds it but the lease. */
const CREDENTIAL_LIFE_MS = 3_600_000;

/** The adapter of one Acmepay merchant account. */
export function createAcmepayAdapter(
  config: AcmepayConfig,
  { clock }: { clock: OperationalClock },
): GatewayAdapter {
  const client = createAcmepayClient(config, clock);
  const context: Context = { config, client, clock };
  return {
    gateway: GATEWAY,
    account: config.account,
    capabilities: CAPABILITIES,
    callDeadlineMs: config.callDeadlineMs,
    // Where the gateway wants a token: fetch it here, and drop it when a call says that it is refused.
    openCredential: () =>
      Promise.resolve({
        kind: "ready",
        credential: { value: "", endsAt: new Date(clock.now().getTime() + CREDENTIAL_LIFE_MS) },
      }),
    paceOf: () => null,
    issueBillingKey: () => Promise.resolve(NOT_WRITTEN),
    revokeBillingKey: () => Promise.resolve(NOT_WRITTEN),
    charge: (call, request) => charge(context, call, request),
    refund: () => Promise.resolve(NOT_WRITTEN),
    lookUpCharge: () => Promise.resolve(NO_LOOK_UP),
    lookUpRefund: () => Promise.resolve(NO_LOOK_UP),
    listTransactions: () => Promise.resolve(NO_LOOK_UP),
    readEvidence: (_call, evidence) =>
      Promise.resolve({ kind: "unknown", reason: "no evidence is kept", evidence }),
    close: () => client.close(),
  };
}

interface Context {
  config: AcmepayConfig;
  client: AcmepayClient;
  clock: OperationalClock;
}

/** Nothing left: true until the method is written. */
const NOT_WRITTEN = { kind: "not_sent", reason: "not written yet" } as const;
const NO_LOOK_UP = { kind: "failed", reason: "no look-up" } as const;

async function charge(
  { client, config, clock }: Context,
  call: GatewayCall,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const { source } = request;
  if (source.kind !== "billing_key") return { kind: "not_sent", reason: "billing keys alone" };
  const body = {
    merchantId: config.merchantId,
    billingKey: source.billingKey,
    orderNumber: request.orderNumber,
    amount: String(request.amount),
  };
  const answer = await client.send("/charge", body, {
    maySend: () => call.maySend(),
    deadlineMs: clock.monotonicMs() + config.callDeadlineMs,
  });
  if (answer.kind !== "read") return answer;
  // Approved only where the answer says so and echoes order number and amount; declined only where
  // it is a definite no, by a code of declines.ts; unknown in every other case.
  return { kind: "unknown", reason: "the answer is not read yet" };
}
