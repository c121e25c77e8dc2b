import { statfsSync } from "node:fs";

const FOLDER = "/dev/shm";
/** Less than this would fill up: the tests together keep some hundred megabytes at a time. */
const FREE_MIN_BYTES = 4 * 2 ** 30;

/**
 * Where tests keep their files: in memory where there is room, unless TMPDIR says otherwise. What is
 * killed in them are processes, never the machine, and a file in memory outlives a process as one on
 * a disk does; only the waiting for the disk is gone, which took a third of the long proofs' time.
 */
export function memoryFolder(): { TMPDIR?: string } {
  if (process.env["TMPDIR"] !== undefined) return {};
  try {
    const { bavail, bsize } = statfsSync(FOLDER);
    return bavail * bsize < FREE_MIN_BYTES ? {} : { TMPDIR: FOLDER };
  } catch {
    return {};
  }
}
