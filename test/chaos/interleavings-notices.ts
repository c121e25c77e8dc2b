/**
 * Notices that come in while everything else happens, as the gateway writes them: true where its
 * ledger has what they tell, made up by a stranger where it has not.
 */
import type { Invoice } from "../../src/domain/invoice.ts";
import { receiveNotice } from "../../src/billing/receive-notice.ts";
import { toKoreaStamp } from "../../src/gateways/korea-stamp.ts";
import type { Deps } from "./interleavings-deps.ts";
import type { Accounts } from "./invariants.ts";

/** A number that no gateway gave. */
export const MADE_UP = "TMADEUP1";

/** Posts a notice about the invoice that everybody is after. `copy` makes its text another one. */
export async function postNotice(
  deps: Deps,
  told: { kind: "paid" | "canceled"; invoiceId: string; copy: number },
): Promise<void> {
  const { invoice, ledger } = await watch(deps, told);
  const fields = fieldsOf(told.kind, invoice, ledger, deps.clock.now());
  await receiveNotice(deps, {
    gateway: "cookiepay",
    method: "POST",
    query: "",
    headers: [["content-type", "application/json"]],
    body: Buffer.from(JSON.stringify({ ...fields, EMAIL: `copy${told.copy}@example.com` })),
    address: "127.0.0.1",
  });
}

/** Looks at the gateway until it has something to tell; a stranger tells it then all the same. */
async function watch(deps: Deps, { kind, invoiceId }: Parameters<typeof postNotice>[1]) {
  for (let look = 1; ; look += 1) {
    const { invoices, ledger } = await deps.gatewayEyes.look();
    const invoice = invoices.find(({ id }) => id === invoiceId);
    const isThere = ledger.some(
      (line) =>
        line.kind === (kind === "paid" ? "approval" : "refund") &&
        line.orderNumber === invoice?.attempts.at(-1)?.orderNumber,
    );
    if (isThere || look === LOOKS_MAX) return { invoice, ledger };
  }
}

/** Turns that the gateway waits for something to tell. */
const LOOKS_MAX = 12;

function fieldsOf(
  kind: "paid" | "canceled",
  invoice: Invoice | undefined,
  ledger: Accounts["ledger"],
  at: Date,
): Record<string, string> {
  const attempt = invoice?.attempts.at(-1);
  const orderNumber = attempt?.orderNumber ?? "KB-NOBODY-1";
  const amount = attempt?.amount ?? 1;
  const approval = ledger.find(
    (line) => line.kind === "approval" && line.orderNumber === orderNumber,
  );
  const transactionId = approval?.transactionId ?? MADE_UP;
  if (kind === "paid") {
    const fields = { PAY_METHOD: "CARD", ORDERNO: orderNumber, AMOUNT: `${amount}` };
    return { ...fields, TID: transactionId, ACCEPT_NO: "1", ACCEPT_DATE: toKoreaStamp(at) };
  }
  const refund = ledger.findLast(
    (line) => line.kind === "refund" && line.transactionId === transactionId,
  );
  return {
    noti_type: "cancel",
    paymethod: "CARD",
    orderno: orderNumber,
    cancel_amount: `${refund?.amount ?? amount}`,
    tid: transactionId,
    cancel_date: toKoreaStamp(at),
  };
}
