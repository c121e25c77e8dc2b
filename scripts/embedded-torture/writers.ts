import { mongo } from "mongoose";
import type { Random } from "../../src/cli/storm/random.ts";
import { type Ledger, type Row, textOf } from "./ledger.ts";

const DUPLICATE_KEY = 11_000;
const BULK = 20;
/** Documents that all writers change: few, so that most of them lose. */
const SHARED = 3;

/** What the writers of one round work on. */
export interface Scene {
  readonly rows: mongo.Collection<Row>;
  readonly ledger: Ledger;
  /** Makes names that no earlier round has used. */
  readonly round: number;
  /** What the documents were like when the round began. */
  readonly found: ReadonlyMap<string, Row>;
  /** The revision of each shared document as somebody last saw it, and the names raced for last. */
  readonly seen: { readonly revisions: Map<string, number>; names: number };
}

interface Writer extends Scene {
  readonly number: number;
  readonly random: Random;
  /** The documents that only this writer changes, with their revisions. */
  readonly own: Map<string, number>;
  made: number;
}

/** Writes until the server is gone; any other end than that is an error. */
export async function write(scene: Scene, number: number, random: Random): Promise<void> {
  const mine = [...scene.found.values()].filter(({ owner }) => owner === number);
  const own = new Map(mine.map(({ _id, revision }) => [_id, revision]));
  const writer: Writer = { ...scene, number, random, own, made: 0 };
  try {
    for (;;) await actionOf(writer)(writer);
  } catch (error) {
    if (!isBrokenConnection(error)) throw error;
  }
}

/** Nothing was answered, which says nothing about what was written. */
function isBrokenConnection(error: unknown): boolean {
  // A bulk write wraps it.
  if (error instanceof mongo.MongoBulkWriteError) return isBrokenConnection(error.errorResponse);
  return (
    error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError
  );
}

type Action = (writer: Writer) => Promise<void>;

function actionOf({ random, own }: Writer): Action {
  if (own.size === 0) return insertSome;
  const draw = random.next();
  if (draw < 0.12) return insertSome;
  if (draw < 0.3) return advanceByFindAndModify;
  if (draw < 0.42) return advanceByUpdate;
  if (draw < 0.52) return advanceInBulk;
  if (draw < 0.6) return removeOne;
  if (draw < 0.8) return raceByFindAndModify;
  if (draw < 0.88) return raceByUpdate;
  return draw < 0.95 ? raceForTag : raceByUpsert;
}

async function insertSome(writer: Writer): Promise<void> {
  const rows = Array.from({ length: writer.random.between(1, 4) }, () => newRow(writer));
  if (rows.length === 1) await writer.rows.insertOne(rows[0] as Row);
  else await writer.rows.insertMany(rows);
  for (const { _id } of rows) noteOwn(writer, _id, 1);
}

async function advanceByFindAndModify(writer: Writer): Promise<void> {
  const [_id, revision] = pickOwn(writer);
  const { filter, update } = step(_id, revision);
  const row = await writer.rows.findOneAndUpdate(filter, update, { returnDocument: "after" });
  if (row?.revision !== revision + 1) throw new Error(`${_id} was not at ${revision}`);
  noteOwn(writer, _id, revision + 1);
}

async function advanceByUpdate(writer: Writer): Promise<void> {
  const [_id, revision] = pickOwn(writer);
  const { update } = step(_id, revision);
  await writer.rows.updateOne({ _id }, update);
  noteOwn(writer, _id, revision + 1);
}

async function advanceInBulk(writer: Writer): Promise<void> {
  const chosen = writer.random.shuffle([...writer.own]).slice(0, BULK);
  const added = newRow(writer);
  await writer.rows.bulkWrite(
    [
      ...chosen.map(([_id, revision]) => ({ updateOne: step(_id, revision) })),
      { insertOne: { document: added } },
    ],
    { ordered: false },
  );
  for (const [_id, revision] of chosen) noteOwn(writer, _id, revision + 1);
  noteOwn(writer, added._id, 1);
}

async function removeOne(writer: Writer): Promise<void> {
  const [_id] = pickOwn(writer);
  writer.own.delete(_id);
  writer.ledger.removing(_id);
  await writer.rows.deleteOne({ _id });
  writer.ledger.removed(_id);
}

