/** One case for each reason: documents made by the rules themselves wherever they can be. */
import { type AccountPause, newAccountPause } from "../../src/domain/account-pause.ts";
import { closeAbsent, recordReading } from "../../src/domain/ask-rules.ts";
import { type DeclineCode, createDecline } from "../../src/domain/decline.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import { recordLateApproval } from "../../src/domain/late-rules.ts";
import { newRefund } from "../../src/domain/refund.ts";
import {
  claimRefund,
  recordRefundOutcome,
  recordRefundReading,
} from "../../src/domain/refund-rules.ts";
import type { RefundOutcome } from "../../src/domain/outcome.ts";
import { awaitDeposit, endWindow, refuseWindow } from "../../src/domain/payment-window.ts";
import {
  deferInvoice,
  holdInvoice,
  reserveRefund,
  voidInvoice,
} from "../../src/domain/settle-rules.ts";
import {
  type Subscription,
  advancePeriod,
  cancelAtPeriodEnd,
  endSubscription,
  parkSubscription,
} from "../../src/domain/subscription.ts";
import type { Claim, WhyReason } from "../../src/domain/why-reason.ts";
import {
  AMOUNT,
  DAY_MS,
  HOUR_MS,
  POLICY,
  REFUND_POLICY,
  after,
  approved,
  claimRequest,
  claimed,
  declined,
  foundOf,
  given,
  newSubscription,
  newest,
  periodInvoice,
  recorded,
  recordingAt,
  unknownInvoice,
} from "../domain/fixtures.ts";
import { paymentInvoice, windowInvoice } from "../domain/fixtures.ts";

/** A subscription of period 0 from 5 January on, with that period's invoice opened. */
export const OPENED = advancePeriod(newSubscription(), after(0));

export interface Case {
  claim: Claim;
  subscription: Subscription | null;
  invoice: Invoice | null;
  /** Milliseconds after the start at which it is asked, and the period. */
  askedMs?: number;
  number?: number;
  on?: string;
  /** What stops the charges of its account. */
  pause?: AccountPause;
}

const STOPPED = newAccountPause(
  { gateway: "cookiepay", account: "default" },
  "charge",
  {
    decline: createDecline("merchant_limit", { code: "2005", message: "한도" }),
    orderNumber: "KB-1",
  },
  { at: after(0), actor: "charge", backoff: POLICY.pauseBackoff },
);

/** Into which a customer is to pay. */
const ACCOUNT = {
  bankName: "국민은행",
  accountNumber: "00000000000000",
  holder: "상점",
  endsAt: after(3 * DAY_MS).operational,
};

const paid = recorded(claimed(periodInvoice()), approved());
const move = { at: after(HOUR_MS), actor: "api" as const, reason: "customer asked" };
const canceled = endSubscription(OPENED, "canceled", move);

function refunding(invoice: Invoice, amount = AMOUNT): Invoice {
  return reserveRefund(invoice, {
    id: `ref_${invoice.refunds.length}`,
    amount,
    reason: "customer asked",
    at: after(HOUR_MS),
    actor: "api",
  });
}

function sending(invoice: Invoice): Invoice {
  const ms = 2 * HOUR_MS;
  return given(claimRefund(invoice, claimRequest(ms, "refund-token", 0)));
}

function refundOutcome(invoice: Invoice, outcome: RefundOutcome): Invoice {
  const result = { token: "refund-token", outcome };
  return given(recordRefundOutcome(invoice, result, REFUND_POLICY, recordingAt(2 * HOUR_MS)));
}

const refunded = (invoice: Invoice) =>
  refundOutcome(sending(invoice), {
    kind: "approved",
    refundTransactionId: "R1",
    refundedAt: after(2 * HOUR_MS).business,
  });
const refundLost = (invoice: Invoice) =>
  refundOutcome(sending(invoice), { kind: "unknown", reason: "timeout" });

