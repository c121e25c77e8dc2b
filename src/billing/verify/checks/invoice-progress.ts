/** What an invoice is to do next, and whether somebody does it. */
import { type Invoice, lastAttempt, nextRecheckAt } from "../../../domain/invoice.ts";
import { type Check, type InvoiceScope, isOlder, when } from "../finding.ts";
import { disagreementOf } from "./step-and-state.ts";

const stepAndState: Check<InvoiceScope> = {
  name: "step-and-state",
  title: {
    en: "What is to be done next does not fit the state",
    ko: "다음 작업(step)이 상태와 맞지 않음",
  },
  advice: {
    en: "Nobody will work on it as it stands. Ask the gateway what happened, then correct the step.",
    ko: "현재 상태로는 처리되지 않습니다. PG에서 결과를 확인한 뒤 step을 바로잡으십시오.",
  },
  find({ invoice }) {
    const disagreement = invoice.held === null ? disagreementOf(invoice) : null;
    return disagreement === null ? [] : [{ detail: disagreement }];
  },
};

const claimExpired: Check<InvoiceScope> = {
  name: "claim-expired",
  title: { en: "A claim's lease ran out long ago", ko: "작업 점유(lease)가 오래전에 만료됨" },
  advice: {
    en: "The sweep should have asked about it: see that a worker process with the sweep is running.",
    ko: "sweep이 처리했어야 합니다. 워커 프로세스가 실행 중인지 확인하십시오.",
  },
  find({ invoice }, moment) {
    const { claim } = invoice;
    if (invoice.step !== "call" || claim === null) return [];
    return when(
      isOlder(claim.leaseUntil, moment.bounds.claimMs, moment),
      `${claim.kind} ${claim.subject}, claimed by ${claim.worker}`,
      claim.leaseUntil,
    );
  },
};

const unknownCharge: Check<InvoiceScope> = {
  name: "charge-unknown",
  title: {
    en: "Nobody knows whether a charge moved money",
    ko: "결제 여부가 확인되지 않은 시도",
  },
  advice: {
    en: "Look for the order number in the gateway's console, then: npx billing resolve ORDER_NUMBER",
    ko: "PG 콘솔에서 주문번호를 확인한 뒤: npx billing resolve ORDER_NUMBER",
  },
  find({ invoice }, moment) {
    const attempt = lastAttempt(invoice);
    const isAsked = invoice.step === "ask" && invoice.claim?.kind === "charge";
    if (!isAsked || invoice.held !== null || attempt === undefined) return [];
    const since = attempt.unknownSince ?? attempt.claimedAt;
    const kinds = attempt.evidence.map((evidence) => evidence.kind);
    return when(
      isOlder(since, moment.bounds.unknownMs, moment),
      `${attempt.orderNumber} ${attempt.state}: ${attempt.reason ?? "no reason"}; ` +
        `call ${attempt.callEndedAt === null ? "not known to have ended" : "has ended"}; ` +
        `evidence: ${kinds.length === 0 ? "none" : kinds.join(", ")}`,
      since,
    );
  },
};

const unknownRefund: Check<InvoiceScope> = {
  name: "refund-unknown",
  title: {
    en: "Nobody knows whether a refund was made",
    ko: "환불 여부가 확인되지 않음",
  },
  advice: {
    en: "Look at the transaction in the gateway's console; its amount stays reserved meanwhile.",
    ko: "PG 콘솔에서 거래를 확인하십시오. 그동안 금액은 예약된 상태로 남습니다.",
  },
  find({ invoice }, moment) {
    if (invoice.step !== "ask" || invoice.held !== null) return [];
    return invoice.refunds.flatMap((refund) =>
      when(
        refund.state === "unknown" && isOlder(refund.claimedAt, moment.bounds.unknownMs, moment),
        `refund ${refund.id} of ${refund.transactionId}, ${refund.amount} won`,
        refund.claimedAt,
      ),
    );
  },
};

/** The later of the two times that a charge waits for, where both have passed. */
function dueSince(invoice: Invoice): Date {
  return invoice.dueAt > invoice.nextActionAt ? invoice.dueAt : invoice.nextActionAt;
}

