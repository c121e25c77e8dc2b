import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;
const LINE_FEED = 0x0a;

/** An append-only file of JSON lines. A line is in the file before `append` returns. */
export interface LedgerFile {
  append(line: unknown): void;
  close(): void;
}

/** Reads every whole line into `onLine`, then stands ready to append. */
export function openLedgerFile(file: string, onLine: (line: unknown) => void): LedgerFile {
  const fd = openSync(file, "a+", 0o600);
  const intactBytes = readLines(fd, (text, number) => onLine(parseLine(text, `${file}:${number}`)));
  let sizeBytes = fstatSync(fd).size;

  const dropTornTail = (): void => {
    // A kill in the middle of a write leaves a line without an end. Its request was never answered,
    // so it goes, but only now: a second process that merely looked must not cut the file.
    if (sizeBytes > intactBytes) ftruncateSync(fd, intactBytes);
    sizeBytes = Math.min(sizeBytes, intactBytes);
  };
  let tailChecked = false;

  return {
    append(line) {
      if (fstatSync(fd).size !== sizeBytes) {
        throw new Error(`another process writes ${file}; one data folder serves one simulator`);
      }
      if (!tailChecked) dropTornTail();
      tailChecked = true;
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      try {
        writeAll(fd, bytes);
      } catch (error) {
        ftruncateSync(fd, sizeBytes);
        throw error;
      }
      sizeBytes += bytes.length;
    },
    close: () => closeSync(fd),
  };
}

function writeAll(fd: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/** Returns how many bytes the whole lines take. */
function readLines(fd: number, onText: (text: string, number: number) => void): number {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  let readBytes = 0;
  let number = 0;
  for (;;) {
    const got = readSync(fd, chunk, 0, CHUNK_BYTES, readBytes);
    if (got === 0) return readBytes - rest.length;
    readBytes += got;
    const data = Buffer.concat([rest, chunk.subarray(0, got)]);
    let start = 0;
    for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED, start)) {
      number += 1;
      onText(data.toString("utf8", start, end), number);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
}

function parseLine(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${place} is not JSON; the ledger was changed by hand or the disk is bad`);
  }
}
