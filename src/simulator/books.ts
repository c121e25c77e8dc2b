import { toKoreaDay } from "./korea-time.ts";
import type { LedgerEntry, SwallowedNote } from "./ledger-entry.ts";

/** What the gateways know of a billing key. */
export interface BillingKeyAccount {
  readonly issued: LedgerEntry;
  revoked: boolean;
  /** Payment requests that reached the card: approved, declined by it, or swallowed. */
  paymentRequests: number;
  /** Declines by the card since its last approval. */
  declinesInARow: number;
}

/** What the gateways know of an approved payment. */
export interface ApprovedPayment {
  readonly approval: LedgerEntry;
  readonly refunds: LedgerEntry[];
  refundedAmount: number;
}

/** The gateways' state, folded from the ledger; rebuilt from it at every start. */
export interface Books {
  apply(entry: LedgerEntry): void;
  applySwallowed(note: SwallowedNote): void;
  billingKey(gateway: string, billingKey: string): BillingKeyAccount | undefined;
  payment(gateway: string, transactionId: string): ApprovedPayment | undefined;
  /** Whether the id names an approval or a refund already. */
  isTransactionIdTaken(transactionId: string): boolean;
  isOrderApproved(merchant: string, orderNumber: string): boolean;
  /** Approvals of one business day in Korea, oldest first. */
  paymentsOn(merchant: string, day: string): readonly ApprovedPayment[];
}

/** Empty books. A merchant is named `gateway/merchant id`, since ids may repeat between gateways. */
export function createBooks(): Books {
  const keys = new Map<string, BillingKeyAccount>();
  const payments = new Map<string, ApprovedPayment>();
  const takenIds = new Set<string>();
  const approvedOrders = new Set<string>();
  const paymentsByDay = new Map<string, ApprovedPayment[]>();
  const keyOf = (entry: LedgerEntry): BillingKeyAccount | undefined =>
    keys.get(`${entry.gateway}/${entry.billingKey}`);

  const applyApproval = (entry: LedgerEntry): void => {
    const payment = { approval: entry, refunds: [], refundedAmount: 0 };
    const merchant = `${entry.gateway}/${entry.merchant}`;
    payments.set(`${entry.gateway}/${entry.transactionId}`, payment);
    takenIds.add(`${entry.transactionId}`);
    approvedOrders.add(`${merchant}/${entry.orderNumber}`);
    pushTo(paymentsByDay, `${merchant}/${toKoreaDay(new Date(entry.at))}`, payment);
    const key = keyOf(entry);
    if (!key) return;
    key.paymentRequests += 1;
    key.declinesInARow = 0;
  };

  const applyDecline = (entry: LedgerEntry): void => {
    const key = keyOf(entry);
    if (!key || entry.detail?.decidedBy !== "card") return;
    key.paymentRequests += 1;
    key.declinesInARow += 1;
  };

  const applyRefund = (entry: LedgerEntry): void => {
    if (entry.detail?.cancelTransactionId) takenIds.add(entry.detail.cancelTransactionId);
    const payment = payments.get(`${entry.gateway}/${entry.transactionId}`);
    if (!payment) return;
    payment.refunds.push(entry);
    payment.refundedAmount += entry.amount ?? 0;
  };

  const applyIssue = (issued: LedgerEntry): void => {
    const account = { issued, revoked: false, paymentRequests: 0, declinesInARow: 0 };
    keys.set(`${issued.gateway}/${issued.billingKey}`, account);
  };

  const applyRevocation = (entry: LedgerEntry): void => {
    const key = keyOf(entry);
    if (key) key.revoked = true;
  };

  const applyKind: Readonly<Record<LedgerEntry["kind"], (entry: LedgerEntry) => void>> = {
    billing_key_issued: applyIssue,
    billing_key_revoked: applyRevocation,
    // Nothing is paid before its deposit.
    virtual_account_issued: () => undefined,
    approval: applyApproval,
    decline: applyDecline,
    refund: applyRefund,
  };

  return {
    apply: (entry) => applyKind[entry.kind](entry),
    applySwallowed(note) {
      const key = keys.get(`${note.gateway}/${note.billingKey}`);
      if (key) key.paymentRequests += 1;
    },
    billingKey: (gateway, billingKey) => keys.get(`${gateway}/${billingKey}`),
    payment: (gateway, transactionId) => payments.get(`${gateway}/${transactionId}`),
    isTransactionIdTaken: (transactionId) => takenIds.has(transactionId),
    isOrderApproved: (merchant, orderNumber) => approvedOrders.has(`${merchant}/${orderNumber}`),
    paymentsOn: (merchant, day) => paymentsByDay.get(`${merchant}/${day}`) ?? [],
  };
}

function pushTo<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
