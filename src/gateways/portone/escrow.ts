/** Delivery of goods that are paid for in escrow: without it the gateway does not settle. */
import { scrub } from "../../lib/scrub.ts";
import type { GatewayCall } from "../gateway.ts";
import type { EscrowDelivery, EscrowOutcome } from "../window.ts";
import { toRefusedRequest } from "./declines.ts";
import { type PortoneContext, openLine, secretsOf } from "./line.ts";
import type { MindedReply } from "./reply.ts";
import { toDeliveryRequest } from "./requests.ts";

/** Documented for: registered already, not allowed, or not to be changed any more. */
const CONFLICT = 409;

/** Tells how the goods are delivered, or what changed about it. Moves no money. */
export async function tellDelivery(
  context: PortoneContext,
  call: GatewayCall,
  told: { transactionId: string; delivery: EscrowDelivery; change: boolean },
): Promise<EscrowOutcome> {
  const request = toDeliveryRequest(told.transactionId, told.delivery, told.change);
  return toEscrowOutcome(await openLine(context, call)(request), secretsOf(context, call, []));
}

function toEscrowOutcome(reply: MindedReply, secrets: readonly string[]): EscrowOutcome {
  if (reply.kind === "success") return { kind: "done" };
  if (reply.kind === "not_found") {
    return { kind: "declined", reason: "not_found", message: "no such payment" };
  }
  if (reply.kind !== "refused") return reply;
  const message = scrub(reply.refusal.message, { secrets });
  if (reply.refusal.status === CONFLICT) return { kind: "declined", reason: "registered", message };
  const meaning = toRefusedRequest(reply.refusal, secrets);
  return meaning.kind === "unknown" ? meaning : { kind: "declined", reason: "refused", message };
}