async function raceByFindAndModify(writer: Writer): Promise<void> {
  const [_id, revision] = await pickShared(writer);
  const { filter, update } = step(_id, revision);
  const row = await writer.rows.findOneAndUpdate(filter, update, { returnDocument: "after" });
  await noteRace(writer, { _id, revision, won: row !== null });
}

async function raceByUpdate(writer: Writer): Promise<void> {
  const [_id, revision] = await pickShared(writer);
  const { filter, update } = step(_id, revision);
  const { modifiedCount } = await writer.rows.updateOne(filter, update);
  await noteRace(writer, { _id, revision, won: modifiedCount === 1 });
}

async function noteRace(
  { rows, ledger, seen }: Writer,
  { _id, revision, won }: { _id: string; revision: number; won: boolean },
): Promise<void> {
  if (won) {
    ledger.wrote(_id, revision + 1);
    seen.revisions.set(_id, revision + 1);
    return;
  }
  ledger.lostTo(_id, revision + 1);
  const row = await rows.findOne({ _id }, { projection: { revision: 1 } });
  if (row !== null) seen.revisions.set(_id, row.revision);
}

async function raceForTag(writer: Writer): Promise<void> {
  const row = { ...newRow(writer), owner: -1, tag: nextName(writer, "tag") };
  try {
    await writer.rows.insertOne(row);
    writer.ledger.wrote(row._id, 1);
  } catch (error) {
    const isTaken = error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY;
    if (!isTaken) throw error;
    writer.ledger.tagTaken(row.tag);
  }
}

async function raceByUpsert(writer: Writer): Promise<void> {
  const { _id: _made, ...fields } = newRow(writer);
  const _id = nextName(writer, "once");
  const row = { ...fields, owner: -1, tag: _id, text: textOf(_id, 1) };
  const { upsertedCount } = await writer.rows.updateOne(
    { _id },
    { $setOnInsert: row },
    { upsert: true },
  );
  if (upsertedCount === 1) writer.ledger.wrote(_id, 1);
  else writer.ledger.lostTo(_id, 1);
}

/** Two or three writers meet at each name. */
function nextName({ random, round, seen }: Writer, kind: string): string {
  if (random.next() < 0.4) seen.names += 1;
  return `${kind}-${round}-${seen.names}`;
}

function newRow(writer: Writer): Row {
  const _id = `row-${writer.round}-${writer.number}-${++writer.made}`;
  const { random, number } = writer;
  return {
    _id,
    owner: number,
    revision: 1,
    tag: `of ${_id}`,
    group: random.between(0, 9),
    labels: [random.between(0, 9), random.between(10, 19)],
    ...(random.next() < 0.3 ? { amount: random.between(0, 1_000) } : {}),
    text: textOf(_id, 1),
  };
}

/** The conditional update that takes a document from a revision to the next one. */
function step(_id: string, revision: number) {
  const next = revision + 1;
  const changes = {
    revision: next,
    text: textOf(_id, next),
    group: next % 10,
    "labels.0": next % 7,
  };
  return { filter: { _id, revision }, update: { $set: changes } };
}

function pickOwn({ own, random }: Writer): [string, number] {
  const chosen = [...own][random.between(0, own.size - 1)];
  if (chosen === undefined) throw new Error("a writer without documents");
  return chosen;
}

function noteOwn({ own, ledger }: Writer, id: string, revision: number): void {
  own.set(id, revision);
  ledger.wrote(id, revision);
}

async function pickShared({ random, seen, rows }: Writer): Promise<[string, number]> {
  const _id = `shared-${random.between(1, SHARED)}`;
  const known = seen.revisions.get(_id);
  if (known !== undefined) return [_id, known];
  const row = await rows.findOne({ _id }, { projection: { revision: 1 } });
  return [_id, row?.revision ?? 0];
}

/** The documents that all writers race for, to be inserted before the first round. */
export function sharedRows(): Row[] {
  return Array.from({ length: SHARED }, (_, i) => {
    const _id = `shared-${i + 1}`;
    const text = textOf(_id, 1);
    return { _id, owner: -1, revision: 1, tag: _id, group: 1, labels: [i], text };
  });
}
