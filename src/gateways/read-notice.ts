/** What the gateways' readers of notices share. */
import type { NoticeFields } from "./notice-fields.ts";
import type { GatewayNotice } from "./notice.ts";

/** What a notice says, or why it cannot be read. */
export type NoticeReading =
  | { kind: "notice"; notice: GatewayNotice }
  | { kind: "unreadable"; reason: "no_fields" | "doubled_field" | "bad_field" };

/** The names under which a gateway writes each fact; the first that is there counts. */
export interface NoticeNames {
  merchantId: readonly string[];
  orderNumber: readonly string[];
  transactionId: readonly string[];
  amount: readonly string[];
  cancellationId: readonly string[];
  at: readonly string[];
}

const ID = /^[\w.:-]{1,64}$/;
const AMOUNT = /^\d{1,12}$/;
const PAY_METHOD = /^[A-Z][A-Z0-9_-]{1,29}$/;

/** Reads the facts under their names. Nothing is guessed: what is odd makes the whole unreadable. */
export function readNotice(
  fields: NoticeFields,
  names: NoticeNames,
  toDetails: (fields: NoticeFields) => {
    kind: GatewayNotice["kind"] | null;
    at: (text: string) => Date | undefined;
    /** What it was paid with, as the gateway calls it. */
    payMethod?: string | null | undefined;
  },
): NoticeReading {
  const wanted = Object.values(names).flat();
  if (wanted.some((name) => fields.get(name) === null)) return unreadable("doubled_field");
  const [merchantId, orderNumber, transactionId, cancellationId] = [
    textOf(fields, names.merchantId),
    textOf(fields, names.orderNumber),
    textOf(fields, names.transactionId),
    textOf(fields, names.cancellationId),
  ];
  if (orderNumber === null) return unreadable("no_fields");
  const ids = [merchantId, orderNumber, transactionId, cancellationId];
  if (ids.some((id) => id !== null && !ID.test(id)) || isNumber(orderNumber))
    return unreadable("bad_field");
  const amount = textOf(fields, names.amount);
  if (amount !== null && !AMOUNT.test(amount)) return unreadable("bad_field");
  const details = toDetails(fields);
  if (details.kind === null) return unreadable("bad_field");
  const at = textOf(fields, names.at);
  const payMethod = details.payMethod ?? "";
  return {
    kind: "notice",
    notice: {
      kind: details.kind,
      merchantId,
      orderNumber,
      transactionId,
      amount: amount === null ? null : Number(amount),
      cancellationId,
      ...(PAY_METHOD.test(payMethod) && { payMethod }),
      at: (at === null ? undefined : details.at(at)) ?? null,
    },
  };
}

/** No order number of ours is digits alone; a stranger's might be a card's, which is kept nowhere. */
function isNumber(orderNumber: string): boolean {
  return /^\d{13,}$/.test(orderNumber.replaceAll(/[.:_-]/g, ""));
}

/** The first of these fields that is there and not empty. */
export function textOf(fields: NoticeFields, names: readonly string[]): string | null {
  for (const name of names) {
    const text = fields.get(name) ?? "";
    if (text !== "") return text;
  }
  return null;
}

const unreadable = (reason: Extract<NoticeReading, { kind: "unreadable" }>["reason"]) =>
  ({ kind: "unreadable", reason }) as const;
