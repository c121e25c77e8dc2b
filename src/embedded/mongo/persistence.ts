import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { DataFiles, loadDataFiles } from "./data-files.ts";
import { toError } from "./errors.ts";
import { lockFolder } from "./folder-lock.ts";
import { BatchBuffer, FILE_START } from "./frames.ts";
import { GroupCommitJournal, type JournalFile, openJournalFile } from "./journal.ts";
import { type Pieces, otherRecords, putHeadOf, putPieces } from "./records.ts";
import { type CollectionImage, Store } from "./store.ts";

const SNAPSHOT_BATCH_BYTES = 1024 * 1024;
/** A journal smaller than this is never worth a snapshot. */
const JOURNAL_BYTES_MIN = 16 * 1024 * 1024;
/** Journals may grow to this many times the size of the documents. */
const JOURNAL_GROWTH = 4;

/** The databases of one folder, and what makes them durable. */
export interface Persistence {
  readonly store: Store;
  /** Resolves once every change made so far is on the disk. */
  durable(): Promise<void>;
  /** Writes a snapshot and drops the journals before it. */
  checkpoint(): Promise<void>;
  close(): Promise<void>;
}

export interface PersistenceOptions {
  readonly folder: string;
  readonly log: (line: string) => void;
  /** Called when the disk failed and nobody knows what it holds; must end the process. */
  readonly onFatal: (error: Error) => void;
}

/** Locks a data folder, reads it and stands ready to write. */
export async function openPersistence(options: PersistenceOptions): Promise<Persistence> {
  const files = new DataFiles(options.folder);
  const unlock = lockFolder(options.folder);
  try {
    return await openLocked(files, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openLocked(
  files: DataFiles,
  { log, onFatal }: PersistenceOptions,
  unlock: () => void,
): Promise<Persistence> {
  const late: { journal?: GroupCommitJournal } = {};
  const store = new Store({ append: (record, undo) => late.journal?.append(record, undo) });
  const loaded = loadDataFiles(files, store, log);
  const file = await openJournalFile(files.journal(loaded.generation), loaded.journalBytes);
  await files.syncFolder();
  const journal = new GroupCommitJournal(file, onFatal);
  late.journal = journal;
  const checkpoints = createCheckpoints({ files, store, journal, log }, loaded);
  checkpoints.considerNow(JOURNAL_BYTES_MIN / 4, 1);
  return {
    store,
    durable: async () => {
      await journal.durable();
      checkpoints.considerNow(JOURNAL_BYTES_MIN, JOURNAL_GROWTH);
    },
    checkpoint: () => checkpoints.run(),
    close: async () => {
      // The next start reads a snapshot faster than a journal.
      checkpoints.considerNow(JOURNAL_BYTES_MIN / 4, 1);
      await checkpoints.settled();
      await journal.close();
      unlock();
    },
  };
}

interface CheckpointParts {
  readonly files: DataFiles;
  readonly store: Store;
  readonly journal: GroupCommitJournal;
  readonly log: (line: string) => void;
}

interface Checkpoints {
  /** Starts a checkpoint in the background where the journals have outgrown the documents. */
  considerNow(bytesMin: number, growth: number): void;
  run(): Promise<void>;
  settled(): Promise<void>;
}

function createCheckpoints(
  { files, store, journal, log }: CheckpointParts,
  loaded: {
    readonly generation: number;
    readonly journalBytes: number;
    readonly replayedBytes: number;
  },
): Checkpoints {
  let generation = loaded.generation;
  /** The bytes of the journals before the present one that no snapshot covers yet. */
  let olderBytes = loaded.replayedBytes - loaded.journalBytes;
  let running: Promise<void> | null = null;
  let bytesToRetry = 0;

  const checkpoint = async (): Promise<void> => {
    const next = generation + 1;
    let image: CollectionImage[] = [];
    let replacedBytes = 0;
    const capture = (): void => {
      image = store.image();
    };
    await journal.rotate(capture, async () => {
      replacedBytes = journal.sizeBytes;
      return startJournal(files, next);
    });
    generation = next;
    olderBytes += replacedBytes;
    await writeSnapshot(files, next, image);
    olderBytes = 0;
  };

  const run = (): Promise<void> => {
    running ??= checkpoint().finally(() => {
      running = null;
    });
    return running;
  };

  return {
    considerNow(bytesMin, growth) {
      const bytes = journal.sizeBytes + olderBytes;
      if (running !== null || bytes < Math.max(bytesMin, bytesToRetry)) return;
      if (bytes < store.bytes * growth) return;
      run().catch((error: unknown) => {
        // The journals still hold everything; the next attempt waits until they have grown.
        bytesToRetry = bytes * 2;
        log(`could not write a snapshot: ${toError(error).message}`);
      });
    },
    run,
    async settled() {
      await running?.catch(() => undefined);
    },
  };
}

async function startJournal(files: DataFiles, generation: number): Promise<JournalFile> {
  const name = files.journal(generation);
  try {
    const file = await openJournalFile(name, 0);
    await files.syncFolder();
    return file;
  } catch (error) {
    // A journal that is not used must not follow the one that goes on.
    rmSync(name, { force: true });
    throw error;
  }
}

async function writeSnapshot(
  files: DataFiles,
  generation: number,
  image: readonly CollectionImage[],
): Promise<void> {
  const draft = path.join(files.folder, `draft-${generation}`);
  try {
    await writeDraft(draft, image);
    await files.publishSnapshot(draft, generation);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

async function writeDraft(file: string, image: readonly CollectionImage[]): Promise<void> {
  const handle = await open(file, "w", 0o600);
  const batch = new BatchBuffer(SNAPSHOT_BATCH_BYTES + 64 * 1024);
  let position = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position);
      done += bytesWritten;
      position += bytesWritten;
    }
  };
  try {
    await write(FILE_START);
    for (const record of snapshotRecords(image)) {
      batch.add(record);
      if (batch.byteLength < SNAPSHOT_BATCH_BYTES) continue;
      await write(batch.seal());
      batch.clear();
    }
    await write(batch.seal());
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function* snapshotRecords(image: readonly CollectionImage[]): Generator<Pieces, void, undefined> {
  let documents = 0;
  for (const { namespace, indexes, documents: raws } of image) {
    yield otherRecords.create(namespace);
    const head = putHeadOf(namespace);
    for (const index of indexes) yield otherRecords.createIndex(namespace, index);
    for (const raw of raws) yield putPieces(head, raw);
    documents += raws.length;
  }
  yield otherRecords.end(documents);
}
