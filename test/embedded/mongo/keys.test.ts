import { Binary, Double, Int32, Long, ObjectId } from "bson";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareValues,
  compoundKey,
  equalValues,
  keyOf,
} from "../../../src/embedded/mongo/keys.ts";
import { SortedEntries } from "../../../src/embedded/mongo/sorted-entries.ts";
import { type Doc, TAG, type Value, isNumber, tagOf } from "../../../src/embedded/mongo/values.ts";

const number = fc.oneof(
  fc.integer().map((value) => new Int32(value)),
  fc.double().map((value) => new Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
  // Where doubles and longs lie close together.
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map((value) => Long.fromBigInt(value)),
  fc.constantFrom(new Double(2 ** 53), new Double(2 ** 63), new Double(-0), new Double(-(2 ** 63))),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "\0", "a\0", "a\0b", "a"),
);
const plain = fc.oneof(
  number,
  text,
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new Binary(bytes)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
);
const { any } = fc.letrec<{ any: Value; array: Value[]; doc: Doc }>((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, plain, tie("array"), tie("doc")),
  array: fc.array(tie("any"), { maxLength: 3 }),
  doc: fc.dictionary(fc.constantFrom("a", "b", "ab"), tie("any"), { noNullPrototype: true }),
}));

/** The documented order, written a second time and the slow way. */
function slowCompare(a: Value, b: Value): number {
  if (tagOf(a) !== tagOf(b)) return tagOf(a) - tagOf(b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b, slowCompare);
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  if (a instanceof Binary && b instanceof Binary) {
    return a.length() - b.length() || Buffer.compare(a.buffer, b.buffer);
  }
  if (a instanceof ObjectId && b instanceof ObjectId) return Buffer.compare(a.id, b.id);
  if (tagOf(a) === TAG.object) {
    return compareLists(Object.entries(a as Doc), Object.entries(b as Doc), (left, right) => {
      const byType = tagOf(left[1]) - tagOf(right[1]);
      const byName = Buffer.compare(Buffer.from(left[0]), Buffer.from(right[0]));
      return byType || byName || slowCompare(left[1], right[1]);
    });
  }
  return Number(a) - Number(b);
}

function compareLists<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (a: T, b: T) => number,
): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compare(a[i] as T, b[i] as T);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareNumbers(a: Int32 | Double | Long, b: Int32 | Double | Long): number {
  const [left, right] = [exact(a), exact(b)];
  if (Number.isNaN(left) || Number.isNaN(right)) {
    return Number(Number.isNaN(right)) - Number(Number.isNaN(left));
  }
  return left < right ? -1 : Number(left > right);
}

/** JavaScript compares a bigint with a number exactly. */
function exact(value: Int32 | Double | Long): number | bigint {
  return value instanceof Long ? value.toBigInt() : value.value;
}

describe("the key of a value", () => {
  test("orders any two values as MongoDB does, up and down", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const expected = Math.sign(slowCompare(a, b));
        expect(Math.sign(compareValues(a, b))).toBe(expected);
        expect(equalValues(a, b)).toBe(expected === 0);
        const down = (part: Value): string => compoundKey([part], [true]);
        expect(down(a) < down(b) ? 1 : Number(down(a) === down(b)) - 1).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test("orders compound keys part by part, each in its direction", () => {
    const pair = fc.tuple(any, any);
    fc.assert(
      fc.property(pair, pair, (a, b) => {
        const byFirst = slowCompare(a[0], b[0]);
        const expected = byFirst === 0 ? -slowCompare(a[1], b[1]) : byFirst;
        const [left, right] = [a, b].map((parts) => compoundKey(parts, [false, true])) as [
          string,
          string,
        ];
        expect(Math.sign(Number(left > right) - Number(left < right))).toBe(
          Math.sign(expected) + 0,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("of strings goes by code point, not by UTF-16 unit", () => {
    expect(keyOf("\uffff") < keyOf("😀")).toBe(true);
  });
});

describe("sorted entries", () => {
  test("behave as a sorted list through adding, removing and splitting", () => {
    const entries = new SortedEntries<{ id: number }>();
    let model: { key: string; id: number }[] = [];
    const items = Array.from({ length: 3000 }, (_, id) => ({ id }));
    const keyFor = (id: number): string => String.fromCharCode((id * 7919) % 50) + (id % 3);
    for (const item of items) {
      entries.add(keyFor(item.id), item);
      model.push({ key: keyFor(item.id), id: item.id });
    }
    for (const item of items.filter(({ id }) => id % 3 === 0 || id < 900)) {
      entries.remove(keyFor(item.id), item);
      model = model.filter(({ id }) => id !== item.id);
    }
    model.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)) || a.id - b.id);
    for (const [start, end] of [
      ["", "\u0100"],
      ["\u0005", "\u0020"],
      ["\u00101", "\u00102"],
      ["x", "a"],
    ] as const) {
      const expected = model.filter(({ key }) => key >= start && key < end).map(({ id }) => id);
      expect([...entries.scan({ start, end })].map(({ id }) => id)).toEqual(expected);
      expect([...entries.scanBack({ start, end })].map(({ id }) => id)).toEqual(
        expected.toReversed(),
      );
      // Of a wide range the planner needs no more than about how many.
      const error = Math.abs(entries.count({ start, end }) - expected.length);
      expect(error).toBeLessThanOrEqual(expected.length / 20);
    }
  });

  test("refuse to remove what is not there", () => {
    const entries = new SortedEntries<{ id: number }>();
    expect(() => entries.remove("a", { id: 1 })).toThrow("lost an entry");
  });
});
