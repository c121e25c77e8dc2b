/**
 * Everything a caller can do wrong or meet, in one table. Codes are stable and documented; the
 * sentences shown to people, English and Korean, stand with the HTTP interface.
 */

export type ErrorClass = "invalid" | "not_found" | "conflict" | "refused" | "unavailable";

export const ERROR_CODES = {
  /** Raised when a field of a request is wrong. */
  VALIDATION_FAILED: "invalid",
  /** Raised when an id names nothing of ours. */
  NOT_FOUND: "not_found",
  /** Raised when an Idempotency-Key comes again with another body or for another route. */
  IDEMPOTENCY_KEY_REUSED: "invalid",
  /** Raised when the first request of an Idempotency-Key still runs. */
  IDEMPOTENCY_KEY_RUNNING: "conflict",
  /** Raised when a gateway refuses to save the card. */
  CARD_REFUSED: "refused",
  /** Raised when the gateway's reply to a registration was lost: the card may be saved there. */
  REGISTRATION_UNKNOWN: "unavailable",
  /** Raised when a gateway cannot be reached; nothing was sent. */
  GATEWAY_UNREACHABLE: "unavailable",
  /** Raised when a gateway gave no usable answer to what moves no money: asking again does no harm. */
  GATEWAY_UNANSWERED: "unavailable",
  /** Raised when a named gateway is not configured. */
  GATEWAY_NOT_CONFIGURED: "invalid",
  /** Raised when a gateway has no billing keys: it takes single payments alone. */
  NO_BILLING_KEYS: "invalid",
  /** Raised when a gateway cannot charge a card that is keyed in, or cannot save it with the charge. */
  CARD_PAYMENT_UNSUPPORTED: "invalid",
  /** Raised when the gateway itself would charge the billing key on a schedule. */
  GATEWAY_SCHEDULE_EXISTS: "conflict",
  /** Raised when a billing key cannot be charged any more. */
  BILLING_KEY_NOT_USABLE: "conflict",
  /** Raised when a billing key belongs to another customer. */
  BILLING_KEY_OF_ANOTHER_CUSTOMER: "conflict",
  /** Raised when a subscription has ended and the request needs a live one. */
  SUBSCRIPTION_ENDED: "conflict",
  /** Raised when more is to be refunded than was captured and not yet refunded. */
  REFUND_TOO_LARGE: "conflict",
  /** Raised when a refund is asked of something that was not paid. */
  NOT_PAID: "conflict",
  /** Raised when the gateway can only give back the whole amount. */
  PARTIAL_REFUND_UNSUPPORTED: "conflict",
  /** Raised when a gateway has no payment window, or nothing that is enabled in it. */
  WINDOW_UNSUPPORTED: "invalid",
  /** Raised when an order's number belongs to another order already. */
  ORDER_ID_REUSED: "conflict",
  /** Raised when an order that is to be paid has been paid, cancelled, or has failed. */
  ORDER_ENDED: "conflict",
  /** Raised when the gateway opens no window for an order; no money can move. */
  WINDOW_REFUSED: "refused",
  /** Raised when what a browser or a caller names is not the payment of this order. */
  WINDOW_MISMATCH: "conflict",
  /** Raised when the delivery is told of something that was not paid for in escrow. */
  NOT_ESCROW: "conflict",
  /** Raised when the gateway does not take what it is told of a delivery. */
  DELIVERY_REFUSED: "conflict",
  /** Raised when a document changed under the request too often. */
  CONFLICT: "conflict",
  /** Raised when a document's events have not been passed on yet. */
  OUTBOX_FULL: "unavailable",
  /** Raised when the database cannot be reached: nothing was accepted. */
  DATABASE_UNAVAILABLE: "unavailable",
  /** Raised when an attempt is not in a state that a person may settle. */
  ATTEMPT_NOT_OPEN: "conflict",
  /** Raised when nothing waits for a person under the given id. */
  NOT_HELD: "conflict",
  /** Raised when a release cannot help: a person must say what happened at the gateway. */
  NEEDS_RESOLUTION: "conflict",
  /** Raised when a subscription is parked until a person releases it. */
  SUBSCRIPTION_PARKED: "conflict",
  /** Raised when a subscription owes nothing that could be paid now. */
  NOTHING_TO_PAY: "conflict",
  /** Raised when something is to be delivered to an endpoint that is disabled. */
  ENDPOINT_DISABLED: "conflict",
  /** Raised when an endpoint is to be added beyond the most there may be. */
  TOO_MANY_ENDPOINTS: "conflict",
  /** Raised when an endpoint stands in the configuration, and is changed only there. */
  ENDPOINT_CONFIGURED: "conflict",
  /** Raised when the test clock is used where it must not be. */
  TEST_CLOCK_DISABLED: "refused",
  /** Raised when the test clock is to be turned back. */
  CLOCK_CANNOT_GO_BACK: "invalid",
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Values that the sentences of an error mention. Never card data. */
export type ErrorParams = Record<string, string | number>;

/** An error that a caller can understand and act upon. */
export class BillingError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  /** JSON pointer of the field at fault, where there is one. */
  readonly pointer: string | null;

  constructor(code: ErrorCode, params: ErrorParams = {}, pointer: string | null = null) {
    super(`${code}${Object.keys(params).length > 0 ? ` ${JSON.stringify(params)}` : ""}`);
    this.name = "BillingError";
    this.code = code;
    this.params = params;
    this.pointer = pointer;
  }
}

/**
 * Raised by a rule that finds a document in a state which no rule can have left: a fault of ours, or
 * somebody else's hand in the database. What it belongs to is stopped until a person has looked.
 */
export class BrokenInvariantError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BrokenInvariantError";
  }
}
