import type { ChargePolicy } from "../domain/charge-policy.ts";
import type { RefundPolicy } from "../domain/refund-rules.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";

/** What the rules of refunds are told: our delays, and what the gateway declares. */
export function refundPolicyOf(policy: ChargePolicy, adapter: GatewayAdapter): RefundPolicy {
  return {
    resendBackoff: policy.resendBackoff,
    lookUpBackoff: policy.lookUpBackoff,
    settleDelayMs: policy.settleDelayMs,
    repeatableFullRefund: adapter.capabilities.repeatableFullRefund,
  };
}
