/** MongoDB's error codes, by the names it gives them; only those this server answers. */
export const ERROR_CODES = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  InvalidLength: 16,
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
  InvalidIndexSpecificationOption: 197,
  NotImplemented: 238,
  NoQueryExecutionPlans: 291,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  OutOfDiskSpace: 14031,
} as const;

/** Codes that MongoDB gives no name: it calls them after their number. */
const LOCATIONS = {
  GroupNotObject: 15947,
  UnknownAccumulator: 15952,
  GroupWithoutId: 15955,
  LimitNotPositive: 15958,
  MatchNotObject: 15959,
  SortNotObject: 15973,
  SortDirection: 15975,
  SortEmpty: 15976,
  UnwindWithoutDollar: 28818,
  PathBelowAnother: 31249,
  PathAboveAnother: 31250,
  KeepsInExclusion: 31253,
  LeavesOutInInclusion: 31254,
  CountNotString: 40156,
  CountEmpty: 40157,
  CountWithDollar: 40158,
  CountWithDot: 40160,
  NotAccumulator: 40234,
  StageNotSingle: 40323,
  UnknownStage: 40324,
  MissingField: 40414,
  UnknownCommandField: 40415,
  NegativeNumber: 51024,
  InvalidPattern: 51091,
  EmptySubProjection: 51270,
  EmptyProjection: 51272,
  SkipNotWhole: 5_107_200,
  LimitNotWhole: 5_107_201,
} as const;

export type ErrorName = keyof typeof ERROR_CODES | keyof typeof LOCATIONS;

/** Raised when a command, or one operation of it, is refused; it reaches the client in MongoDB's shape. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the answer, such as `keyPattern` and `keyValue` of a duplicate. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(name: ErrorName, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = "MongoError";
    if (name in LOCATIONS) {
      this.code = LOCATIONS[name as keyof typeof LOCATIONS];
      this.codeName = `Location${this.code}`;
    } else {
      this.code = ERROR_CODES[name as keyof typeof ERROR_CODES];
      this.codeName = name;
    }
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
