import { serialize } from "bson";
import { type Doc, type RawDoc, type Value, decode } from "./values.ts";

/** One journal record, a BSON document, in pieces of one character a byte. */
export type Pieces = readonly string[];

const PUT_START = "\u0002op\0\u0004\0\0\0put\0\u0002ns\0";
const DOC_FIELD = "\u0003doc\0";
const END = "\0";

/** The beginning that all put records of a collection share. */
export function putHeadOf(namespace: string): string {
  const text = Buffer.from(namespace, "utf8").toString("latin1");
  return `${PUT_START}${int32(text.length + 1)}${text}\0${DOC_FIELD}`;
}

/** The record of a document that was written: `{op: "put", ns, doc}`, without encoding it again. */
export function putPieces(head: string, raw: RawDoc): Pieces {
  return [int32(4 + head.length + raw.length + END.length), head, raw, END];
}

/** The records of everything else. */
export const otherRecords = {
  create: (ns: string): Pieces => toPieces({ op: "create", ns }),
  drop: (ns: string): Pieces => toPieces({ op: "drop", ns }),
  delete: (ns: string, id: Value): Pieces => toPieces({ op: "delete", ns, id }),
  createIndex: (ns: string, index: Record<string, unknown>): Pieces =>
    toPieces({ op: "createIndex", ns, index }),
  dropIndex: (ns: string, name: string): Pieces => toPieces({ op: "dropIndex", ns, name }),
  /** Ends a snapshot: how many documents it must hold. */
  end: (documents: number): Pieces => toPieces({ op: "end", documents }),
};

/** A record as it was read. */
export type StoredRecord =
  | { readonly op: "put"; readonly ns: string; readonly raw: RawDoc; readonly doc: Doc }
  | { readonly op: "other"; readonly fields: Doc };

/** Reads every record of a batch. */
export function* readRecords(batch: Buffer): Generator<StoredRecord, void, undefined> {
  for (let at = 0; at < batch.length; ) {
    const length = batch.readInt32LE(at);
    yield readRecord(batch.subarray(at, at + length));
    at += length;
  }
}

function readRecord(bytes: Buffer): StoredRecord {
  const isPut = bytes.toString("latin1", 4, 4 + PUT_START.length) === PUT_START;
  if (!isPut) return { op: "other", fields: decode(bytes) };
  const nsLengthAt = 4 + PUT_START.length;
  const nsEnd = nsLengthAt + 4 + bytes.readInt32LE(nsLengthAt);
  const doc = bytes.subarray(nsEnd + DOC_FIELD.length, bytes.length - END.length);
  return {
    op: "put",
    ns: bytes.toString("utf8", nsLengthAt + 4, nsEnd - 1),
    raw: doc.toString("latin1"),
    doc: decode(doc),
  };
}

function toPieces(fields: Record<string, unknown>): Pieces {
  return [Buffer.from(serialize(fields)).toString("latin1")];
}

function int32(value: number): string {
  return String.fromCharCode(
    value & 0xff,
    (value >>> 8) & 0xff,
    (value >>> 16) & 0xff,
    value >>> 24,
  );
}
