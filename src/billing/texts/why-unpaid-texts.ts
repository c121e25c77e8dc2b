import type { EndedReason, OpenReason, UnopenedReason } from "../../domain/why-reason.ts";
import type { WhyText } from "./why-text.ts";

/** Periods without an invoice. */
export const UNOPENED_TEXTS: Readonly<Record<UnopenedReason, WhyText>> = {
  before_first_period: {
    en: () => "the first charge falls due; nothing is charged before it",
    ko: () => "첫 청구 시각입니다. 그 전에는 청구하지 않습니다.",
  },
  in_trial: {
    en: () =>
      "the first charge falls due once the free trial is over; nothing is charged before it",
    ko: () => "무료 체험이 끝난 뒤의 첫 청구 시각입니다. 그 전에는 청구하지 않습니다.",
  },
  not_due_yet: {
    en: ({ amount }) => `not charged yet; ${amount} will be charged then`,
    ko: ({ amount }) => `아직 미청구. 이때 ${amount}을 청구할 예정입니다.`,
  },
  due_not_opened: {
    en: ({ amount }) => `due and not charged yet; ${amount} will be charged in a moment`,
    ko: ({ amount }) => `아직 미청구. 곧 ${amount}을 청구합니다.`,
  },
  ends_before: {
    en: ({ other }) => `not charged; the subscription was cancelled and ends${other}`,
    ko: ({ other }) => `청구하지 않습니다. 해지 예약된 구독으로,${other} 이용이 끝납니다.`,
  },
  canceled: {
    en: ({ other, note }) => `not charged; the subscription was cancelled${other}${note}`,
    ko: ({ other, note }) => `청구하지 않습니다.${other} 해지된 구독입니다${note}.`,
  },
  ended_unpaid: {
    en: () => "not charged; the subscription stands still because an earlier period is unpaid",
    ko: () => "청구하지 않습니다. 이전 기간의 미납으로 중단된 구독입니다.",
  },
  paused: {
    en: () => "not charged; the subscription is paused until somebody resumes it",
    ko: () => "청구하지 않습니다. 재개할 때까지 일시 중지된 구독입니다.",
  },
  parked: {
    en: ({ note }) =>
      `not charged; the subscription is stopped until an operator releases it${note}`,
    ko: ({ note }) => `미청구. 담당자가 해제할 때까지 중단된 구독입니다${note}.`,
  },
};