const chargeOverdue: Check<InvoiceScope> = {
  name: "charge-overdue",
  title: { en: "A due charge has not been tried", ko: "결제 예정일이 지났으나 시도되지 않음" },
  advice: {
    en: "See that workers are running and reach the gateway; the sweep then finds it by itself.",
    ko: "워커가 실행 중이고 PG에 연결되는지 확인하십시오. 이후 sweep이 자동으로 처리합니다.",
  },
  find({ invoice }, moment) {
    const { at, bounds } = moment;
    const isWaiting = invoice.step === "charge" && invoice.held === null;
    const isDue = at.business.getTime() - invoice.dueAt.getTime() > bounds.dueMs;
    return when(
      isWaiting && isDue && isOlder(invoice.nextActionAt, bounds.dueMs, moment),
      `due ${invoice.dueAt.toISOString()}`,
      dueSince(invoice),
    );
  },
};

const windowOverdue: Check<InvoiceScope> = {
  name: "window-overdue",
  title: { en: "A payment window has not been ended", ko: "만료된 결제창이 종료되지 않음" },
  advice: {
    en: "The sweep should have ended it: see that a worker process with the sweep is running.",
    ko: "sweep이 종료했어야 합니다. 워커 프로세스가 실행 중인지 확인하십시오.",
  },
  find: ({ invoice }, moment) =>
    when(
      invoice.step === "window" && isOlder(invoice.nextActionAt, moment.bounds.dueMs, moment),
      `order ${invoice.window?.orderId ?? "-"}, ended ${invoice.nextActionAt.toISOString()}`,
      invoice.nextActionAt,
    ),
};

const refundOverdue: Check<InvoiceScope> = {
  name: "refund-overdue",
  title: { en: "A queued refund has not been sent", ko: "대기 중인 환불이 전송되지 않음" },
  advice: {
    en: "See that workers are running and reach the gateway; the sweep then finds it by itself.",
    ko: "워커가 실행 중이고 PG에 연결되는지 확인하십시오. 이후 sweep이 자동으로 처리합니다.",
  },
  find: ({ invoice }, moment) =>
    when(
      invoice.step === "refund" &&
        invoice.held === null &&
        isOlder(invoice.nextActionAt, moment.bounds.dueMs, moment),
      `due ${invoice.nextActionAt.toISOString()}`,
      invoice.nextActionAt,
    ),
};

const notTold: Check<InvoiceScope> = {
  name: "subscription-not-told",
  title: {
    en: "The subscription has not been told of an outcome",
    ko: "결제 결과가 구독에 반영되지 않음",
  },
  advice: {
    en: "The sweep should have done it: see that a worker process is running and read its log.",
    ko: "sweep이 처리했어야 합니다. 워커 실행 여부와 로그를 확인하십시오.",
  },
  find: ({ invoice, events }, moment) =>
    when(
      invoice.followUp &&
        invoice.held === null &&
        isOlder(events.lastAt, moment.bounds.sweepMs, moment),
      `followUp on a ${invoice.state} invoice`,
      events.lastAt,
    ),
};

const print = (at: Date | null): string => at?.toISOString() ?? "none";

const recheckMark: Check<InvoiceScope> = {
  name: "recheck-mark",
  title: {
    en: "The next second look is not the attempts' earliest",
    ko: "재확인 예정 시각이 시도 기록과 다름",
  },
  advice: {
    en: "Set recheckAt of the invoice to the earliest recheckAt of its attempts.",
    ko: "청구의 recheckAt을 시도 기록 중 가장 이른 recheckAt으로 바로잡으십시오.",
  },
  find({ invoice }) {
    const expected = nextRecheckAt(invoice.attempts);
    return when(
      print(expected) !== print(invoice.recheckAt),
      `recheckAt ${print(invoice.recheckAt)}, attempts ${print(expected)}`,
    );
  },
};

export const PROGRESS_CHECKS: readonly Check<InvoiceScope>[] = [
  stepAndState,
  claimExpired,
  unknownCharge,
  unknownRefund,
  chargeOverdue,
  windowOverdue,
  refundOverdue,
  notTold,
  recheckMark,
];
