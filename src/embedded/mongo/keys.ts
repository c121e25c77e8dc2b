import {
  type Binary,
  type BSONRegExp,
  type Double,
  Int32,
  Long,
  type ObjectId,
  type Timestamp,
} from "bson";
import { TAG, type Doc, type Value, isNumber, tagOf, toNumber } from "./values.ts";

/**
 * Values as strings whose plain `<` is MongoDB's order. One character is one byte; a key is the
 * concatenation of its parts, a descending part has its bytes inverted. No part is the beginning of
 * another, so a bound for "everything that starts with this key" is the key and `AFTER_ALL`.
 */
export type Key = string;

/** Greater than every byte that a key can hold. */
export const AFTER_ALL = "\u0100";

/** Stands for the key of an empty array, which sorts before null. */
export const EMPTY: unique symbol = Symbol("empty array");

export type Part = Value | typeof EMPTY;

const EXACT_INTEGERS = 2 ** 53;
const SIGN = 0x8000_0000;

let buffer = Buffer.allocUnsafe(4096);
let length = 0;

/** The key of one value, ascending. Equal values have equal keys, whatever their number type. */
export function keyOf(part: Part): Key {
  length = 0;
  writePart(part);
  return buffer.toString("latin1", 0, length);
}

/** The key of several parts; `descending[i]` inverts a part. */
export function compoundKey(parts: readonly Part[], descending: readonly boolean[]): Key {
  length = 0;
  for (let i = 0; i < parts.length; i++) {
    const start = length;
    writePart(parts[i] as Part);
    if (descending[i] === true) invert(start);
  }
  return buffer.toString("latin1", 0, length);
}

/** An ascending key as it stands in a descending part. */
export function invertKey(key: Key): Key {
  length = 0;
  reserve(key.length);
  length = buffer.write(key, 0, "latin1");
  invert(0);
  return buffer.toString("latin1", 0, length);
}

/** The beginning that all keys of one type share. */
export function keyOfTag(tag: number): Key {
  return String.fromCharCode(tag);
}

/** MongoDB's order of any two values, across types. */
export function compareValues(a: Value, b: Value): number {
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Int32 && b instanceof Int32) return a.value - b.value;
  const left = keyOf(a);
  const right = keyOf(b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Whether two values are equal: numbers by amount, documents with the order of their fields. */
export function equalValues(a: Value, b: Value): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if (typeof a === "boolean" || typeof b === "boolean" || a === null || b === null) return a === b;
  if (a instanceof Int32 && b instanceof Int32) return a.value === b.value;
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  return tagOf(a) === tagOf(b) && keyOf(a) === keyOf(b);
}

function invert(start: number): void {
  for (let i = start; i < length; i++) buffer[i] = 255 - (buffer[i] as number);
}

function reserve(bytes: number): void {
  if (length + bytes <= buffer.length) return;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
  buffer.copy(larger, 0, 0, length);
  buffer = larger;
}

function writePart(part: Part): void {
  reserve(32);
  if (part === EMPTY) {
    buffer[length++] = TAG.empty;
    return;
  }
  buffer[length++] = tagOf(part);
  writePayload(part);
}

function writePayload(value: Value): void {
  reserve(32);
  if (typeof value === "string") return writeText(value);
  if (typeof value === "boolean") {
    buffer[length++] = value ? 1 : 0;
    return;
  }
  if (value === null) return;
  if (isNumber(value)) return writeNumber(value);
  if (value instanceof Date) return writeInt64(BigInt(value.getTime()));
  if (Array.isArray(value)) return writeArray(value);
  const tag = tagOf(value);
  if (tag === TAG.object) return writeObject(value as Doc);
  if (tag === TAG.objectId) return writeBytes((value as ObjectId).id);
  if (tag === TAG.binary) return writeBinary(value as Binary);
  if (tag === TAG.timestamp) return writeUint64((value as Timestamp).toBigInt());
  if (tag !== TAG.regex) return;
  writeText((value as BSONRegExp).pattern);
  writeText((value as BSONRegExp).options);
}

/** UTF-8, where a zero byte is followed by 0xff and the end is marked by 0x00 0x01. */
function writeText(text: string): void {
  reserve(text.length * 3 + 2);
  if (text.includes("\0")) {
    for (const [i, piece] of text.split("\0").entries()) {
      if (i > 0) writeTwo(0, 0xff);
      reserve(piece.length * 3 + 4);
      length += buffer.write(piece, length, "utf8");
    }
  } else {
    length += buffer.write(text, length, "utf8");
  }
  writeTwo(0, 1);
}

function writeTwo(first: number, second: number): void {
  reserve(2);
  buffer[length++] = first;
  buffer[length++] = second;
}

/**
 * The nearest double in an order-preserving form, and for amounts beyond 2^53, where a Long may lie
 * between two doubles, the distance to it.
 */
function writeNumber(value: Int32 | Double | Long): void {
  const double = toNumber(value) + 0; // adding zero makes -0 equal to 0
  if (Number.isNaN(double)) {
    buffer.fill(0, length, length + 8);
    length += 8;
    return;
  }
  buffer.writeDoubleBE(double, length);
  const high = buffer.readUInt32BE(length);
  if (high >= SIGN) {
    for (let i = 0; i < 8; i++) buffer[length + i] = 255 - (buffer[length + i] as number);
  } else {
    buffer[length] = (buffer[length] as number) | 0x80;
  }
  length += 8;
  if (Math.abs(double) < EXACT_INTEGERS || !Number.isFinite(double)) return;
  const distance = value instanceof Long ? Number(value.toBigInt() - BigInt(double)) : 0;
  buffer.writeUInt16BE(distance + 0x8000, length);
  length += 2;
}

function writeInt64(value: bigint): void {
  buffer.writeBigInt64BE(value, length);
  buffer[length] = (buffer[length] as number) ^ 0x80;
  length += 8;
}

function writeUint64(value: bigint): void {
  buffer.writeBigUInt64BE(BigInt.asUintN(64, value), length);
  length += 8;
}

function writeBytes(bytes: Uint8Array): void {
  reserve(bytes.length);
  buffer.set(bytes, length);
  length += bytes.length;
}

/** Binary data: first by length, then by subtype, then by the bytes. */
function writeBinary(value: Binary): void {
  buffer.writeUInt32BE(value.position, length);
  buffer[length + 4] = value.sub_type;
  length += 5;
  writeBytes(value.buffer.subarray(0, value.position));
}

function writeArray(values: readonly Value[]): void {
  for (const value of values) writePart(value);
  reserve(1);
  buffer[length++] = 0;
}

/** Fields in their order, each compared by type, then name, then value. */
function writeObject(doc: Doc): void {
  for (const field in doc) {
    const value = doc[field] as Value;
    reserve(1);
    buffer[length++] = tagOf(value);
    writeText(field);
    writePayload(value);
  }
  reserve(1);
  buffer[length++] = 0;
}
