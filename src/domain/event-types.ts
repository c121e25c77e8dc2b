/** Every event that is ever written, by the noun it is about. */
export const EVENT_TYPES = [
  "subscription.created",
  "subscription.trialing",
  "subscription.activated",
  "subscription.past_due",
  "subscription.paused",
  "subscription.canceled",
  "subscription.unpaid",
  "subscription.cancel_scheduled",
  "subscription.parked",
  "subscription.released",
  "subscription.card_changed",
  "subscription.reopened",
  "invoice.opened",
  "invoice.held",
  "invoice.released",
  "invoice.payment_requested",
  "invoice.paid",
  "invoice.voided",
  "invoice.failed",
  "payment.requested",
  "payment.paid",
  "payment.voided",
  "payment.failed",
  "charge_attempt.declined",
  "charge_attempt.unknown",
  "charge_attempt.pending",
  "charge_attempt.absent",
  "charge_attempt.resolved",
  "charge_attempt.surplus_found",
  "refund.requested",
  "refund.completed",
  "refund.failed",
  "refund.resolved",
  "billing_key.registered",
  "billing_key.refused",
  "billing_key.unknown",
  "billing_key.revoked",
  "account.paused",
  "account.released",
  "notice.replayed",
  "notice.seen",
  "webhook_endpoint.created",
  "webhook_endpoint.enabled",
  "webhook_endpoint.disabled",
  "webhook_endpoint.rotated",
  "webhook_endpoint.tested",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Whether a text is the type of an event that is written. */
export function isEventType(text: string): text is EventType {
  return (EVENT_TYPES as readonly string[]).includes(text);
}

/** Events that a message to the customer or the operator may follow from: they carry a mark until that is decided. */
export const TOLD_EVENT_TYPES: readonly EventType[] = [
  "subscription.created",
  "subscription.canceled",
  "subscription.unpaid",
  "invoice.paid",
  "invoice.failed",
  "payment.paid",
  "payment.failed",
  "charge_attempt.declined",
  "refund.completed",
  "subscription.parked",
  "account.paused",
  "webhook_endpoint.disabled",
];

/** Whether a message to anybody may follow from events of this type. */
export function isToldEventType(type: string): boolean {
  return (TOLD_EVENT_TYPES as readonly string[]).includes(type);
}
