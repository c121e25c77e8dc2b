/**
 * A charge whose source may not be written anywhere: a card keyed in, or what a payment window handed
 * back. The process that was asked makes the call itself, on the same claim and outcome as a worker.
 */
import { accountPauseId, isStopped } from "../domain/account-pause.ts";
import type { ChargePolicy } from "../domain/charge-policy.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { recordOutcome } from "../domain/outcome-rules.ts";
import type { ChargeOutcome } from "../domain/outcome.ts";
import type { GatewayAdapter, PaymentSource } from "../gateways/gateway.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { type AdmitCallDeps, type Admission, NO_SLOT, keepPace } from "./admit-call.ts";
import { unreachable } from "./gateway-unreachable.ts";
import { type HeedDeclineDeps, heedDecline } from "./heed-decline.ts";
import type { Clocks } from "./instants.ts";
import type { Lease } from "./lease.ts";
import { recordUntilWritten } from "./record-until-written.ts";

export interface DirectChargeDeps extends Clocks, AdmitCallDeps, HeedDeclineDeps {
  invoices: InvoiceStore;
  policy: ChargePolicy;
  random: () => number;
  log: Logger;
}

export interface DirectCharge {
  /** Claimed: on record before the gateway hears of it. */
  claimed: Invoice;
  adapter: GatewayAdapter;
  admitted: Extract<Admission, { kind: "ready" }>;
  lease: Lease;
  source: PaymentSource;
}

/** Makes the call and records what came of it. Never throws for what a gateway can do. */
export async function makeDirectCharge(
  deps: DirectChargeDeps,
  charge: DirectCharge,
): Promise<{ recorded: Invoice; outcome: ChargeOutcome }> {
  const { claimed } = charge;
  const outcome = await send(deps, charge);
  const token = claimed.claim?.token ?? "";
  const recorded = await recordUntilWritten(deps, claimed, outcome, (invoice, recording) =>
    recordOutcome(invoice, { token, outcome }, deps.policy, recording),
  );
  if (outcome.kind === "declined") {
    const orderNumber = claimed.claim?.subject ?? "";
    const met = { decline: outcome.decline, orderNumber, account: claimed, actor: "api" as const };
    await heedDecline(deps, { ...met, queue: "charge" });
  }
  deps.log.info(
    { paymentId: recorded.id, outcome: outcome.kind, state: recorded.state },
    "a direct charge has ended",
  );
  return { recorded, outcome };
}

async function send(deps: DirectChargeDeps, charge: DirectCharge): Promise<ChargeOutcome> {
  const { claimed, adapter, admitted, lease, source } = charge;
  if (!(await keepPace(deps, adapter, admitted.pace))) return NO_SLOT;
  try {
    return await adapter.charge(
      { credential: admitted.credential, maySend: lease.maySend },
      {
        orderNumber: lastAttempt(claimed)?.orderNumber ?? "",
        source,
        amount: claimed.amount,
        productName: claimed.productName,
        customerId: claimed.customerId,
        customerName: claimed.customerName,
      },
    );
  } catch (error) {
    deps.log.error({ paymentId: claimed.id, err: describeError(error) }, "gateway adapter failed");
    return { kind: "unknown", reason: "adapter failed" };
  }
}

/** A stopped account takes no direct charge either; its probe is a renewal that waits. */
export async function assertAccountGoesOn(
  deps: Clocks & Pick<HeedDeclineDeps, "pauses">,
  adapter: GatewayAdapter,
): Promise<void> {
  const pause = await deps.pauses.find(accountPauseId(adapter, "charge"));
  if (pause?.pausedUntil == null || !isStopped(pause, deps.clock.now())) return;
  throw unreachable(deps, adapter, { kind: "stopped", until: pause.pausedUntil });
}
