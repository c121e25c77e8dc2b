import type { PaidReason, RefundReason } from "../../domain/why-reason.ts";
import type { WhyText } from "./why-text.ts";

/** Paid, and all of it still held. */
export const PAID_TEXTS: Readonly<Record<PaidReason, WhyText>> = {
  paid: {
    en: ({ amount }) => `charged ${amount}`,
    ko: ({ amount }) => `${amount} 청구 완료.`,
  },
  paid_after_decline: {
    en: ({ amount }) => `charged ${amount}, after an earlier try was declined`,
    ko: ({ amount }) => `이전 거절 후 재시도하여 ${amount} 청구 완료.`,
  },
  paid_after_lost_reply: {
    en: ({ amount }) =>
      `charged ${amount} once; the gateway's answer was lost, and the charge was found afterwards`,
    ko: ({ amount }) => `응답을 받지 못했으나 확인 결과 ${amount} 한 번 청구 완료.`,
  },
  paid_under_new_number: {
    en: ({ amount }) =>
      `charged ${amount} under a new order number, since an earlier request never reached the gateway`,
    ko: ({ amount }) => `이전 요청이 결제사에 접수되지 않아 새 주문번호로 ${amount} 청구 완료.`,
  },
  paid_adopted_late: {
    en: ({ amount }) =>
      `charged ${amount}; the approval turned up after the attempt had been closed`,
    ko: ({ amount }) => `시도를 마감한 뒤 승인이 확인되어 ${amount} 청구 완료.`,
  },
  paid_a_period_late: {
    en: ({ amount }) => `charged ${amount}, a whole period or more too late`,
    ko: ({ amount }) => `한 주기 이상 늦게 ${amount} 청구 완료.`,
  },
};

/** Paid, and some of it goes back or is back. */
export const REFUND_TEXTS: Readonly<Record<RefundReason, WhyText>> = {
  refund_on_its_way: {
    en: ({ amount, refund, next }) =>
      `charged ${amount}; the refund of ${refund} is sent to the gateway ${next}`,
    ko: ({ amount, refund, next }) => `${amount} 청구 완료. ${next} ${refund}을 환불합니다.`,
  },
  refund_being_sent: {
    en: ({ refund }) =>
      `not yet known; it was charged, and the refund of ${refund} is being sent to the gateway`,
    ko: ({ refund }) => `확인 중. 청구된 금액 중 ${refund} 환불이 진행되고 있습니다.`,
  },
  refund_unknown: {
    en: ({ refund, next }) =>
      `not yet known; it was charged, and the gateway is asked ${next} whether the refund of ${refund} was made`,
    ko: ({ refund, next }) =>
      `확인 중. 청구 후 ${refund} 환불 여부가 확인되지 않아 ${next} 결제사에 조회합니다.`,
  },
  part_refund_unknown: {
    en: ({ amount, refund, next }) =>
      `charged ${amount}; the gateway is asked ${next} whether the refund of ${refund} was made`,
    ko: ({ amount, refund, next }) =>
      `${amount} 청구 완료. ${refund} 환불 여부가 확인되지 않아 ${next} 결제사에 조회합니다.`,
  },
  held_refund_unknown: {
    en: ({ refund }) =>
      `not yet known; it was charged, and an operator has to find out whether the refund of ${refund} was made`,
    ko: ({ refund }) => `확인 중. 청구 후 ${refund} 환불 여부를 담당자가 확인해야 합니다.`,
  },
  held_part_refund_unknown: {
    en: ({ amount, refund }) =>
      `charged ${amount}; an operator has to find out whether the refund of ${refund} was made`,
    ko: ({ amount, refund }) =>
      `${amount} 청구 완료. ${refund} 환불 여부를 담당자가 확인해야 합니다.`,
  },
  refund_refused: {
    en: ({ amount, refund }) => `charged ${amount}; the gateway refused the refund of ${refund}`,
    ko: ({ amount, refund }) => `${amount} 청구 완료. 결제사가 ${refund} 환불을 거절했습니다.`,
  },
  refunded_part: {
    en: ({ amount, refund }) => `charged ${amount}, of which ${refund} were refunded`,
    ko: ({ amount, refund }) => `${amount} 청구 완료, 그중 ${refund} 환불 완료.`,
  },
  refunded_whole: {
    en: ({ amount, other }) =>
      `not charged in the end; ${amount} were charged and refunded${other}`,
    ko: ({ amount, other }) => `청구 후 전액 환불.${other} ${amount} 환불 완료.`,
  },
  canceled_in_flight_refunding: {
    en: ({ amount, next }) =>
      `charged ${amount} while the subscription was being cancelled; the refund is sent to the gateway ${next}`,
    ko: ({ amount, next }) => `해지와 동시에 ${amount} 청구됨. ${next} 전액 환불합니다.`,
  },
  canceled_in_flight_refunded: {
    en: ({ amount, other }) =>
      `not charged in the end; ${amount} were charged while the subscription was being cancelled, and refunded${other}`,
    ko: ({ amount, other }) => `해지와 동시에 ${amount} 청구됨.${other} 전액 환불 완료.`,
  },
  surplus_refunding: {
    en: ({ amount, refund, next }) =>
      `charged ${amount}; an approval of ${refund} beyond that was found, and its refund is sent to the gateway ${next}`,
    ko: ({ amount, refund, next }) =>
      `${amount} 청구 완료. 초과 승인 ${refund} 확인, ${next} 환불합니다.`,
  },
  late_approval_refunding: {
    en: ({ refund, next }) =>
      `charged ${refund}, although the charge had been given up; the refund is sent to the gateway ${next}`,
    ko: ({ refund, next }) => `청구를 포기한 뒤 ${refund} 승인 확인. ${next} 환불합니다.`,
  },
  late_approval_refunded: {
    en: ({ refund, other }) =>
      `not charged in the end; ${refund} were charged although the charge had been given up, and refunded${other}`,
    ko: ({ refund, other }) => `청구를 포기한 뒤 ${refund} 승인 확인.${other} 환불 완료.`,
  },
};
