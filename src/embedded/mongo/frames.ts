import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Pieces } from "./records.ts";

/**
 * The files' format: a line that names it, then batches. A batch is what one flush writes: its
 * length, the checksum of its content, the checksum of these two, then BSON records end to end.
 * A batch is written only after the one before it is safe, so only the last can be torn.
 */
export const FILE_START = Buffer.from("mongo-journal-1\n", "latin1");
export const BATCH_HEAD_BYTES = 12;

const READ_BYTES = 4 * 1024 * 1024;

/** Raised when a data file holds something that was never written so. */
export class DamagedDataError extends Error {
  readonly code = "DAMAGED_DATA";
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`${file} is damaged at byte ${offset}: ${what}`);
    this.name = "DamagedDataError";
    this.file = file;
    this.offset = offset;
  }
}

/** Collects records into one batch, ready to be written. */
export class BatchBuffer {
  readonly #capacity: number;
  #bytes: Buffer;
  #length = BATCH_HEAD_BYTES;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get isEmpty(): boolean {
    return this.#length === BATCH_HEAD_BYTES;
  }

  get byteLength(): number {
    return this.#length;
  }

  add(record: Pieces): void {
    for (const piece of record) {
      if (this.#length + piece.length > this.#bytes.length) this.#grow(piece.length);
      this.#length += this.#bytes.write(piece, this.#length, "latin1");
    }
  }

  /** The finished batch; valid until the next `clear`. */
  seal(): Buffer {
    const content = this.#bytes.subarray(BATCH_HEAD_BYTES, this.#length);
    this.#bytes.writeUInt32LE(content.length, 0);
    this.#bytes.writeUInt32LE(crc32(content), 4);
    this.#bytes.writeUInt32LE(crc32(this.#bytes.subarray(0, 8)), 8);
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = BATCH_HEAD_BYTES;
    // One large batch must not hold its memory for ever.
    if (this.#bytes.length > this.#capacity * 16) {
      this.#bytes = Buffer.allocUnsafeSlow(this.#capacity);
    }
  }

  #grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Where the whole batches of a file end, and where the file ends. */
export interface FileExtent {
  readonly intactBytes: number;
  readonly sizeBytes: number;
}

/** Hands over every whole batch; a torn tail is left out, other damage throws. */
export function readBatches(file: string, onBatch: (content: Buffer) => void): FileExtent {
  const fd = openSync(file, "r");
  try {
    const sizeBytes = fstatSync(fd).size;
    const source = new FileWindow(fd, sizeBytes);
    const start = source.bytes(0, Math.min(FILE_START.length, sizeBytes));
    if (!FILE_START.subarray(0, start.length).equals(start)) {
      throw new DamagedDataError(file, 0, "it does not begin as a data file does");
    }
    if (start.length < FILE_START.length) return { intactBytes: 0, sizeBytes };
    let at = FILE_START.length;
    for (;;) {
      const content = nextBatch(file, source, at);
      if (content === null) return { intactBytes: at, sizeBytes };
      tryBatch(file, at, () => onBatch(content));
      at += BATCH_HEAD_BYTES + content.length;
    }
  } finally {
    closeSync(fd);
  }
}

function tryBatch(file: string, offset: number, run: () => void): void {
  try {
    run();
  } catch (error) {
    throw new DamagedDataError(file, offset, error instanceof Error ? error.message : "unreadable");
  }
}

/** The content of the batch at an offset, or null where whole batches end. */
function nextBatch(file: string, source: FileWindow, at: number): Buffer | null {
  const rest = source.sizeBytes - at;
  if (rest < BATCH_HEAD_BYTES) return null;
  const head = source.bytes(at, BATCH_HEAD_BYTES);
  if (crc32(head.subarray(0, 8)) !== head.readUInt32LE(8)) {
    // A power cut may leave the file longer than what was written into it.
    if (isZeroFrom(source, at)) return null;
    throw new DamagedDataError(file, at, "the head of a batch does not match its checksum");
  }
  const length = head.readUInt32LE(0);
  const checksum = head.readUInt32LE(4);
  if (rest < BATCH_HEAD_BYTES + length) return null;
  const content = source.bytes(at + BATCH_HEAD_BYTES, length);
  if (crc32(content) !== checksum) {
    throw new DamagedDataError(file, at, "a batch does not match its checksum");
  }
  return content;
}

function isZeroFrom(source: FileWindow, from: number): boolean {
  for (let at = from; at < source.sizeBytes; at += READ_BYTES) {
    const part = source.bytes(at, Math.min(READ_BYTES, source.sizeBytes - at));
    if (part.some((byte) => byte !== 0)) return false;
  }
  return true;
}

/** Reads a file front to back in large steps. */
class FileWindow {
  readonly sizeBytes: number;
  readonly #fd: number;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(fd: number, sizeBytes: number) {
    this.#fd = fd;
    this.sizeBytes = sizeBytes;
  }

  bytes(at: number, length: number): Buffer {
    const isInside = at >= this.#start && at + length <= this.#start + this.#window.length;
    if (!isInside) this.#load(at, Math.min(this.sizeBytes - at, Math.max(length, READ_BYTES)));
    return this.#window.subarray(at - this.#start, at - this.#start + length);
  }

  #load(at: number, length: number): void {
    const window = Buffer.allocUnsafeSlow(length);
    for (let got = 0; got < length; ) {
      const read = readSync(this.#fd, window, got, length - got, at + got);
      if (read === 0) throw new Error("a data file became shorter while it was read");
      got += read;
    }
    this.#window = window;
    this.#start = at;
  }
}
