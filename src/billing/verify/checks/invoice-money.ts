/** Money: what was captured, what may be given back, what was given back. */
import type { Invoice } from "../../../domain/invoice.ts";
import type { Refund, RefundState } from "../../../domain/refund.ts";
import { type Check, type InvoiceScope, when } from "../finding.ts";

const RESERVED: readonly RefundState[] = ["queued", "initiated", "unknown"];

const ownRefunds = (invoice: Invoice): Refund[] =>
  invoice.refunds.filter((refund) => !refund.surplus);

const sumOf = (refunds: readonly Refund[]): number =>
  refunds.reduce((sum, refund) => sum + refund.amount, 0);

const doneOf = (invoice: Invoice): number =>
  sumOf(ownRefunds(invoice).filter((refund) => refund.state === "done"));

const isWon = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

const wholeWon: Check<InvoiceScope> = {
  name: "amount-not-won",
  title: { en: "An amount is no whole number of won", ko: "금액이 원 단위 정수가 아님" },
  advice: {
    en: "Correct the amount by hand; nothing of ours writes such a value.",
    ko: "금액을 직접 바로잡으십시오. 시스템은 이런 값을 기록하지 않습니다.",
  },
  find({ invoice }) {
    const named: [string, number][] = [
      ["amount", invoice.amount],
      ...invoice.attempts.map(({ number, amount }): [string, number] => [
        `attempt ${number}`,
        amount,
      ]),
      ...invoice.refunds.map(({ id, amount }): [string, number] => [`refund ${id}`, amount]),
    ];
    return named
      .filter(([, amount]) => !isWon(amount))
      .map(([name, amount]) => ({ detail: `${name} is ${amount}` }));
  },
};

const captured: Check<InvoiceScope> = {
  name: "captured-differs",
  title: {
    en: "The captured amount is not the approved attempt's",
    ko: "매입 금액이 승인된 시도의 금액과 다름",
  },
  advice: {
    en: "Compare with the approval at the gateway and correct capturedAmount and refundable.",
    ko: "PG 승인 내역과 비교하여 capturedAmount와 refundable을 바로잡으십시오.",
  },
  find({ invoice }) {
    const approved = invoice.attempts.find((attempt) => attempt.state === "approved");
    const expected = invoice.state === "paid" && approved !== undefined ? approved.amount : 0;
    if (approved !== undefined && invoice.state !== "paid") return [];
    if (approved === undefined && invoice.state === "paid") return [];
    return when(
      invoice.capturedAmount !== expected,
      `captured ${invoice.capturedAmount}, approved ${expected}`,
    );
  },
};

const overRefunded: Check<InvoiceScope> = {
  name: "over-refunded",
  title: { en: "More was refunded than captured", ko: "매입 금액보다 많이 환불됨" },
  advice: {
    en: "Look at the refunds of this transaction at the gateway; stop further refunds of it.",
    ko: "PG에서 이 거래의 환불 내역을 확인하고 추가 환불을 중지하십시오.",
  },
  find({ invoice }) {
    const done = doneOf(invoice);
    return when(
      done > invoice.capturedAmount,
      `captured ${invoice.capturedAmount}, refunded ${done}`,
    );
  },
};

const balance: Check<InvoiceScope> = {
  name: "refund-balance",
  title: {
    en: "Refundable, reserved and refunded do not add up to what was captured",
    ko: "환불 가능·예약·완료 금액의 합이 매입 금액과 다름",
  },
  advice: {
    en: "Recompute refundable from the refunds at the gateway before anything more is given back.",
    ko: "추가 환불 전에 PG의 환불 내역으로 refundable을 다시 계산하십시오.",
  },
  find({ invoice }) {
    const { capturedAmount, refundable } = invoice;
    const reserved = sumOf(ownRefunds(invoice).filter(({ state }) => RESERVED.includes(state)));
    const done = doneOf(invoice);
    if (done > capturedAmount) return [];
    return when(
      refundable < 0 || refundable + reserved + done !== capturedAmount,
      `captured ${capturedAmount}, refundable ${refundable}, reserved ${reserved}, refunded ${done}`,
    );
  },
};

const refundTarget: Check<InvoiceScope> = {
  name: "refund-target",
  title: {
    en: "A refund names the wrong transaction",
    ko: "환불이 잘못된 거래를 가리킴",
  },
  advice: {
    en: "Find out at the gateway which approval was given back, and correct the refund.",
    ko: "PG에서 어느 승인이 환불되었는지 확인하고 환불 기록을 바로잡으십시오.",
  },
  find({ invoice }) {
    const approved = invoice.attempts.find((attempt) => attempt.state === "approved");
    const paidBy = approved?.transaction?.id;
    return invoice.refunds
      .filter(
        (refund) => paidBy !== undefined && (refund.transactionId !== paidBy) !== refund.surplus,
      )
      .map((refund) => ({
        detail: `refund ${refund.id} of ${refund.transactionId}, paid by ${paidBy ?? "-"}`,
        since: refund.requestedAt,
      }));
  },
};

export const MONEY_CHECKS: readonly Check<InvoiceScope>[] = [
  wholeWon,
  captured,
  overRefunded,
  balance,
  refundTarget,
];
