/** Takes the money of a payment that a customer has agreed to in a window: once, whoever comes back how often. */
import type { Invoice } from "../domain/invoice.ts";
import { claimWindow } from "../domain/payment-window.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import { newToken } from "../lib/ids.ts";
import { PERSON_PATIENCE_MS, admitCall } from "./admit-call.ts";
import { makeDirectCharge } from "./direct-charge.ts";
import { unreachable } from "./gateway-unreachable.ts";
import { readInstants } from "./instants.ts";
import { startLease } from "./lease.ts";
import type { WindowDeps } from "./prepare-window.ts";
import { updateDocument } from "./update-document.ts";

/**
 * Charges with what the window handed back, which must have been read and found to be this order's.
 * Answers the payment as it stands: of two who come at once one makes the call. Throws
 * GATEWAY_UNREACHABLE where nothing was claimed or sent: then coming back again helps.
 */
export async function approveWindow(
  deps: WindowDeps,
  adapter: GatewayAdapter,
  returned: { invoice: Invoice; fields: Readonly<Record<string, string>> },
): Promise<Invoice> {
  const use = { call: "charge", paidWith: "wallet" } as const;
  const admitted = await admitCall(deps, adapter, use, PERSON_PATIENCE_MS);
  if (admitted.kind !== "ready") throw unreachable(deps, adapter, admitted);
  const lease = startLease(deps, adapter.callDeadlineMs);
  const at = await readInstants(deps);
  const request = {
    token: newToken(),
    worker: deps.worker,
    leaseUntil: lease.until,
    credentialEndsAt: admitted.credential.endsAt,
    at,
  };
  const { document } = await updateDocument(deps.invoices, returned.invoice.id, (read) =>
    claimWindow(read, { ...request, version: read.version }, deps.policy),
  );
  if (document.claim?.token !== request.token) return document;
  const source = { kind: "wallet", authentication: returned.fields } as const;
  const charge = { claimed: document, adapter, admitted, lease, source };
  const { recorded } = await makeDirectCharge(deps, charge);
  return recorded;
}
