/** Every way to ask about payments. */
import type { Processed } from "../wire.ts";
import { findCustomer } from "./customers.ts";
import { MESSAGES, type Refusal, isRefusal, refuseWith, refusing, succeeding } from "./envelope.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";
import { paymentFacts } from "./payment-facts.ts";
import {
  type PaymentRecord,
  findPayment,
  isShown,
  paymentsOf,
  paymentsUnder,
  printPayment,
  statusSeconds,
  toStatus,
  updatedSeconds,
} from "./payments.ts";
import { listOf, numberOf, oneOf, toPage } from "./queries.ts";
import { toSeconds } from "./seconds.ts";

const SEARCHED_SECONDS_MAX = 90 * 86_400;
const BATCH_MAX = 100;
const NOT_THERE = refuseWith(404, MESSAGES.unknownPayment);

const SORTINGS: Readonly<Record<string, (record: PaymentRecord) => number>> = {
  started: ({ entry }) => toSeconds(entry.detail?.startedAt ?? entry.at),
  paid: ({ entry, status }) =>
    status === "failed" || status === "ready" ? 0 : toSeconds(entry.at),
  updated: updatedSeconds,
};

/** GET /payments/{imp_uid}: one payment, as soon as it is there. */
export function createPaymentReadOperation(gateway: Portone): Operation {
  return {
    name: "payment_read",
    method: "GET",
    paths: ["/payments/:imp_uid"],
    needsToken: true,
    facts: ({ params }) => paymentFacts(gateway, params.imp_uid),
    run({ merchant, params }) {
      const record = findPayment(gateway, merchant, params.imp_uid ?? "");
      return record ? succeeding(printPayment(gateway, record)) : refusing(NOT_THERE);
    },
  };
}

/** GET /payments: several payments, by either number. */
export function createPaymentBatchOperation(gateway: Portone): Operation {
  return {
    name: "payment_batch",
    method: "GET",
    paths: ["/payments"],
    needsToken: true,
    facts: () => ({}),
    run({ merchant, query }) {
      const asked = [...listOf(query, "imp_uid"), ...listOf(query, "merchant_uid")];
      if (asked.length > BATCH_MAX) return refusing(refuseWith(400, `최대 ${BATCH_MAX}건입니다.`));
      const byId = listOf(query, "imp_uid").map((id) => findPayment(gateway, merchant, id));
      const byOrder = listOf(query, "merchant_uid").map((uid) =>
        paymentsUnder(gateway, merchant, uid).at(-1),
      );
      const found = [...byId, ...byOrder].filter((record) => record !== undefined);
      if (found.length === 0) return refusing(NOT_THERE);
      const printed = found.map((record) => printPayment(gateway, record));
      return succeeding(printed, found.length < asked.length ? 207 : 200);
    },
  };
}

/** GET /payments/find/{merchant_uid}: the first by the order asked for; with a status the newest of it. */
export function createPaymentFindOperation(gateway: Portone): Operation {
  return {
    name: "payment_find",
    method: "GET",
    paths: ["/payments/find/:merchant_uid", "/payments/find/:merchant_uid/:payment_status"],
    needsToken: true,
    facts: ({ params }) => ({ orderNumber: params.merchant_uid }),
    run(call) {
      const found = findUnder(gateway, call);
      if (isRefusal(found)) return refusing(found);
      const [first] = found;
      return first ? succeeding(printPayment(gateway, first)) : refusing(NOT_THERE);
    },
  };
}

/** GET /payments/findAll/{merchant_uid}: all of them, in pages. */
export function createPaymentFindAllOperation(gateway: Portone): Operation {
  return {
    name: "payment_find_all",
    method: "GET",
    paths: ["/payments/findAll/:merchant_uid", "/payments/findAll/:merchant_uid/:payment_status"],
    needsToken: true,
    facts: ({ params }) => ({ orderNumber: params.merchant_uid }),
    run(call) {
      const found = findUnder(gateway, call);
      if (isRefusal(found)) return refusing(found);
      return found.length === 0 ? refusing(NOT_THERE) : answerPage(gateway, found, call);
    },
  };
}