/** The gateway was asked about it, long enough after. It makes a whole refund once at most. */
function refundAskedAbout(invoice: Invoice): Invoice {
  const asked = {
    token: "refund-token",
    reading: { kind: "found" as const, refunded: false },
  };
  return given(recordRefundReading(invoice, asked, REFUND_POLICY, recordingAt(DAY_MS)));
}

function declinedBy(code: DeclineCode, invoice = periodInvoice()): Invoice {
  return recorded(claimed(invoice), declined(code));
}

function absent(): Invoice {
  return closeAbsent(unknownInvoice(), POLICY, recordingAt(HOUR_MS));
}

/** Asked about, and the gateway lists it. */
function found(amount = AMOUNT): Invoice {
  const reading = { kind: "found" as const, transactions: [foundOf("T1", { amount })] };
  const asked = { token: "token-1", reading };
  return given(recordReading(unknownInvoice(), asked, POLICY, recordingAt(2000)));
}

function chargedAgain(invoice: Invoice, ms: number): Invoice {
  const due = { ...invoice, dueAt: after(ms).business, nextActionAt: after(ms).operational };
  return recorded(claimed(due, ms, "token-2"), approved("T2"), ms + 1000);
}

/** The last step of the ladder has been declined. */
function ladderUsedUp(): Invoice {
  const dunning = { step: 4, firstDeclinedAt: after(0).business };
  return declinedBy("insufficient_funds", periodInvoice({ dunning }));
}

const closedVoid = voidInvoice(absent(), { at: after(HOUR_MS), actor: "api" }, "canceled");
const surplusAfterVoid = given(
  recordLateApproval(
    { ...closedVoid, version: canceled.version },
    { orderNumber: newest(closedVoid).orderNumber, transaction: foundOf("T9") },
    recordingAt(HOUR_MS),
  ),
);
const stopped = recorded({ ...claimed(periodInvoice()), stop: true }, approved());
const late = periodInvoice({
  createdAt: after(40 * DAY_MS).business,
  held: "late",
  step: "none",
});

const about = (claim: Claim, invoice: Invoice | null, subscription = OPENED): Case => ({
  claim,
  subscription,
  invoice,
});
const unopened = (subscription: Subscription, more: Partial<Case> = {}): Case => ({
  ...about("not_charged", null, subscription),
  ...more,
});

const amountMismatch = given(
  recordLateApproval(
    absent(),
    {
      orderNumber: newest(absent()).orderNumber,
      transaction: foundOf("T1", { amount: AMOUNT + 1 }),
    },
    recordingAt(DAY_MS),
  ),
);

/** Reasons that hold in more than one way: the other ways. */
export const OTHER_WAYS: readonly (readonly [string, WhyReason, Case])[] = [
  [
    "the gateway gave no answer to the connection",
    "out_of_reach",
    about(
      "not_charged",
      recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "pay: refused" }),
    ),
  ],
  [
    "a whole refund without an answer is to be sent again",
    "refund_being_sent",
    about("not_yet_known", refundAskedAbout(refundLost(refunding(paid)))),
  ],
  [
    "its invoice waits for its day",
    "not_due_yet",
    about("not_charged", periodInvoice({ dueAt: after(DAY_MS).business })),
  ],
  [
    "another amount turned up later",
    "held_amount_mismatch",
    about("not_yet_known", amountMismatch),
  ],
  [
    "another amount turned up beside a payment",
    "held_amount_mismatch",
    about("not_yet_known", holdInvoice(paid, "amount_mismatch", recordingAt(DAY_MS))),
  ],
  [
    "the parking has not reached its invoice",
    "parked",
    about("not_charged", periodInvoice(), parkSubscription(OPENED, { ...move, reason: "a gap" })),
  ],
  [
    "the cancel has not reached its invoice",
    "voided_by_cancel",
    about("not_charged", periodInvoice(), canceled),
  ],
  [
    "it was opened again and has not paid yet",
    "ended_unpaid",
    unopened({ ...OPENED, state: "past_due", nextPeriodAt: null }, { number: 1 }),
  ],
  [
    "its account is stopped, and its day has not come",
    "not_due_yet",
    {
      ...about("not_charged", periodInvoice({ dueAt: after(DAY_MS).business })),
      pause: STOPPED,
    },
  ],
  [
    "an unsent number was given up for other terms",
    "declined_will_retry",
    about("not_charged", withAbandoned(declinedBy("limit_exceeded"))),
  ],
];

