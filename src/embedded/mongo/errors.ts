/** MongoDB's error codes, by the names it gives them; only those this server answers. */
export const ERROR_CODES = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  DottedFieldName: 57,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CannotIndexParallelArrays: 171,
  NotImplemented: 238,
  NoQueryExecutionPlans: 291,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
  UnknownCommandField: 40415,
} as const;

export type ErrorName = keyof typeof ERROR_CODES;

/** Raised when a command, or one operation of it, is refused; it reaches the client in MongoDB's shape. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the answer, such as `keyPattern` and `keyValue` of a duplicate. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: ErrorName, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "MongoError";
    this.code = ERROR_CODES[name];
    this.codeName = name === "UnknownCommandField" ? "Location40415" : name;
    this.details = details;
  }
}

/** The refusal of something that MongoDB knows and this server does not. */
export function notSupported(what: string): MongoError {
  return new MongoError("NotImplemented", `${what} is not supported by the embedded server`);
}

/** Any thrown thing as an error with a message. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
