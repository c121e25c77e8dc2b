/** Why an embedded service could not be had; stable, for programs to read. */
export type EmbeddedServiceErrorCode =
  | "BINARY_MISSING"
  | "FOLDER_IN_USE"
  | "PORT_TAKEN"
  | "START_FAILED"
  | "NOT_RUNNING";

/** Raised when an embedded service cannot start or is asked for something it cannot do. */
export class EmbeddedServiceError extends Error {
  override readonly name = "EmbeddedServiceError";
  readonly code: EmbeddedServiceErrorCode;

  constructor(code: EmbeddedServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
