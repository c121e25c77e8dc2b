import type { ErrorParams } from "../domain/errors.ts";
import type { Text } from "./language.ts";

/** What can go wrong before a use case is reached. */
export type HttpProblemCode =
  | "MALFORMED_BODY"
  | "MALFORMED_URL"
  | "MALFORMED_REQUEST"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "BODY_TOO_LARGE"
  | "IDEMPOTENCY_KEY_INVALID"
  | "API_KEY_REQUIRED"
  | "API_KEY_UNKNOWN"
  | "LOOPBACK_ONLY"
  | "ROUTE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "ADMIN_CLOSED"
  | "QUEUES_UNAVAILABLE"
  | "ADMIN_LOGIN_REQUIRED"
  | "ADMIN_LOGIN_LIMITED"
  | "CROSS_SITE_REFUSED"
  | "NOTICE_ADDRESS_REFUSED"
  | "NOTICES_BUSY"
  | "INTERNAL";

/** A field at fault and what would be right there. Never the value that was sent. */
export interface FieldFault {
  /** JSON pointer into the body, or the parameter's name behind a slash. */
  pointer: string;
  expected: Text;
}

/** Raised when the HTTP interface refuses a request by itself. */
export class ProblemError extends Error {
  readonly code: HttpProblemCode | "VALIDATION_FAILED";
  readonly params: ErrorParams;
  readonly faults: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: HttpProblemCode | "VALIDATION_FAILED",
    facts: {
      params?: ErrorParams;
      faults?: readonly FieldFault[];
      headers?: Record<string, string>;
    } = {},
  ) {
    super(code);
    this.name = "ProblemError";
    this.code = code;
    this.params = facts.params ?? {};
    this.faults = facts.faults ?? [];
    this.headers = facts.headers ?? {};
  }
}
