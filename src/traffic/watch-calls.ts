import type { CredentialUse, GatewayAdapter, GatewayCall } from "../gateways/gateway.ts";
import type { Traffic } from "./traffic.ts";

/** What tells nothing of the gateway: look-ups fail and work by themselves. */
const NOT_COUNTED: ReadonlySet<CredentialUse["call"]> = new Set(["read"]);

/**
 * The same adapter, whose breaker hears what comes of its calls. The gateway works where it answers,
 * whatever the answer is; a call that our own side held back tells nothing.
 */
export function watchCalls(
  adapter: GatewayAdapter,
  traffic: Pick<Traffic, "termOf" | "noteCall">,
): GatewayAdapter {
  const note = (term: number, worked: boolean) => traffic.noteCall(adapter, term, worked);
  const watch = async <T extends { kind: string }>(
    call: GatewayCall,
    send: (call: GatewayCall) => Promise<T>,
  ): Promise<T> => {
    const term = traffic.termOf(adapter);
    let heldBack = false;
    const maySend = () => {
      const may = call.maySend();
      heldBack ||= !may;
      return may;
    };
    const outcome = await send({ ...call, maySend });
    if (!heldBack) note(term, outcome.kind !== "not_sent" && outcome.kind !== "unknown");
    return outcome;
  };
  return {
    ...adapter,
    async openCredential(use) {
      const term = traffic.termOf(adapter);
      const opened = await adapter.openCredential(use);
      // A credential is no proof that calls work, but without one none can.
      if (opened.kind === "not_sent" && !NOT_COUNTED.has(use.call)) note(term, false);
      return opened;
    },
    charge: (call, request) => watch(call, (passed) => adapter.charge(passed, request)),
    refund: (call, request) => watch(call, (passed) => adapter.refund(passed, request)),
    issueBillingKey: (call, request) =>
      watch(call, (passed) => adapter.issueBillingKey(passed, request)),
    revokeBillingKey: (call, key) => watch(call, (passed) => adapter.revokeBillingKey(passed, key)),
  };
}
