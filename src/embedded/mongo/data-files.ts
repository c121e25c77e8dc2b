import { mkdirSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import path from "node:path";
import { toError } from "./errors.ts";
import { DamagedDataError, FILE_START, type FileExtent, readBatches } from "./frames.ts";
import { type StoredRecord, readRecords } from "./records.ts";
import type { Store } from "./store.ts";

/**
 * The files of a data folder. Journal n follows snapshot n; a journal n + 1 without its snapshot
 * follows journal n. (Journal 0 follows nothing.)
 */
export class DataFiles {
  readonly folder: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.folder = folder;
  }

  journal(generation: number): string {
    return path.join(this.folder, `journal-${generation}`);
  }

  snapshot(generation: number): string {
    return path.join(this.folder, `snapshot-${generation}`);
  }

  /** The numbers of the files of one kind, lowest first. */
  generations(kind: "journal" | "snapshot"): number[] {
    return readdirSync(this.folder)
      .map((name) => new RegExp(`^${kind}-(\\d+)$`).exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .toSorted((a, b) => a - b);
  }

  /** Makes the names of new files durable. */
  async syncFolder(): Promise<void> {
    const handle = await open(this.folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Gives a finished snapshot its name, which makes the files before it superfluous. */
  async publishSnapshot(draft: string, generation: number): Promise<void> {
    await rename(draft, this.snapshot(generation));
    await this.syncFolder();
    this.removeBefore(generation);
  }

  /** Removes what a later snapshot has replaced, and drafts. */
  removeBefore(generation: number): void {
    for (const old of this.generations("journal")) {
      if (old < generation) rmSync(this.journal(old));
    }
    for (const old of this.generations("snapshot")) {
      if (old < generation) rmSync(this.snapshot(old));
    }
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith("draft-")) rmSync(path.join(this.folder, name));
    }
  }
}

/** What reading a folder found. */
export interface Loaded {
  /** The journal to go on with; 0 bytes where it must be made. */
  readonly generation: number;
  readonly journalBytes: number;
  /** The bytes of all journals since the snapshot. */
  readonly replayedBytes: number;
}

/** Reads snapshot and journals in order; throws `DamagedDataError` where something is not as written. */
export function loadDataFiles(files: DataFiles, store: Store, log: (line: string) => void): Loaded {
  const generation = files.generations("snapshot").at(-1) ?? 0;
  if (generation > 0) readSnapshot(files.snapshot(generation), store);
  const journals = files.generations("journal").filter((number) => number >= generation);
  assertUnbroken(files, generation, journals);
  let replayedBytes = 0;
  let journalBytes = 0;
  for (const [i, number] of journals.entries()) {
    const isLast = i === journals.length - 1;
    const extent = readFile(files.journal(number), (record) => store.replay(record));
    if (extent.intactBytes < extent.sizeBytes)
      cutTail(files.journal(number), extent, { isLast, log });
    journalBytes = extent.intactBytes;
    replayedBytes += extent.intactBytes;
  }
  files.removeBefore(generation);
  return { generation: journals.at(-1) ?? 0, journalBytes, replayedBytes };
}

function assertUnbroken(files: DataFiles, generation: number, journals: readonly number[]): void {
  const isEmpty = generation === 0 && journals.length === 0;
  if (isEmpty) return;
  for (let i = 0; i < Math.max(1, journals.length); i++) {
    if (journals[i] !== generation + i) {
      throw new DamagedDataError(files.journal(generation + i), 0, "the file is missing");
    }
  }
}

function readFile(file: string, onRecord: (record: StoredRecord) => void): FileExtent {
  return readBatches(file, (content) => {
    for (const record of readRecords(content)) onRecord(record);
  });
}

function readSnapshot(file: string, store: Store): void {
  let documents = 0;
  let expected: number | null = null;
  const extent = readFile(file, (record) => {
    if (record.op === "put") documents += 1;
    if (record.op === "other" && record.fields.op === "end") {
      expected = Number(record.fields.documents);
    } else store.load(record);
  });
  if (expected !== documents || extent.intactBytes !== extent.sizeBytes) {
    throw new DamagedDataError(file, extent.intactBytes, "the snapshot is not complete");
  }
  settle(store, file);
}

function settle(store: Store, file: string): void {
  try {
    store.settle();
  } catch (error) {
    throw new DamagedDataError(file, 0, toError(error).message);
  }
}

function cutTail(
  file: string,
  { intactBytes, sizeBytes }: FileExtent,
  { isLast, log }: { isLast: boolean; log: (line: string) => void },
): void {
  if (!isLast) throw new DamagedDataError(file, intactBytes, "a batch is cut short");
  const torn = sizeBytes - intactBytes;
  log(`${file}: cut ${torn} bytes of an unfinished write at byte ${intactBytes}`);
  truncateSync(file, intactBytes >= FILE_START.length ? intactBytes : 0);
}