/** GET /payments/status/{payment_status}: payments by the time of their last status, in pages. */
export function createPaymentListOperation(gateway: Portone): Operation {
  return {
    name: "payment_list",
    method: "GET",
    paths: ["/payments/status/:payment_status"],
    needsToken: true,
    facts: () => ({}),
    run(call) {
      const { merchant, params, query } = call;
      const wanted = params.payment_status ?? "";
      const span = readSpan(gateway, query);
      if (wanted !== "all" && toStatus(wanted) === undefined) return refusing(badStatus(wanted));
      if (isRefusal(span)) return refusing(span);
      const found = paymentsOf(gateway, merchant).filter((record) => {
        const at = statusSeconds(record);
        const isWanted = wanted === "all" || record.status === wanted;
        return isWanted && at >= span.from && at <= span.to && isShown(gateway, record);
      });
      const sorted = sort(found, query);
      return isRefusal(sorted) ? refusing(sorted) : answerPage(gateway, sorted, call);
    },
  };
}

/** GET /subscribe/customers/{customer_uid}/payments: what a saved card paid, in pages. */
export function createCustomerPaymentsOperation(gateway: Portone): Operation {
  return {
    name: "customer_payments",
    method: "GET",
    paths: ["/subscribe/customers/:customer_uid/payments"],
    needsToken: true,
    facts: ({ params }) => ({ billingKey: params.customer_uid }),
    run(call) {
      const customerUid = call.params.customer_uid ?? "";
      if (!findCustomer(gateway, call.merchant, customerUid)) {
        return refusing(refuseWith(404, MESSAGES.customerNotFound(customerUid)));
      }
      const found = paymentsOf(gateway, call.merchant)
        .filter(({ entry }) => entry.detail?.customerUid === customerUid)
        .toReversed();
      return answerPage(gateway, found, call);
    },
  };
}

function answerPage(
  gateway: Portone,
  records: readonly PaymentRecord[],
  { query }: AdmittedCall,
): Processed {
  const page = toPage(records, query);
  if (isRefusal(page)) return refusing(page);
  const list = page.list.map((record) => printPayment(gateway, record));
  return succeeding({ ...page, list });
}

function findUnder(
  gateway: Portone,
  { merchant, params, query }: AdmittedCall,
): readonly PaymentRecord[] | Refusal {
  const { merchant_uid = "", payment_status } = params;
  if (payment_status !== undefined && toStatus(payment_status) === undefined) {
    return badStatus(payment_status);
  }
  const found = paymentsUnder(gateway, merchant, merchant_uid).filter(
    (record) =>
      isShown(gateway, record) &&
      (payment_status === undefined || record.status === payment_status),
  );
  return sort(found, payment_status === undefined ? query : {});
}

/** Newest first unless asked otherwise; what happened in one second stays in its order. */
function sort(
  records: readonly PaymentRecord[],
  query: Readonly<Record<string, unknown>>,
): readonly PaymentRecord[] | Refusal {
  const wanted = oneOf(query, "sorting") ?? "-started";
  const isDescending = wanted.startsWith("-");
  const by = SORTINGS[wanted.replace("-", "")];
  if (by === undefined) return refuseWith(400, "sorting이 올바르지 않습니다.");
  const sorted = records.toSorted(
    (one, other) => by(one) - by(other) || one.entry.seq - other.entry.seq,
  );
  return isDescending ? sorted.toReversed() : sorted;
}

function readSpan(
  { state }: Portone,
  query: Readonly<Record<string, unknown>>,
): { from: number; to: number } | Refusal {
  const now = Math.floor(state.clock.business().getTime() / 1000);
  const to = numberOf(query, "to") ?? (oneOf(query, "to") === undefined ? now : null);
  if (to === null) return refuseWith(400, "to가 올바르지 않습니다.");
  const given = numberOf(query, "from");
  if (given === null) return refuseWith(400, "from이 올바르지 않습니다.");
  const from = given ?? to - SEARCHED_SECONDS_MAX;
  if (from > to || to - from > SEARCHED_SECONDS_MAX) {
    return refuseWith(400, "검색기간은 최대 90일입니다.");
  }
  return { from, to };
}

function badStatus(status: string): Refusal {
  return refuseWith(400, `payment_status가 올바르지 않습니다. (${status.slice(0, 20)})`);
}
