import { MongoError, notSupported } from "../errors.ts";
import { type Doc, type Value, isDoc, isNumber, show, toNumber, typeName } from "../values.ts";

/** Fields that any command may carry. */
export const COMMON_FIELDS = [
  "$db",
  "lsid",
  "$clusterTime",
  "$readPreference",
  "apiVersion",
  "apiStrict",
  "apiDeprecationErrors",
  "maxTimeMS",
  "comment",
  "readConcern",
] as const;

/** Which fields a command takes. */
export interface FieldRules {
  readonly known: readonly string[];
  /** Fields that MongoDB has and that are refused unless they ask for nothing. */
  readonly refused: readonly string[];
}

/** Reads the fields of a command or statement; each of the wrong type is refused by name. */
export class Arguments {
  readonly fields: Doc;
  readonly #owner: string;

  constructor(owner: string, fields: Doc) {
    this.#owner = owner;
    this.fields = fields;
  }

  /** Throws on any field that is not known, and on refused ones that ask for something. */
  assertOnly({ known, refused }: FieldRules): void {
    for (const field in this.fields) {
      if (known.includes(field)) continue;
      if (refused.includes(field)) {
        if (asksForNothing(this.fields[field] as Value)) continue;
        throw notSupported(`the field '${field}' of ${this.#owner}`);
      }
      throw new MongoError(
        "UnknownCommandField",
        `BSON field '${this.#owner}.${field}' is an unknown field.`,
      );
    }
  }

  optionalString(field: string): string | undefined {
    const value = this.fields[field];
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrongType(field, value, "string");
  }

  string(field: string): string {
    return this.optionalString(field) ?? this.#missing(field);
  }

  boolean(field: string, otherwise: boolean): boolean {
    const value = this.fields[field];
    if (value === undefined) return otherwise;
    if (typeof value === "boolean") return value;
    if (isNumber(value)) return toNumber(value) !== 0;
    throw this.#wrongType(field, value, "bool");
  }

  /** A whole number that is not negative. */
  count(field: string, otherwise: number): number {
    const value = this.fields[field];
    if (value === undefined || value === null) return otherwise;
    if (!isNumber(value)) throw this.#wrongType(field, value, "number");
    const number = toNumber(value);
    if (Number.isInteger(number) && number >= 0) return number;
    throw new MongoError(
      number < 0 ? "NegativeNumber" : "BadValue",
      `BSON field '${field}' value must be a whole number >= 0, actual value '${show(value)}'`,
    );
  }

  optionalDoc(field: string): Doc | undefined {
    const value = this.fields[field];
    if (value === undefined || isDoc(value)) return value;
    throw this.#wrongType(field, value, "object");
  }

  doc(field: string): Doc {
    return this.optionalDoc(field) ?? this.#missing(field);
  }

  optionalDocs(field: string): Doc[] | undefined {
    const value = this.fields[field];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrongType(field, value, "array");
    return value.map((element) => {
      if (isDoc(element)) return element;
      throw this.#wrongType(`${field}.element`, element, "object");
    });
  }

  docs(field: string): Doc[] {
    return this.optionalDocs(field) ?? this.#missing(field);
  }

  #missing(field: string): never {
    throw new MongoError(
      "MissingField",
      `BSON field '${this.#owner}.${field}' is missing but a required field`,
    );
  }

  #wrongType(field: string, value: Value, expected: string): MongoError {
    return new MongoError(
      "TypeMismatch",
      `BSON field '${this.#owner}.${field}' is the wrong type '${typeName(value)}', expected type '${expected}'`,
    );
  }
}

function asksForNothing(value: Value): boolean {
  return value === false || value === null || (isDoc(value) && Object.keys(value).length === 0);
}
