import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { MongoError, toError } from "./errors.ts";
import { BatchBuffer, FILE_START } from "./frames.ts";
import type { Pieces } from "./records.ts";
import type { Journal } from "./store.ts";

const BATCH_CAPACITY_BYTES = 64 * 1024;
/** On Linux a write returns when the disk has it: one call, and one thread hop, instead of two. */
const SYNCS_ON_WRITE = process.platform === "linux";
const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The file that a journal appends to. */
export interface JournalFile {
  readonly handle: FileHandle;
  sizeBytes: number;
}

/** What changed since the last flush began, and who waits for it. */
interface Batch {
  readonly records: BatchBuffer;
  readonly undo: (() => void)[];
  readonly waiters: Waiter[];
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

interface Rotation {
  /** Called at the instant that divides the old file from the new one. */
  readonly capture: () => void;
  readonly openNext: () => Promise<JournalFile>;
  readonly waiter: Waiter;
}

/**
 * Group commit: one flush at a time, and all that happens meanwhile shares the next one. Where the
 * disk is full, the changes of the flush are taken back and their writers are told so; after any
 * other failure nobody knows what the disk holds, and `onFatal` must end the process.
 */
export class GroupCommitJournal implements Journal {
  #file: JournalFile;
  #open: Batch = emptyBatch();
  #spare: Batch = emptyBatch();
  #inFlight: Batch | null = null;
  #rotation: Rotation | null = null;
  #isRunning = false;
  #isFailed = false;
  readonly #onFatal: (error: Error) => void;

  constructor(file: JournalFile, onFatal: (error: Error) => void) {
    this.#file = file;
    this.#onFatal = onFatal;
  }

  get sizeBytes(): number {
    return this.#file.sizeBytes;
  }

  append(record: Pieces, undo: () => void): void {
    this.#open.records.add(record);
    this.#open.undo.push(undo);
    this.#start();
  }

  /** Resolves once all that has been appended so far is on the disk. */
  durable(): Promise<void> {
    const batch = this.#open.records.isEmpty ? this.#inFlight : this.#open;
    if (batch === null) return Promise.resolve();
    return new Promise((resolve, reject) => batch.waiters.push({ resolve, reject }));
  }

  /** Goes on in another file; `capture` sees exactly what the files before it hold. */
  rotate(capture: () => void, openNext: () => Promise<JournalFile>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#rotation = { capture, openNext, waiter: { resolve, reject } };
      this.#start();
    });
  }

  /** Flushes what is left and closes the file. */
  async close(): Promise<void> {
    // A full disk was answered to those who waited; what is left was wanted by nobody.
    await this.durable().catch(() => undefined);
    await this.#file.handle.close();
  }

  #start(): void {
    if (this.#isRunning || this.#isFailed) return;
    this.#isRunning = true;
    // Not at once: the commands that arrived together share the flush.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (!this.#open.records.isEmpty || this.#rotation !== null) {
        if (this.#rotation === null) await this.#flush();
        else await this.#flushAndRotate(this.#rotation);
      }
    } catch (error) {
      this.#isFailed = true;
      this.#onFatal(toError(error));
    }
    this.#isRunning = false;
  }

  async #flush(): Promise<boolean> {
    const batch = this.#open;
    this.#open = this.#spare;
    this.#inFlight = batch;
    const failure = await this.#write(batch);
    this.#inFlight = null;
    if (failure === null) for (const waiter of batch.waiters) waiter.resolve();
    else this.#takeBack(batch, failure);
    this.#spare = batch;
    clear(batch);
    return failure === null;
  }

  async #flushAndRotate({ capture, openNext, waiter }: Rotation): Promise<void> {
    this.#rotation = null;
    capture();
    if (!this.#open.records.isEmpty && !(await this.#flush())) {
      waiter.reject(new Error("the disk is full"));
      return;
    }
    try {
      const next = await openNext();
      await this.#file.handle.close();
      this.#file = next;
      waiter.resolve();
    } catch (error) {
      waiter.reject(toError(error));
    }
  }

  /** Writes one batch; returns the failure when the disk is full, throws on any other. */
  async #write(batch: Batch): Promise<Error | null> {
    const { handle, sizeBytes } = this.#file;
    const bytes = batch.records.seal();
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(
          bytes,
          done,
          bytes.length - done,
          sizeBytes + done,
        );
        done += bytesWritten;
      }
    } catch (error) {
      if (!NO_SPACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await handle.truncate(sizeBytes);
      return toError(error);
    }
    if (!SYNCS_ON_WRITE) await handle.datasync();
    this.#file.sizeBytes += bytes.length;
    return null;
  }

  /** Undoes a batch, and before it what was built on it meanwhile. */
  #takeBack(batch: Batch, cause: Error): void {
    for (const failed of [this.#open, batch]) {
      for (const undo of failed.undo.toReversed()) undo();
      const error = new MongoError("OutOfDiskSpace", `the write was taken back: ${cause.message}`);
      for (const waiter of failed.waiters) waiter.reject(error);
    }
    clear(this.#open);
  }
}

/** Opens a journal file for appending after what it holds. */
export async function openJournalFile(path: string, sizeBytes: number): Promise<JournalFile> {
  const { O_CREAT, O_DSYNC, O_RDWR, O_TRUNC } = constants;
  const start = sizeBytes === 0 ? O_CREAT | O_TRUNC : 0;
  const handle = await open(path, O_RDWR | start | (SYNCS_ON_WRITE ? O_DSYNC : 0), 0o600);
  if (sizeBytes === 0) {
    await handle.write(FILE_START, 0, FILE_START.length, 0);
    await handle.sync();
  }
  return { handle, sizeBytes: Math.max(sizeBytes, FILE_START.length) };
}

function emptyBatch(): Batch {
  return { records: new BatchBuffer(BATCH_CAPACITY_BYTES), undo: [], waiters: [] };
}

function clear(batch: Batch): void {
  batch.records.clear();
  batch.undo.length = 0;
  batch.waiters.length = 0;
}
