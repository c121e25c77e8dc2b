/** A person looks at a notice: has it looked at once more, or says that it was seen. */
import { BillingError } from "../domain/errors.ts";
import { type InboxEntry, markNoticeSeen, replayNotice } from "../domain/inbox.ts";
import type { Logger } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { InboxStore } from "../stores/inbox.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface ReviewNoticeDeps extends Clocks {
  inbox: Pick<InboxStore, "find" | "write">;
  hints: WorkHints;
  log: Logger;
}

export interface Review {
  id: string;
  /** `replay`: the same rules look once more. `seen`: nothing but the mark. */
  kind: "replay" | "seen";
  reason: string;
  by: string;
}

/** Puts it on record and does it. Throws NOT_FOUND. */
export async function reviewNotice(deps: ReviewNoticeDeps, review: Review): Promise<InboxEntry> {
  const { id, kind, reason, by } = review;
  const cause = { at: await readInstants(deps), actor: "operator" as const, by, reason };
  const rule = kind === "replay" ? replayNotice : markNoticeSeen;
  const { document } = await updateDocument<InboxEntry>(deps.inbox, id, (read) =>
    rule(read, cause),
  );
  deps.log.warn({ noticeId: id, review: kind, by, reason }, "a notice is reviewed by an operator");
  if (kind === "replay") await deps.hints.document("webhook", document);
  return document;
}

/** One notice. Throws NOT_FOUND. */
export async function findNotice(
  deps: Pick<ReviewNoticeDeps, "inbox">,
  id: string,
): Promise<InboxEntry> {
  const entry = await deps.inbox.find(id);
  if (entry === null) throw new BillingError("NOT_FOUND", { id });
  return entry;
}
