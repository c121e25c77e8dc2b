import { Binary, Double, Int32, Long } from "bson";
import { type Case, cases, values } from "./case.ts";
import { counts, updateTyped } from "./operations.ts";

const bytes = new Binary(Buffer.from([0, 255]), 5);

/** The types of numbers through updates, read back as they are stored. */
export const NUMBERS: Case[] = [
  ...cases("reference/operator/update/inc", [
    {
      name: "an int grows into a long when it no longer fits",
      documents: values(new Int32(2_147_483_647)),
      operation: updateTyped({ $inc: { a: 1 } }),
      expected: [{ _id: new Int32(0), a: Long.fromNumber(2_147_483_648) }],
    },
    {
      name: "an int and an int make an int",
      documents: values(new Int32(1)),
      operation: updateTyped({ $inc: { a: 2 } }),
      expected: [{ _id: new Int32(0), a: new Int32(3) }],
    },
    {
      name: "a long stays a long",
      documents: values(Long.fromNumber(5)),
      operation: updateTyped({ $inc: { a: 1 } }),
      expected: [{ _id: new Int32(0), a: Long.fromNumber(6) }],
    },
    {
      name: "a double makes a double",
      documents: values(new Int32(1)),
      operation: updateTyped({ $inc: { a: new Double(2) } }),
      expected: [{ _id: new Int32(0), a: new Double(3) }],
    },
    {
      name: "a long and a double make a double",
      documents: values(Long.fromNumber(5)),
      operation: updateTyped({ $inc: { a: new Double(0.5) } }),
      expected: [{ _id: new Int32(0), a: new Double(5.5) }],
    },
    {
      name: "a long beyond 2^53 counts exactly",
      documents: values(Long.fromString("9007199254740993")),
      operation: updateTyped({ $inc: { a: 1 } }),
      expected: [{ _id: new Int32(0), a: Long.fromString("9007199254740994") }],
    },
    {
      name: "$inc of a missing field takes the type of the amount",
      documents: [{}],
      operation: updateTyped({ $inc: { a: Long.fromNumber(1) } }),
      expected: [{ _id: new Int32(0), a: Long.fromNumber(1) }],
    },
  ]),
  ...cases("reference/operator/update/mul", [
    {
      name: "$mul of an int grows into a long",
      documents: values(new Int32(2_000_000_000)),
      operation: updateTyped({ $mul: { a: 2 } }),
      expected: [{ _id: new Int32(0), a: Long.fromNumber(4_000_000_000) }],
    },
    {
      name: "$mul of a missing field is a zero of the amount's type",
      documents: [{}],
      operation: updateTyped({ $mul: { a: new Double(5) } }),
      expected: [{ _id: new Int32(0), a: new Double(0) }],
    },
  ]),
  ...cases("reference/operator/update/set", [
    {
      name: "an unrelated update leaves types and bytes as they were",
      documents: [{ a: new Double(7), b: bytes, c: Long.fromNumber(7) }],
      operation: updateTyped({ $set: { d: 1 } }),
      expected: [
        { _id: new Int32(0), a: new Double(7), b: bytes, c: Long.fromNumber(7), d: new Int32(1) },
      ],
    },
    {
      name: "the same amount of another type is stored",
      documents: values(new Int32(1)),
      operation: updateTyped({ $set: { a: new Double(1) } }),
      expected: [{ _id: new Int32(0), a: new Double(1) }],
    },
  ]),
  ...cases("reference/method/db.collection.updateOne", [
    {
      name: "the same value is matched and not modified",
      documents: values(new Double(1)),
      operation: counts("updateOne", {}, { $set: { a: new Double(1) } }),
      expected: { matched: 1, modified: 0, upserted: 0 },
    },
    {
      name: "no match counts nothing",
      documents: values(1),
      operation: counts("updateOne", { a: 2 }, { $set: { a: 3 } }),
      expected: { matched: 0, modified: 0, upserted: 0 },
    },
    {
      name: "a collection that is not there has no match",
      documents: [],
      operation: counts("updateOne", {}, { $set: { a: 3 } }),
      expected: { matched: 0, modified: 0, upserted: 0 },
    },
  ]),
];
