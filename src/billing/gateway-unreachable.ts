import { BillingError } from "../domain/errors.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { Admission } from "./admit-call.ts";
import type { Clocks } from "./instants.ts";

/** Nothing was sent; where it is known when it is worth another try, that is said. */
export function unreachable(
  deps: Clocks,
  { gateway }: GatewayAdapter,
  admission: Exclude<Admission, { kind: "ready" }> | { kind: "stopped"; until: Date },
): BillingError {
  if (admission.kind === "not_sent") return new BillingError("GATEWAY_UNREACHABLE", { gateway });
  const waitMs = admission.until.getTime() - deps.clock.now().getTime();
  const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000));
  return new BillingError("GATEWAY_UNREACHABLE", { gateway, retryAfterS });
}

/** The same for what was to be sent and moves no money: nothing was, or it may have arrived. */
export function unanswered(gateway: string, kind: "not_sent" | "unknown"): BillingError {
  const code = kind === "not_sent" ? "GATEWAY_UNREACHABLE" : "GATEWAY_UNANSWERED";
  return new BillingError(code, { gateway });
}
