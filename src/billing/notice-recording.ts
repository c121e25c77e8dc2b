import type { Recording } from "../domain/charge-policy.ts";
import type { InboxEntry } from "../domain/inbox.ts";
import { newId } from "../lib/ids.ts";
import { type Clocks, readInstants } from "./instants.ts";

/** What is noted beside a change that a notice made. */
export async function recordingOf(
  deps: Clocks & { random: () => number },
  entry: InboxEntry,
): Promise<Recording> {
  const at = await readInstants(deps);
  const random = deps.random();
  return { at, actor: "notice", by: entry.id, random, refundId: newId("ref") };
}
