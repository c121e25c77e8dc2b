import { BillingError } from "../domain/errors.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";

/** The adapter that a request names. Throws GATEWAY_NOT_CONFIGURED with the field at fault. */
export function findAccount(
  deps: { gateways: GatewayRegistry; defaultGateway: string },
  asked: { gateway: string | null; account: string },
): GatewayAdapter {
  const { account } = asked;
  const gateway = asked.gateway ?? deps.defaultGateway;
  const adapter = deps.gateways.find(gateway, account);
  if (adapter !== undefined) return adapter;
  const isKnown = deps.gateways.all().some((one) => one.gateway === gateway);
  const pointer = isKnown ? "/account" : "/gateway";
  throw new BillingError("GATEWAY_NOT_CONFIGURED", { gateway, account }, pointer);
}