/** With one more attempt, which never left. */
function withAbandoned(invoice: Invoice): Invoice {
  const last = newest(invoice);
  const more = { ...last, number: 2, state: "abandoned" as const, decline: null };
  return { ...invoice, attempts: [last, more] };
}

/** Every reason; the compiler knows that none is missing. */
export const CASES: Readonly<Record<WhyReason, Case>> = {
  before_first_period: unopened(OPENED, { on: "2026-01-04" }),
  in_trial: unopened(newSubscription({ trialDays: 31 }), { on: "2026-01-20" }),
  not_due_yet: unopened(OPENED, { number: 3 }),
  due_not_opened: unopened(OPENED, { number: 1, askedMs: 40 * DAY_MS }),
  ends_before: unopened(cancelAtPeriodEnd(OPENED, move), { number: 1 }),
  canceled: unopened(canceled, { number: 1 }),
  ended_unpaid: unopened(endSubscription(OPENED, "unpaid", move), { number: 1 }),
  paused: unopened({ ...OPENED, state: "paused" }, { number: 1 }),
  parked: unopened(parkSubscription(OPENED, { ...move, reason: "a gap" }), { number: 1 }),

  due_now: about("not_charged", periodInvoice()),
  being_charged: about("not_yet_known", claimed(periodInvoice())),
  reply_lost: about("not_yet_known", unknownInvoice()),
  reply_lost_for_long: { ...about("not_yet_known", unknownInvoice()), askedMs: 2 * HOUR_MS },
  pending_at_gateway: about(
    "not_yet_known",
    recorded(claimed(periodInvoice()), { kind: "pending", reason: "in hand" }),
  ),
  in_window: { claim: "not_charged", subscription: null, invoice: windowInvoice("merchant") },
  in_gateway_window: {
    claim: "not_yet_known",
    subscription: null,
    invoice: windowInvoice("gateway"),
  },
  deposit_awaited: {
    claim: "not_yet_known",
    subscription: null,
    invoice: given(awaitDeposit(windowInvoice("gateway"), ACCOUNT)),
  },
  canceled_in_flight: about(
    "not_yet_known",
    { ...unknownInvoice(), stop: true, behind: true },
    canceled,
  ),
  declined_will_retry: about("not_charged", declinedBy("insufficient_funds")),
  merchant_declined_will_retry: about("not_charged", declinedBy("request_refused")),
  never_arrived: about("not_charged", absent()),
  account_stopped: { ...about("not_charged", declinedBy("merchant_limit")), pause: STOPPED },
  out_of_reach: about("not_charged", deferInvoice(periodInvoice(), POLICY, recordingAt(0))),
  card_key_not_usable: about(
    "not_charged",
    recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "billing key is not active" }),
  ),
  held_late: about("not_charged", late),
  held_too_many_attempts: about(
    "not_charged",
    holdInvoice(declinedBy("merchant_limit"), "too_many_attempts", recordingAt(0)),
  ),
  held_amount_mismatch: about("not_yet_known", found(AMOUNT + 1)),
  held_parked: about("not_charged", periodInvoice({ held: "parked" })),
  held_broken: about("not_yet_known", { ...paid, held: "broken" }),

  declined_for_good: about("not_charged", declinedBy("card_lost_or_stolen")),
  ladder_used_up: about("not_charged", ladderUsedUp()),
  payment_declined: {
    claim: "not_charged",
    subscription: null,
    invoice: declinedBy("limit_exceeded", paymentInvoice()),
  },
  payment_never_arrived: {
    claim: "not_charged",
    subscription: null,
    invoice: recorded(claimed(paymentInvoice({ paidWith: "card", billingKeyId: null })), {
      kind: "not_sent",
      reason: "ECONNREFUSED",
    }),
  },
  window_expired: {
    claim: "not_charged",
    subscription: null,
    invoice: given(endWindow(windowInvoice("merchant"), POLICY, recordingAt(HOUR_MS))),
  },
  window_refused: {
    claim: "not_charged",
    subscription: null,
    invoice: given(refuseWindow(windowInvoice("gateway", { opened: null }), "9102", move)),
  },
  voided_by_cancel: about(
    "not_charged",
    { ...voidInvoice(periodInvoice(), move, "canceled"), version: canceled.version },
    canceled,
  ),
  voided_by_unpaid: about(
    "not_charged",
    { ...voidInvoice(periodInvoice(), move, "canceled"), version: 2 },
    endSubscription(OPENED, "unpaid", move),
  ),
  voided_by_pause: about("not_charged", voidInvoice(periodInvoice(), move, "canceled"), {
    ...OPENED,
    state: "paused",
  }),
  voided: about("not_charged", voidInvoice(periodInvoice(), move, "canceled")),
  waived: about("not_charged", voidInvoice(late, move, "agreed")),

  paid: about("charged", paid),
  paid_after_decline: about("charged", chargedAgain(declinedBy("insufficient_funds"), DAY_MS)),
  paid_after_lost_reply: about("charged", found()),
  paid_under_new_number: about("charged", chargedAgain(absent(), 2 * HOUR_MS)),
  paid_adopted_late: about(
    "charged",
    given(
      recordLateApproval(
        absent(),
        { orderNumber: newest(absent()).orderNumber, transaction: foundOf("T1") },
        recordingAt(DAY_MS),
      ),
    ),
  ),
  paid_a_period_late: about(
    "charged",
    chargedAgain({ ...late, held: null, step: "charge" }, 45 * DAY_MS),
  ),

  refund_on_its_way: about("charged", refunding(paid)),
  refund_being_sent: about("not_yet_known", sending(refunding(paid))),
  refund_unknown: about("not_yet_known", refundLost(refunding(paid))),
  part_refund_unknown: about("charged", refundLost(refunding(paid, 3000))),
  held_refund_unknown: about(
    "not_yet_known",
    holdInvoice(refundLost(refunding(paid)), "refund_unknown", recordingAt(0)),
  ),
  held_part_refund_unknown: about(
    "charged",
    holdInvoice(refundLost(refunding(paid, 3000)), "refund_unknown", recordingAt(0)),
  ),
  refund_refused: about(
    "charged",
    refundOutcome(sending(refunding(paid)), {
      kind: "declined",
      decline: createDecline("request_refused", { code: "E1", message: "-" }),
    }),
  ),
  refunded_part: about("charged", refunded(refunding(paid, 3000))),
  refunded_whole: about("not_charged", refunded(refunding(paid))),
  canceled_in_flight_refunding: about("charged", stopped, canceled),
  canceled_in_flight_refunded: about("not_charged", refunded(stopped), canceled),
  surplus_refunding: about("charged", {
    ...paid,
    step: "refund",
    refunds: [
      newRefund({
        id: "ref_s",
        transactionId: "T9",
        orderNumber: newest(paid).orderNumber,
        amount: AMOUNT,
        surplus: true,
        reason: "approval beyond the one that was owed",
        requestedAt: after(HOUR_MS).business,
      }),
    ],
  }),
  late_approval_refunding: about("charged", surplusAfterVoid, canceled),
  late_approval_refunded: about("not_charged", refunded(surplusAfterVoid), canceled),
};
