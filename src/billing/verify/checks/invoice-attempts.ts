/** Attempts: one success, one at a time, each under an order number of its own. */
import type { ChargeAttemptState } from "../../../domain/charge-attempt.ts";
import { type Check, type InvoiceScope, when } from "../finding.ts";

/** States in which an attempt may still take money. */
export const OPEN_STATES: readonly ChargeAttemptState[] = [
  "initiated",
  "not_sent",
  "unknown",
  "pending",
];

const oneSuccess: Check<InvoiceScope> = {
  name: "charged-twice",
  title: { en: "Two attempts are approved", ko: "승인된 시도가 둘 이상" },
  advice: {
    en: "The customer was charged twice: refund all approvals but one at the gateway.",
    ko: "고객이 두 번 결제되었습니다. 하나를 제외한 승인을 PG에서 환불하십시오.",
  },
  find({ invoice }) {
    const approved = invoice.attempts.filter((attempt) => attempt.state === "approved");
    return when(
      approved.length > 1,
      `approved: ${approved.map((attempt) => attempt.orderNumber).join(", ")}`,
      approved.at(-1)?.initiatedAt ?? null,
    );
  },
};

const oneOpen: Check<InvoiceScope> = {
  name: "attempts-overlap",
  title: {
    en: "More than one attempt is open or approved",
    ko: "진행 중이거나 승인된 시도가 둘 이상",
  },
  advice: {
    en: "Hold the invoice; ask the gateway about every order number and settle them one by one.",
    ko: "청구를 보류하고, 각 주문번호를 PG에서 확인하여 하나씩 확정하십시오.",
  },
  find({ invoice }) {
    const open = invoice.attempts.filter((attempt) => OPEN_STATES.includes(attempt.state));
    const approved = invoice.attempts.filter((attempt) => attempt.state === "approved");
    const blocking = [...open, ...approved];
    return when(
      open.length > 0 && blocking.length > 1,
      blocking.map((attempt) => `${attempt.orderNumber} ${attempt.state}`).join(", "),
      blocking.at(-1)?.initiatedAt ?? null,
    );
  },
};

const paidEvidence: Check<InvoiceScope> = {
  name: "paid-without-approval",
  title: { en: "Paid without an approved transaction", ko: "승인 거래 없이 결제 완료로 표시됨" },
  advice: {
    en: "Ask the gateway about the order numbers; if nothing was approved the amount is still owed.",
    ko: "PG에서 주문번호를 확인하십시오. 승인이 없으면 아직 받지 못한 금액입니다.",
  },
  find({ invoice }) {
    if (invoice.state !== "paid") return [];
    const approved = invoice.attempts.filter((attempt) => attempt.state === "approved");
    if (approved.length === 0) return [{ detail: "no approved attempt" }];
    return approved
      .filter((attempt) => (attempt.transaction?.id ?? "") === "")
      .map((attempt) => ({
        detail: `${attempt.orderNumber} has no transaction`,
        since: attempt.closedAt,
      }));
  },
};

const unpaidApproval: Check<InvoiceScope> = {
  name: "approved-but-unpaid",
  title: { en: "An approval stands on an unpaid invoice", ko: "미결제 청구에 승인 기록이 있음" },
  advice: {
    en: "Money was taken for it: mark it paid, or refund the transaction at the gateway.",
    ko: "실제 결제된 금액입니다. 결제 완료로 바로잡거나 PG에서 환불하십시오.",
  },
  find({ invoice }) {
    if (invoice.state === "paid") return [];
    return invoice.attempts.flatMap((attempt) => {
      const given = invoice.refunds
        .filter((one) => one.state === "done" && one.transactionId === attempt.transaction?.id)
        .reduce((sum, one) => sum + one.amount, 0);
      return when(
        attempt.state === "approved" && given < attempt.amount,
        `${invoice.state}, but ${attempt.orderNumber} was approved`,
        attempt.closedAt,
      );
    });
  },
};

const sequence: Check<InvoiceScope> = {
  name: "attempt-missing",
  title: { en: "Attempts are not numbered 1, 2, 3 …", ko: "결제 시도 번호가 연속되지 않음" },
  advice: {
    en: "An attempt was removed: look for its order number at the gateway before anything is charged.",
    ko: "시도 기록이 사라졌습니다. 결제 전에 PG에서 해당 주문번호를 확인하십시오.",
  },
  find({ invoice }) {
    const numbers = invoice.attempts.map((attempt) => attempt.number);
    return when(
      numbers.some((number, index) => number !== index + 1),
      `attempts ${numbers.join(", ")}`,
    );
  },
};

const orderNumbers: Check<InvoiceScope> = {
  name: "order-number",
  title: {
    en: "An order number does not derive from its invoice",
    ko: "주문번호가 청구 번호에서 만들어지지 않음",
  },
  advice: {
    en: "Find out which order number reached the gateway; a foreign one may be charged twice.",
    ko: "실제로 PG에 전달된 주문번호를 확인하십시오. 다른 번호는 중복 결제될 수 있습니다.",
  },
  find({ invoice }) {
    return invoice.attempts
      .filter(({ orderNumber, number }) => {
        // The prefix may have been configured otherwise when it was made.
        const [prefix = "", ...rest] = orderNumber.split("-");
        const derived = `${invoice.number}-${number.toString(36).toUpperCase()}`;
        return !/^[A-Z0-9]{1,4}$/.test(prefix) || rest.join("-") !== derived;
      })
      .map((attempt) => ({
        detail: `attempt ${attempt.number} is ${attempt.orderNumber}, invoice number ${invoice.number}`,
        since: attempt.initiatedAt,
      }));
  },
};

const uniqueNumber: Check<InvoiceScope> = {
  name: "number-not-unique",
  title: { en: "Two invoices share one number", ko: "같은 번호의 청구가 둘 이상" },
  advice: {
    en: "Their order numbers would meet at the gateway: hold both; then restore the unique index.",
    ko: "PG에서 주문번호가 겹칩니다. 둘 다 보류하고 고유 인덱스를 복구하십시오.",
  },
  find: ({ invoice, sameNumber }) =>
    when(
      sameNumber.length > 0,
      `${invoice.number} is also the number of ${sameNumber.join(", ")}`,
      invoice.createdAt,
    ),
};

export const ATTEMPT_CHECKS: readonly Check<InvoiceScope>[] = [
  oneSuccess,
  oneOpen,
  paidEvidence,
  unpaidApproval,
  sequence,
  orderNumbers,
  uniqueNumber,
];
