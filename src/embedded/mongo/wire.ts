import { serialize } from "bson";
import type { CursorBatch, DocumentAnswer } from "./commands/command.ts";
import { type Doc, type Value, decode } from "./values.ts";

/** Framing of the MongoDB wire protocol: OP_MSG, and OP_QUERY for a driver's first hello. */
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const HEADER_BYTES = 16;
const REPLY_HEADER_BYTES = 36;
const MESSAGE_BYTES_MAX = 48_000_000;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** The lower half of the flags must be understood; the upper half may be ignored. */
const REQUIRED_FLAGS = 0xffff;
const AWAIT_CAPABLE = 8;

/** Raised when the bytes of a connection make no sense; the connection is closed. */
export class WireError extends Error {
  readonly code = "WIRE_ERROR";

  constructor(message: string) {
    super(message);
    this.name = "WireError";
  }
}

/** One request: its command, and how to answer. */
export interface Message {
  readonly requestId: number;
  readonly isQuery: boolean;
  /** False for an unacknowledged write. */
  readonly wantsReply: boolean;
  readonly body: Doc;
}

/** Collects the bytes of a connection and hands over whole messages. */
export class MessageReader {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The messages that the new bytes complete. */
  push(piece: Buffer): Buffer[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const messages: Buffer[] = [];
    for (let length = this.#nextLength(); length !== null; length = this.#nextLength()) {
      messages.push(this.#take(length));
    }
    return messages;
  }

  /** The length of the next message once all of it is there. */
  #nextLength(): number | null {
    if (this.#bytes < 4) return null;
    const first = this.#pieces[0] as Buffer;
    const length = (first.length < 4 ? this.#joined() : first).readInt32LE(0);
    if (length < HEADER_BYTES || length > MESSAGE_BYTES_MAX) {
      throw new WireError(`a message of ${length} bytes`);
    }
    return this.#bytes >= length ? length : null;
  }

  #take(length: number): Buffer {
    const all =
      (this.#pieces[0] as Buffer).length >= length ? (this.#pieces[0] as Buffer) : this.#joined();
    const rest = all.subarray(length);
    if (rest.length > 0) this.#pieces[0] = rest;
    else this.#pieces.shift();
    this.#bytes -= length;
    return all.subarray(0, length);
  }

  #joined(): Buffer {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }
}

/** Reads one whole message. */
export function parseMessage(bytes: Buffer): Message {
  const opCode = bytes.readInt32LE(12);
  try {
    if (opCode === OP_MSG) return parseOpMsg(bytes);
    if (opCode === OP_QUERY) return parseOpQuery(bytes);
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(`an unreadable message: ${error instanceof Error ? error.message : "?"}`);
  }
  throw new WireError(`the operation code ${opCode}`);
}

function parseOpMsg(bytes: Buffer): Message {
  const flags = bytes.readUInt32LE(HEADER_BYTES);
  if ((flags & CHECKSUM_PRESENT) !== 0) throw new WireError("a message with a checksum");
  if ((flags & REQUIRED_FLAGS & ~MORE_TO_COME) !== 0) throw new WireError(`the flags ${flags}`);
  let body: Doc | null = null;
  const sequences: [string, Value[]][] = [];
  for (let at = HEADER_BYTES + 4; at < bytes.length; ) {
    const kind = bytes[at];
    const length = bytes.readInt32LE(at + 1);
    const section = sliceOf(bytes, at + 1, length);
    if (kind === 0 && body === null) body = decode(section);
    else if (kind === 1) sequences.push(parseSequence(section));
    else throw new WireError(`a section of the kind ${kind}`);
    at += 1 + length;
  }
  if (body === null) throw new WireError("a message without a command");
  for (const [name, documents] of sequences) {
    if (body[name] !== undefined) throw new WireError(`the field '${name}' twice`);
    body[name] = documents;
  }
  const wantsReply = (flags & MORE_TO_COME) === 0;
  return { requestId: bytes.readInt32LE(4), isQuery: false, wantsReply, body };
}

function parseSequence(section: Buffer): [string, Value[]] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new WireError("a document sequence without a name");
  const documents: Value[] = [];
  for (let at = nameEnd + 1; at < section.length; ) {
    const document = sliceOf(section, at, section.readInt32LE(at));
    documents.push(decode(document));
    at += document.length;
  }
  return [section.toString("utf8", 4, nameEnd), documents];
}

function parseOpQuery(bytes: Buffer): Message {
  const nameStart = HEADER_BYTES + 4;
  const nameEnd = bytes.indexOf(0, nameStart);
  const namespace = bytes.toString("utf8", nameStart, nameEnd);
  if (!namespace.endsWith(".$cmd")) throw new WireError("a query that is no command");
  const documentAt = nameEnd + 1 + 8;
  const body = decode(sliceOf(bytes, documentAt, bytes.readInt32LE(documentAt)));
  const name = Object.keys(body)[0] ?? "";
  if (!["hello", "isMaster", "ismaster"].includes(name)) {
    throw new WireError(`the command '${name}' by OP_QUERY, which serves only hello`);
  }
  const command = { ...body, $db: namespace.slice(0, -".$cmd".length) };
  return { requestId: bytes.readInt32LE(4), isQuery: true, wantsReply: true, body: command };
}

function sliceOf(bytes: Buffer, at: number, length: number): Buffer {
  if (length < 5 || at + length > bytes.length) throw new WireError(`a length of ${length} bytes`);
  return bytes.subarray(at, at + length);
}

/** A reply that holds plain fields. */
export function fieldsReply(message: Message, fields: Readonly<Record<string, unknown>>): Buffer {
  const body = serialize(fields, { ignoreUndefined: false });
  const start = startReply(message, body.length);
  start.reply.set(body, start.at);
  return start.reply;
}

/** A reply that holds plain fields and one document, copied as it is stored. */
export function documentReply(message: Message, { fields, value }: DocumentAnswer): Buffer {
  const head = serialize(fields, { ignoreUndefined: false });
  const bodyBytes = head.length + (2 + "value".length) + value.length + (2 + "ok".length + 8);
  const { reply, at } = startReply(message, bodyBytes);
  reply.set(head, at);
  reply.writeInt32LE(bodyBytes, at);
  // Over the zero that ended the fields.
  const writer = new ReplyWriter(reply, at + head.length - 1);
  writer.name(3, "value");
  writer.raw(value);
  writer.name(1, "ok");
  writer.double(1);
  writer.byte(0);
  return reply;
}

/** A reply that holds a batch of documents, copied as they are stored. */
export function batchReply(message: Message, batch: CursorBatch): Buffer {
  const namespaceBytes = Buffer.byteLength(batch.namespace);
  const indexBytes = decimalDigits(batch.documents.length);
  let arrayBytes = 5 + batch.documents.length * 2 + indexBytes;
  for (const document of batch.documents) arrayBytes += document.length;
  const cursorBytes =
    4 + (2 + batch.name.length) + arrayBytes + (4 + 8) + (4 + 4 + namespaceBytes + 1) + 1;
  const bodyBytes = 4 + (1 + "cursor".length + 1) + cursorBytes + (1 + "ok".length + 1 + 8) + 1;
  const { reply, at } = startReply(message, bodyBytes);
  const writer = new ReplyWriter(reply, at);
  writer.int32(bodyBytes);
  writer.name(3, "cursor");
  writer.int32(cursorBytes);
  writer.name(4, batch.name);
  writer.int32(arrayBytes);
  for (let i = 0; i < batch.documents.length; i++) {
    writer.name(3, String(i));
    writer.raw(batch.documents[i] as string);
  }
  writer.byte(0);
  writer.name(18, "id");
  writer.int64(batch.cursorId);
  writer.name(2, "ns");
  writer.text(batch.namespace, namespaceBytes);
  writer.byte(0);
  writer.name(1, "ok");
  writer.double(1);
  writer.byte(0);
  return reply;
}

/** How many digits the numbers below `count` have together. */
function decimalDigits(count: number): number {
  let digits = 0;
  for (let least = 0, length = 1; least < count; least = 10 ** length, length += 1) {
    digits += (Math.min(count, 10 ** length) - least) * length;
  }
  return digits;
}

/** Allocates a reply and writes its head; the body goes to `at`. */
function startReply(message: Message, bodyBytes: number): { reply: Buffer; at: number } {
  const at = message.isQuery ? REPLY_HEADER_BYTES : HEADER_BYTES + 5;
  const reply = Buffer.allocUnsafe(at + bodyBytes);
  reply.fill(0, 0, at);
  reply.writeInt32LE(reply.length, 0);
  reply.writeInt32LE(message.requestId, 8);
  reply.writeInt32LE(message.isQuery ? OP_REPLY : OP_MSG, 12);
  if (message.isQuery) {
    reply.writeInt32LE(AWAIT_CAPABLE, 16);
    reply.writeInt32LE(1, 32);
  }
  return { reply, at };
}

/** Writes BSON by hand where the documents are there as bytes. */
class ReplyWriter {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  byte(value: number): void {
    this.#buffer[this.#at++] = value;
  }

  int32(value: number): void {
    this.#at = this.#buffer.writeInt32LE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#at = this.#buffer.writeBigInt64LE(value, this.#at);
  }

  double(value: number): void {
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** The type of an element and its name. */
  name(type: number, name: string): void {
    this.byte(type);
    this.raw(name);
    this.byte(0);
  }

  text(value: string, bytes: number): void {
    this.int32(bytes + 1);
    this.#at += this.#buffer.write(value, this.#at, "utf8");
    this.byte(0);
  }

  /** Bytes, one character each. */
  raw(bytes: string): void {
    this.#at += this.#buffer.write(bytes, this.#at, "latin1");
  }
}
