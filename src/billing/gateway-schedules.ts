/** A gateway that charges a key on a schedule of its own, beside ours, would charge it twice. */
import type { BillingKey } from "../domain/billing-key.ts";
import { BillingError } from "../domain/errors.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import type { SecretBox } from "../lib/secret-box.ts";

export interface ScheduleDeps {
  gateways: GatewayRegistry;
  secrets: SecretBox;
}

/**
 * Refuses a key on which the gateway itself holds a schedule: GATEWAY_SCHEDULE_EXISTS. Where the
 * gateway does not answer, nobody can say, and it is refused for now: GATEWAY_UNREACHABLE.
 */
export async function assertNoSchedule(deps: ScheduleDeps, key: BillingKey): Promise<void> {
  const adapter = deps.gateways.get(key.gateway, key.account);
  if (adapter.lookUpSchedule === undefined || key.secret === null) return;
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind === "not_sent") {
    throw new BillingError("GATEWAY_UNREACHABLE", { gateway: key.gateway });
  }
  const found = await adapter.lookUpSchedule(
    { credential: opened.credential, maySend: () => true },
    deps.secrets.open(key.secret, key.id),
  );
  if (found.kind === "failed") {
    throw new BillingError("GATEWAY_UNREACHABLE", { gateway: key.gateway });
  }
  if (found.kind === "scheduled") {
    throw new BillingError(
      "GATEWAY_SCHEDULE_EXISTS",
      { gateway: key.gateway, id: key.id, count: found.count },
      "/billingKey",
    );
  }
}
