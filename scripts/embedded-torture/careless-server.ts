/**
 * The control of the torture: the real server, except that no answer waits for its flush. It is a
 * program of its own, so that the server has no switch by which anybody could come to run it so.
 *
 * SIGKILL alone loses nothing that the kernel was given. What this server loses is what it has
 * answered while the flush before was still under way, and what stood only in its own memory.
 */
import { GroupCommitJournal } from "../../src/embedded/mongo/journal.ts";

GroupCommitJournal.prototype.durable = () => Promise.resolve();
await import("../../src/embedded/mongo/main.ts");
