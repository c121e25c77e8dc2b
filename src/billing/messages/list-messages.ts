/** The newest messages as people look at them: to whom only in part, and what became of each. */
import { type Message, maskAddress } from "../../domain/message.ts";
import type { MessageStore } from "../../stores/messages.ts";

/** Most messages that one page shows. */
const RECENT_MAX = 100;

/** Instants are ISO texts. */
export interface MessageRow {
  id: string;
  kind: Message["kind"];
  channel: Message["channel"];
  language: Message["language"];
  to: string;
  state: Message["state"];
  reason: string | null;
  tries: number;
  createdAt: string;
  /** When it is tried next; null where it has ended. */
  nextTryAt: string | null;
  endedAt: string | null;
}

/** The newest first. */
export async function listMessages(deps: {
  messages: Pick<MessageStore, "listRecent">;
}): Promise<MessageRow[]> {
  const recent = await deps.messages.listRecent(RECENT_MAX);
  return recent.map(toMessageRow);
}

function toMessageRow(message: Message): MessageRow {
  const { id, kind, channel, language, state, reason, tries } = message;
  return {
    id,
    kind,
    channel,
    language,
    to: maskAddress(message.to),
    state,
    reason,
    tries,
    createdAt: message.createdAt.toISOString(),
    nextTryAt: state === "waiting" ? message.nextTryAt.toISOString() : null,
    endedAt: message.endedAt?.toISOString() ?? null,
  };
}
