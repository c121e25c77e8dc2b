import type { mongo } from "mongoose";
import { type Row, textOf } from "./ledger.ts";

type Rows = mongo.Collection<Row>;

/** The indexes of the torture, each with questions that a full scan must answer in the same way. */
const INDEXES: readonly { key: mongo.IndexSpecification; more: mongo.CreateIndexesOptions }[] = [
  { key: { tag: 1 }, more: { unique: true } },
  { key: { group: 1, revision: -1 }, more: {} },
  { key: { labels: 1 }, more: {} },
  { key: { amount: 1 }, more: { partialFilterExpression: { amount: { $exists: true } } } },
];

const QUESTIONS: readonly { hint: string; filter: mongo.Filter<Row> }[] = [
  { hint: "_id_", filter: { _id: { $gte: "" } } },
  { hint: "tag_1", filter: { tag: { $gte: "" } } },
  { hint: "group_1_revision_-1", filter: { group: { $gte: 0 } } },
  { hint: "group_1_revision_-1", filter: { group: { $in: [1, 3] }, revision: { $lte: 4 } } },
  { hint: "labels_1", filter: { labels: { $gte: 0 } } },
  { hint: "labels_1", filter: { labels: 5 } },
  { hint: "amount_1", filter: { amount: { $gte: 0 } } },
];

export async function createIndexes(rows: Rows): Promise<void> {
  for (const { key, more } of INDEXES) await rows.createIndex(key, more);
}

/** Every document, by a scan that uses no index. */
export async function readAll(rows: Rows): Promise<Map<string, Row>> {
  const found = await rows.find({}, { hint: { $natural: 1 } }).toArray();
  return new Map(found.map((row) => [row._id, row]));
}

/** Says each document that is not as one write left it, and returns how many there are. */
export function countMixed(found: ReadonlyMap<string, Row>, say: (line: string) => void): number {
  let mixed = 0;
  for (const { _id, revision, text } of found.values()) {
    if (text === textOf(_id, revision)) continue;
    mixed += 1;
    say(`${_id} has the text of another revision than ${revision}`);
  }
  return mixed;
}

/** Asks every question by its index and by a full scan; returns how many answers differ. */
export async function countDisagreements(rows: Rows, say: (line: string) => void): Promise<number> {
  let differences = 0;
  for (const { hint, filter } of QUESTIONS) {
    const byIndex = await idsOf(rows, filter, hint);
    const byScan = await idsOf(rows, filter, { $natural: 1 });
    if (byIndex.join("\n") === byScan.join("\n")) continue;
    differences += 1;
    say(`${hint} finds ${byIndex.length} documents where a scan finds ${byScan.length}`);
  }
  return differences;
}

async function idsOf(rows: Rows, filter: mongo.Filter<Row>, hint: mongo.Hint): Promise<string[]> {
  const found = await rows.find(filter, { hint, projection: { revision: 1 } }).toArray();
  return found.map(({ _id, revision }) => `${_id} ${revision}`).toSorted();
}
