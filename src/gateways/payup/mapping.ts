/** Pure translation between our words and PayUp's fields: bodies out, outcomes in. */
import { createDecline } from "../../domain/decline.ts";
import type { ChargeOutcome, GatewayTransaction, RefundOutcome } from "../../domain/outcome.ts";
import { scrub } from "../../lib/scrub.ts";
import type { EvidenceContext, RefundRequest } from "../gateway.ts";
import type { PayupConfig } from "./account.ts";
import { toRefused } from "./declines.ts";
import { parseKoreaStamp } from "../korea-stamp.ts";
import { type Fields, type Reply, amountOf, textOf } from "./reply.ts";
import { signCancel } from "./signature.ts";

const REASON_LENGTH_MAX = 100;
const TRANSACTION_ID_LENGTH_MAX = 40;

/** What the reply to a payment says; believed only where it echoes the charge. */
export function toChargeOutcome(
  reply: Reply,
  charge: EvidenceContext & { secrets: readonly string[]; receivedAt: Date },
): ChargeOutcome {
  if (reply.kind === "refused") return toRefused("pay", reply.refusal, charge.secrets);
  if (reply.kind !== "success") return reply;
  const { fields } = reply;
  if (textOf(fields, "orderNumber") !== charge.orderNumber) return unknown("echo of order number");
  if (amountOf(fields, "amount") !== charge.amount) return unknown("echo of amount");
  const transaction = toTransaction(fields, charge.receivedAt);
  return transaction ? { kind: "approved", transaction } : unknown("no transaction id");
}

function toTransaction(fields: Fields, otherwiseAt: Date): GatewayTransaction | undefined {
  const id = textOf(fields, "transactionId");
  if (id === undefined || id.length > TRANSACTION_ID_LENGTH_MAX) return undefined;
  const approvalNumber = toShortText(fields, "authNumber");
  const cardName = toShortText(fields, "cardName");
  return {
    id,
    // An odd date does not undo an approval: then the time of its receipt stands in.
    approvedAt: parseKoreaStamp(textOf(fields, "authDateTime")) ?? otherwiseAt,
    ...(approvalNumber !== undefined && { approvalNumber }),
    ...(cardName !== undefined && { cardName }),
  };
}

function toShortText(fields: Fields, name: string): string | undefined {
  const text = textOf(fields, name);
  return text === undefined ? undefined : scrub(text, { lengthMax: 40 });
}

export function toCancelBody(
  config: PayupConfig,
  { transactionId, reason }: RefundRequest,
): Readonly<Record<string, string>> {
  return {
    transactionId,
    cancelReason: scrub(reason, { lengthMax: REASON_LENGTH_MAX }) || "refund",
    signature: signCancel(config, transactionId),
  };
}

/** What the reply to a cancellation says about a refund. */
export function toRefundOutcome(
  reply: Reply,
  { transactionId }: RefundRequest,
  { receivedAt, secrets }: { receivedAt: Date; secrets: readonly string[] },
): RefundOutcome {
  if (reply.kind === "refused") return toRefused("cancel", reply.refusal, secrets);
  if (reply.kind !== "success") return reply;
  const echoed = textOf(reply.fields, "transactionId");
  // The specification's table leaves it out, its sample prints it.
  if (echoed !== undefined && echoed !== transactionId) return unknown("echo of transaction id");
  const refundedAt = parseKoreaStamp(textOf(reply.fields, "cancelDateTime")) ?? receivedAt;
  return { kind: "approved", refundTransactionId: transactionId, refundedAt };
}

/** A cancellation names no amount: a part would give back the whole, so that it is never sent. */
export function refusePartRefund(): RefundOutcome {
  const message = "PayUp cancels a KakaoPay payment as a whole only; nothing was sent";
  const decline = createDecline("request_refused", { code: "PART_REFUND", message });
  return { kind: "declined", decline };
}

const unknown = (reason: string) => ({ kind: "unknown", reason }) as const;
