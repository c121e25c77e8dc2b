/** A gateway's notice comes in: it is on record before it is answered, and looked at later. */
import { newInboxEntry } from "../domain/inbox.ts";
import type { OperationalClock } from "../lib/clock.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { InboxStore } from "../stores/inbox.ts";
import { type SentNotice, packRaw } from "./raw-notice.ts";

export interface ReceiveNoticeDeps {
  inbox: Pick<InboxStore, "receive">;
  secrets: Pick<SecretBox, "seal" | "hash">;
  hints: WorkHints;
  clock: OperationalClock;
}

/**
 * Stores a notice; one with the very same text is only counted. Resolves once it is durable and
 * throws where it is not: then the gateway sends it again.
 */
export async function receiveNotice(
  deps: ReceiveNoticeDeps,
  sent: SentNotice,
): Promise<"new" | "again"> {
  const { gateway, method, address } = sent;
  const id = noticeId(deps, sent);
  const raw = deps.secrets.seal(packRaw(sent), id);
  const entry = newInboxEntry({
    id,
    gateway,
    method,
    address,
    receivedAt: deps.clock.now(),
    raw,
  });
  const result = await deps.inbox.receive(entry);
  // The gateway does not wait for Redis: a hint never throws, and the sweep makes up for a lost one.
  if (result === "new") void deps.hints.document("webhook", entry);
  return result;
}

/** Keyed, since a text may hold a billing key, which is short enough to be found by trying. */
function noticeId(
  { secrets }: Pick<ReceiveNoticeDeps, "secrets">,
  { gateway, method, query, body }: SentNotice,
): string {
  const text = JSON.stringify([gateway, method, query, body.toString("base64")]);
  return `ntc_${secrets.hash(text).slice(0, 40)}`;
}
