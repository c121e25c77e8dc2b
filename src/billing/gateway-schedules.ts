/** A gateway that charges a key on a schedule of its own, beside ours, would charge it twice. */
import type { BillingKey } from "../domain/billing-key.ts";
import { BillingError } from "../domain/errors.ts";
import type { GatewayAdapter, ScheduleLookUpResult } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import type { SecretBox } from "../lib/secret-box.ts";

export interface ScheduleDeps {
  gateways: GatewayRegistry;
  secrets: SecretBox;
}

/** A token that ends just now fails one look-up; the next one has another. */
const LOOKS_MAX = 2;

/**
 * Refuses a key on which the gateway itself holds a schedule: GATEWAY_SCHEDULE_EXISTS. Where the
 * gateway does not answer, nobody can say, and it is refused for now: GATEWAY_UNREACHABLE.
 */
export async function assertNoSchedule(deps: ScheduleDeps, key: BillingKey): Promise<void> {
  const adapter = deps.gateways.get(key.gateway, key.account);
  if (adapter.lookUpSchedule === undefined || key.secret === null) return;
  const value = deps.secrets.open(key.secret, key.id);
  for (let look = 1; ; look += 1) {
    const found = await lookUp(adapter, value);
    if (found.kind === "none") return;
    if (found.kind === "scheduled") {
      const { gateway, id } = key;
      const params = { gateway, id, count: found.count };
      throw new BillingError("GATEWAY_SCHEDULE_EXISTS", params, "/billingKey");
    }
    if (look === LOOKS_MAX) throw new BillingError("GATEWAY_UNREACHABLE", { gateway: key.gateway });
  }
}

async function lookUp(adapter: GatewayAdapter, billingKey: string): Promise<ScheduleLookUpResult> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind === "not_sent") return { kind: "failed", reason: opened.reason };
  const call = { credential: opened.credential, maySend: () => true };
  const found = await adapter.lookUpSchedule?.(call, billingKey);
  return found ?? { kind: "none" };
}
