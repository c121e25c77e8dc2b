/** Why a period, or a one-off payment, is charged or not: every reason there is, what it claims and who can change it. */

import type { DeclineCode } from "./decline.ts";

/** What is said about the money: does anything of it stand with the merchant now? */
export type Claim = "charged" | "not_charged" | "not_yet_known";

/** Who can change what is told: by another card, by a call of the API, or by the `billing` program. */
export type Changer = "customer" | "merchant" | "operator";

/** The period has no invoice: it has not come, or it never will. */
export type UnopenedReason =
  | "before_first_period"
  | "in_trial"
  | "not_due_yet"
  | "due_not_opened"
  | "ends_before"
  | "canceled"
  | "ended_unpaid"
  | "paused"
  | "parked";

/** The invoice is open. */
export type OpenReason =
  | "due_now"
  | "being_charged"
  | "reply_lost"
  | "reply_lost_for_long"
  | "pending_at_gateway"
  | "in_window"
  | "in_gateway_window"
  | "deposit_awaited"
  | "canceled_in_flight"
  | "declined_will_retry"
  | "merchant_declined_will_retry"
  | "never_arrived"
  | "account_stopped"
  | "out_of_reach"
  | "card_key_not_usable"
  | "held_late"
  | "held_too_many_attempts"
  | "held_amount_mismatch"
  | "held_parked"
  | "held_broken";

/** The invoice has ended and nobody paid it. */
export type EndedReason =
  | "declined_for_good"
  | "ladder_used_up"
  | "payment_declined"
  | "payment_never_arrived"
  | "window_expired"
  | "window_refused"
  | "voided_by_cancel"
  | "voided_by_unpaid"
  | "voided_by_pause"
  | "voided"
  | "waived";

/** The invoice was paid. */
export type PaidReason =
  | "paid"
  | "paid_after_decline"
  | "paid_after_lost_reply"
  | "paid_under_new_number"
  | "paid_adopted_late"
  | "paid_a_period_late";

/** Money came in, and some of it goes back. */
export type RefundReason =
  | "refund_on_its_way"
  | "refund_being_sent"
  | "refund_unknown"
  | "part_refund_unknown"
  | "held_refund_unknown"
  | "held_part_refund_unknown"
  | "refund_refused"
  | "refunded_part"
  | "refunded_whole"
  | "canceled_in_flight_refunding"
  | "canceled_in_flight_refunded"
  | "surplus_refunding"
  | "late_approval_refunding"
  | "late_approval_refunded";

export type WhyReason = UnopenedReason | OpenReason | EndedReason | PaidReason | RefundReason;

interface ReasonFacts {
  claim: Claim;
  whoCanChange: readonly Changer[];
}

function reason(claim: Claim, ...whoCanChange: Changer[]): ReasonFacts {
  return { claim, whoCanChange };
}

/** Every reason with its claim. Money that is on its way back, and may have arrived, is not yet known. */
export const WHY_REASONS: Readonly<Record<WhyReason, ReasonFacts>> = {
  before_first_period: reason("not_charged"),
  in_trial: reason("not_charged", "merchant"),
  not_due_yet: reason("not_charged", "merchant"),
  due_not_opened: reason("not_charged", "merchant"),
  ends_before: reason("not_charged", "merchant"),
  canceled: reason("not_charged", "merchant"),
  ended_unpaid: reason("not_charged", "customer", "merchant"),
  paused: reason("not_charged", "merchant"),
  parked: reason("not_charged", "operator"),

  due_now: reason("not_charged", "merchant"),
  being_charged: reason("not_yet_known"),
  reply_lost: reason("not_yet_known", "operator"),
  reply_lost_for_long: reason("not_yet_known", "operator"),
  pending_at_gateway: reason("not_yet_known", "operator"),
  in_window: reason("not_charged", "customer", "merchant"),
  in_gateway_window: reason("not_yet_known", "customer", "merchant"),
  deposit_awaited: reason("not_yet_known", "customer", "merchant"),
  canceled_in_flight: reason("not_yet_known", "operator"),
  declined_will_retry: reason("not_charged", "customer", "merchant"),
  merchant_declined_will_retry: reason("not_charged", "merchant"),
  never_arrived: reason("not_charged", "merchant"),
  account_stopped: reason("not_charged", "operator"),
  out_of_reach: reason("not_charged", "merchant"),
  card_key_not_usable: reason("not_charged", "customer", "merchant"),
  held_late: reason("not_charged", "operator"),
  held_too_many_attempts: reason("not_charged", "operator"),
  held_amount_mismatch: reason("not_yet_known", "operator"),
  held_parked: reason("not_charged", "operator"),
  held_broken: reason("not_yet_known", "operator"),

  declined_for_good: reason("not_charged", "customer", "merchant"),
  ladder_used_up: reason("not_charged", "customer", "merchant"),
  payment_declined: reason("not_charged", "customer", "merchant"),
  payment_never_arrived: reason("not_charged", "customer", "merchant"),
  window_expired: reason("not_charged", "customer", "merchant"),
  window_refused: reason("not_charged", "merchant"),
  voided_by_cancel: reason("not_charged", "merchant"),
  voided_by_unpaid: reason("not_charged", "customer", "merchant"),
  voided_by_pause: reason("not_charged", "merchant"),
  voided: reason("not_charged", "merchant"),
  waived: reason("not_charged", "merchant"),

  paid: reason("charged", "merchant"),
  paid_after_decline: reason("charged", "merchant"),
  paid_after_lost_reply: reason("charged", "merchant"),
  paid_under_new_number: reason("charged", "merchant"),
  paid_adopted_late: reason("charged", "merchant"),
  paid_a_period_late: reason("charged", "merchant"),

  refund_on_its_way: reason("charged"),
  refund_being_sent: reason("not_yet_known"),
  refund_unknown: reason("not_yet_known"),
  part_refund_unknown: reason("charged"),
  held_refund_unknown: reason("not_yet_known", "operator"),
  held_part_refund_unknown: reason("charged", "operator"),
  refund_refused: reason("charged", "merchant"),
  refunded_part: reason("charged", "merchant"),
  refunded_whole: reason("not_charged", "merchant"),
  canceled_in_flight_refunding: reason("charged"),
  canceled_in_flight_refunded: reason("not_charged", "merchant"),
  surplus_refunding: reason("charged"),
  late_approval_refunding: reason("charged"),
  late_approval_refunded: reason("not_charged", "merchant"),
};

/** Every reason by its name. */
export const WHY_REASON_NAMES = Object.keys(WHY_REASONS) as readonly WhyReason[];

/** The one thing that comes next, of itself or by a person. */
export type NextThing = "charge" | "look_up" | "refund" | "decision" | "renewal" | "end";

/** What comes next, and the business instant at which it does; null where a person has to begin. */
export interface NextStep {
  what: NextThing;
  at: Date | null;
}

/** What a rule found out about a period. */
export interface Finding {
  reason: WhyReason;
  /** Business instant that the answer is about. */
  at: Date;
  next: NextStep | null;
  declineCode?: DeclineCode;
  /** Won that are on their way back, or are back. */
  refundAmount?: number;
  /** Another business instant that belongs to the answer: of an end, of a refund. */
  otherAt?: Date;
  /** Words that a person gave. */
  note?: string;
}
