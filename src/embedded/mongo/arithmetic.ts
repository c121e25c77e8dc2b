import { Double, Int32, Long } from "bson";
import { MongoError } from "./errors.ts";
import { toNumber } from "./values.ts";

export type NumberValue = Int32 | Double | Long;

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A sum in MongoDB's types: whole numbers stay whole and widen, a double makes a double. */
export function add(a: NumberValue, b: NumberValue): NumberValue {
  if (a instanceof Double || b instanceof Double) return new Double(toNumber(a) + toNumber(b));
  return whole(toBigInt(a) + toBigInt(b), a instanceof Long || b instanceof Long);
}

/** A product in MongoDB's types. */
export function multiply(a: NumberValue, b: NumberValue): NumberValue {
  if (a instanceof Double || b instanceof Double) return new Double(toNumber(a) * toNumber(b));
  return whole(toBigInt(a) * toBigInt(b), a instanceof Long || b instanceof Long);
}

/** A zero of the type of another number. */
export function zeroLike(value: NumberValue): NumberValue {
  if (value instanceof Double) return new Double(0);
  return value instanceof Long ? Long.ZERO : new Int32(0);
}

function toBigInt(value: Int32 | Long): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(value.value);
}

function whole(result: bigint, isLong: boolean): Int32 | Long {
  if (result > INT64_MAX || result < INT64_MIN) {
    throw new MongoError("BadValue", "Failed to apply an arithmetic operation: 64-bit overflow");
  }
  const fits = result <= BigInt(INT32_MAX) && result >= BigInt(INT32_MIN);
  return fits && !isLong ? new Int32(Number(result)) : Long.fromBigInt(result);
}
