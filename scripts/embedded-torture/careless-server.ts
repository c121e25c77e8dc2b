/**
 * The control of the torture: the real server, except that no answer waits for its flush. It is a
 * program of its own, so that the server has no switch by which anybody could come to run it so.
 *
 * SIGKILL alone loses nothing that the kernel was given. What this server loses is what it has
 * answered while the flush before was still under way, and what stood only in its own memory.
 */
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { GroupCommitJournal } from "../../src/embedded/mongo/journal.ts";

/** A disk's own time: in a folder that stands in memory a flush is over before anybody is killed. */
const FLUSH_MS = 2;

GroupCommitJournal.prototype.durable = () => Promise.resolve();
const handle = await open(process.execPath);
const prototype = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();
const write = Reflect.get(prototype, "write") as (...given: unknown[]) => Promise<unknown>;
Reflect.set(prototype, "write", async function slowly(this: FileHandle, ...given: unknown[]) {
  await sleep(FLUSH_MS);
  return Reflect.apply(write, this, given);
});
await import("../../src/embedded/mongo/main.ts");
