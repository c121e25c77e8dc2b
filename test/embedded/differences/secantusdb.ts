import type { Difference } from "./difference.ts";

/** SecantusDB 0.7.0b3, on WiredTiger. */
export const SECANTUSDB: readonly Difference[] = [
  {
    reason:
      "Binary data does not compare by length, subtype and bytes: a comparison with it finds nothing longer.",
    page: "reference/bson-type-comparison-order",
    cases: [
      "binaries order by length first",
      "binaries of one length order by subtype, then bytes",
    ],
  },
  {
    reason: "$elemMatch with $or inside is refused.",
    page: "reference/operator/query/elemMatch",
    cases: ["$elemMatch with $or"],
  },
  {
    reason:
      "$all looks only at the elements of one array: neither at an array as a whole nor at the documents in it.",
    page: "reference/operator/query/all",
    cases: ["$all of an array takes the whole or an element", "$all on a dotted field"],
  },
  {
    reason:
      "A document of operators may hold plain fields, and a command unknown ones: both are ignored.",
    page: "reference/command/find",
    cases: ["refused: operators mixed with fields", "refused: an unknown field of find"],
  },
  {
    reason: "With singleBatch the whole result comes, whatever batchSize asks for.",
    page: "reference/command/find",
    cases: ["a single batch leaves no cursor"],
  },
  {
    reason:
      "A cursor of another collection is one that is not found, instead of one that may not be read.",
    page: "reference/command/getMore",
    cases: ["refused: getMore over another collection"],
  },
  {
    reason: "distinct does not enter documents in arrays.",
    page: "reference/command/distinct",
    cases: ["distinct of a dotted field in arrays"],
  },
  {
    reason: "$count of no documents gives a document with 0.",
    page: "reference/operator/aggregation/count",
    cases: ["$count of nothing gives no document"],
  },
  {
    reason: "New fields are added in the order of the update.",
    page: "reference/operator/update/set",
    cases: ["new fields come in the order of their names"],
  },
  {
    reason:
      "The positional $ is refused below a document, for a condition inside $and, and in findAndModify.",
    page: "reference/operator/update/positional",
    cases: ["$ below a document", "$ inside $and", "findAndModify with the positional operator"],
  },
  {
    reason: "Two changes of one element are both applied instead of refused as a conflict.",
    page: "reference/operator/update/positional-filtered",
    cases: ["refused: a position and an identifier", "refused: two identifiers for one element"],
  },
  {
    reason: "$[] on a field that is no array, or is missing, changes nothing and is no error.",
    page: "reference/operator/update/positional-all",
    cases: ["refused: $[] on no array", "refused: $[] on a missing field"],
  },
  {
    reason: "An index takes two arrays in one key.",
    page: "core/index-multikey",
    cases: ["refused: two arrays in one key"],
  },
  {
    reason: "A partial index takes $ne in its filter, and may be sparse as well.",
    page: "core/index-partial",
    cases: ["refused: $ne in a partial filter", "refused: sparse and partial"],
  },
  {
    reason: "An array is taken for an _id.",
    page: "core/document",
    cases: ["refused: an _id that is an array"],
  },
  {
    reason: "Refused as in MongoDB, with another code.",
    page: "reference/error-codes",
    cases: [
      "refused: a negative skip",
      "refused: $group with an unknown accumulator",
      "refused: $push with an unknown clause",
      "refused: an operator on a value that is no document",
      "refused: an unknown option",
      "refused: a list that is missing",
    ],
  },
];
