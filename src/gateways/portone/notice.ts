/** A notice of PortOne v1. It names a payment and a state, and nothing of its money. */
import type { NoticeFields } from "../notice-fields.ts";
import type { GatewayNotice } from "../notice.ts";
import { type NoticeNames, type NoticeReading, readNotice, textOf } from "../read-notice.ts";

const NAMES: NoticeNames = {
  merchantId: [],
  orderNumber: ["merchantuid"],
  transactionId: ["impuid"],
  amount: [],
  cancellationId: ["cancellationid"],
  at: [],
};

const KINDS: ReadonlyMap<string, GatewayNotice["kind"]> = new Map([
  ["paid", "paid"],
  ["cancelled", "canceled"],
  ["failed", "failed"],
  // A virtual account was issued.
  ["ready", "pending"],
]);

export function readPortoneNotice(fields: NoticeFields): NoticeReading {
  if (fields.get("status") === null) return { kind: "unreadable", reason: "doubled_field" };
  const kind = KINDS.get(textOf(fields, ["status"])?.toLowerCase() ?? "") ?? null;
  return readNotice(fields, NAMES, () => ({ kind, at: () => undefined }));
}