/** Open invoices. */
export const OPEN_TEXTS: Readonly<Record<OpenReason, WhyText>> = {
  due_now: {
    en: ({ amount, next }) => `due and not charged yet; ${amount} will be charged ${next}`,
    ko: ({ amount, next }) => `아직 미청구. ${next} ${amount}을 청구합니다.`,
  },
  being_charged: {
    en: ({ amount }) => `not yet known; the charge of ${amount} is under way`,
    ko: ({ amount }) => `확인 중. ${amount} 청구가 진행되고 있습니다.`,
  },
  reply_lost: {
    en: ({ amount, next }) =>
      `not yet known; the answer to the charge of ${amount} was lost, and the gateway is asked about it ${next}`,
    ko: ({ amount, next }) =>
      `확인 중. ${amount} 청구에 대한 응답을 받지 못해 ${next} 결제사에 조회합니다.`,
  },
  reply_lost_for_long: {
    en: ({ amount, next }) =>
      `not yet known; the answer to the charge of ${amount} has been missing for more than an hour, ` +
      `the gateway is asked again ${next}, and an operator may settle it`,
    ko: ({ amount, next }) =>
      `확인 중. ${amount} 청구에 대한 응답이 한 시간 넘게 확인되지 않았습니다. ` +
      `${next} 다시 조회하며, 담당자가 직접 확정할 수 있습니다.`,
  },
  pending_at_gateway: {
    en: ({ amount, next }) =>
      `not yet known; the gateway has the charge of ${amount} in hand and is asked about it ${next}`,
    ko: ({ amount, next }) =>
      `확인 중. 결제사가 ${amount} 청구를 처리하고 있으며, ${next} 결과를 조회합니다.`,
  },
  in_window: {
    en: ({ next }) =>
      `not charged; the customer has a payment window open, and nothing is taken before they come back (${next} it ends)`,
    ko: ({ next }) =>
      `미청구. 고객이 결제창에서 결제하기를 기다리고 있습니다. 인증을 마치고 돌아와야 청구되며, ${next} 만료됩니다.`,
  },
  in_gateway_window: {
    en: ({ amount, next }) =>
      `not yet known; the customer may pay ${amount} in the payment company's window, which ends ${next}`,
    ko: ({ amount, next }) =>
      `확인 중. 고객이 결제사 결제창에서 ${amount}을 결제할 수 있으며, ${next} 만료됩니다.`,
  },
  deposit_awaited: {
    en: ({ amount, next }) =>
      `not yet known; a virtual account waits for a deposit of ${amount} and ends ${next}`,
    ko: ({ amount, next }) =>
      `확인 중. 가상계좌에 ${amount} 입금을 기다리고 있으며, ${next} 만료됩니다.`,
  },
  canceled_in_flight: {
    en: ({ amount }) =>
      `not yet known; the subscription was cancelled while ${amount} were being charged, ` +
      "and they go back if they were taken",
    ko: ({ amount }) => `확인 중. ${amount} 청구 도중 해지되었습니다. 청구되었다면 환불합니다.`,
  },
  declined_will_retry: {
    en: ({ decline, next }) => `not charged, ${decline}; tried again ${next}`,
    ko: ({ decline, next }) => `${decline} 미청구. ${next} 다시 청구합니다.`,
  },
  merchant_declined_will_retry: {
    en: ({ decline, next }) =>
      `not charged, ${decline}, which is no fault of the card; tried again ${next}`,
    ko: ({ decline, next }) => `${decline} 미청구 (카드 문제 아님). ${next} 다시 청구합니다.`,
  },
  never_arrived: {
    en: ({ next }) =>
      `not charged, the request never reached the gateway; charged under a new order number ${next}`,
    ko: ({ next }) =>
      `결제사에 요청이 접수되지 않아 미청구. ${next} 새 주문번호로 다시 청구합니다.`,
  },
  account_stopped: {
    en: ({ next, decline }) =>
      `not charged, the gateway account is stopped since ${decline}; tried again ${next}`,
    ko: ({ next, decline }) => `${decline} 결제사 계정이 중지되어 미청구. ${next} 다시 청구합니다.`,
  },
  out_of_reach: {
    en: ({ next }) => `not charged, the gateway is out of reach; tried again ${next}`,
    ko: ({ next }) => `결제사에 연결되지 않아 미청구. ${next} 다시 청구합니다.`,
  },
  card_key_not_usable: {
    en: ({ next }) =>
      `not charged, the saved card cannot be used; tried again ${next}, but another card is needed`,
    ko: ({ next }) =>
      `저장된 카드를 사용할 수 없어 미청구. ${next} 다시 청구하지만, 다른 카드 등록이 필요합니다.`,
  },
  held_late: {
    en: () =>
      "not charged, the period was found a whole period too late; an operator decides about it",
    ko: () => "한 주기 이상 늦게 발견되어 미청구. 담당자가 청구 여부를 정합니다.",
  },
  held_too_many_attempts: {
    en: () => "not charged after too many attempts; an operator decides about it",
    ko: () => "시도 횟수 초과로 미청구. 담당자가 청구 여부를 정합니다.",
  },
  held_amount_mismatch: {
    en: () =>
      "not yet known; the gateway shows another amount under the order number, and an operator decides about it",
    ko: () => "확인 중. 결제사의 금액이 주문 금액과 달라 담당자가 확인합니다.",
  },
  held_parked: {
    en: () => "not charged; the subscription is stopped until an operator releases it",
    ko: () => "미청구. 담당자가 해제할 때까지 중단된 구독입니다.",
  },
  held_broken: {
    en: () => "not yet known; the record contradicts itself, and an operator has to look at it",
    ko: () => "확인 중. 기록에 모순이 있어 담당자가 확인해야 합니다.",
  },
};

/** Invoices that ended without money. */
export const ENDED_TEXTS: Readonly<Record<EndedReason, WhyText>> = {
  declined_for_good: {
    en: ({ decline }) => `not charged, ${decline}; this card is not tried again`,
    ko: ({ decline }) => `${decline} 미청구. 이 카드로는 다시 청구하지 않습니다.`,
  },
  ladder_used_up: {
    en: ({ decline }) => `not charged, ${decline}; that was the last try`,
    ko: ({ decline }) => `${decline} 미청구. 재시도가 모두 끝났습니다.`,
  },
  payment_declined: {
    en: ({ decline }) => `not charged, ${decline}`,
    ko: ({ decline }) => `${decline} 미청구.`,
  },
  payment_never_arrived: {
    en: () => "not charged; it never reached the payment company, and the card was not kept",
    ko: () => "미청구. 결제사에 전달되지 않았으며 카드 정보는 보관하지 않습니다.",
  },
  window_expired: {
    en: () => "not charged; nobody finished the payment in its window in time",
    ko: () => "미청구. 결제창에서 시간 안에 결제를 마치지 않았습니다.",
  },
  window_refused: {
    en: () => "not charged; the payment company opened no window for this order",
    ko: () => "미청구. 결제사가 이 주문의 결제창을 열어 주지 않았습니다.",
  },
  voided_by_cancel: {
    en: ({ other, note }) => `not charged; the subscription was cancelled${other}${note}`,
    ko: ({ other, note }) => `미청구.${other} 해지된 구독입니다${note}.`,
  },
  voided_by_unpaid: {
    en: () => "not charged; it was given up because another period is unpaid",
    ko: () => "미청구. 다른 기간의 미납으로 구독이 중단되어 청구하지 않습니다.",
  },
  voided_by_pause: {
    en: () => "not charged; the subscription was paused",
    ko: () => "미청구. 구독이 일시 중지되어 청구하지 않습니다.",
  },
  voided: {
    en: () => "not charged; it was given up while the subscription had ended or stood still",
    ko: () => "미청구. 구독이 끝났거나 중단된 동안의 건으로 청구하지 않습니다.",
  },
  waived: {
    en: () =>
      "not charged; the period was found a whole period too late, and an operator waived it",
    ko: () => "미청구. 한 주기 이상 늦게 발견되어 담당자가 청구를 면제했습니다.",
  },
};
