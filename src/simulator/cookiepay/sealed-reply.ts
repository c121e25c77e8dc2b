import { isReplyEffect } from "../effects.ts";
import type { Processed } from "../wire.ts";
import type { ChargeDecision, ChargeFault } from "../charge-decision.ts";
import { CODES, SUCCESS_TEXT } from "./codes.ts";
import type { Cookiepay } from "./operation.ts";

type Approval = Extract<ChargeDecision, { kind: "approve" }>;

/** The reply of success with the data sealed in ENC_DATA, spoiled as the fault says. */
export function sealedSuccess(
  gateway: Cookiepay,
  sealed: { merchant: string; decryptData: Readonly<Record<string, string>> },
  fault: ChargeFault | null,
): Processed {
  const failures = fault?.kind === "decrypt_fails" ? fault.times : 0;
  const data = failures > 0 ? { ...sealed, failures } : sealed;
  const ENC_DATA =
    fault?.kind === "break_enc_data"
      ? gateway.encData.sealBroken(data)
      : gateway.encData.seal(data);
  const body = { RESULTCODE: CODES.success, RESULTMSG: SUCCESS_TEXT, ENC_DATA };
  return { reply: { status: 200, body } };
}

/** Adds to a reply what the card does to it: a late answer, or none. */
export function withApprovalFaults(processed: Processed, approval: Approval): Processed {
  const kind = approval.fault?.kind;
  return {
    ...processed,
    replyDelayMs: approval.replyDelayMs,
    effect: kind && isReplyEffect(kind) ? kind : undefined,
  };
}

/** A request that was accepted and stays without an answer. */
export const UNANSWERED: Processed = { reply: { status: 200, body: {} }, effect: "hang" };
