import type { Message, MessageState } from "../domain/message.ts";
import type { Database } from "./connection.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { messageSchema } from "./schemas-messages.ts";

/** Messages to customers and operators, also those that were recorded and not sent. */
export interface MessageStore extends RevisionedStore<Message> {
  /** Those to be sent now, the oldest first. A claim whose lease has ended is due again. */
  listDue(operationalNow: Date, limit: number): Promise<Message[]>;
  /** The newest first. */
  listRecent(limit: number): Promise<Message[]>;
  /** How many are in a state, counted up to a limit. */
  count(state: MessageState, limit: number): Promise<number>;
}

export function createMessageStore(database: Database, joining: Joining = JOINING): MessageStore {
  const model = database.model<Stored<Message>>("Message", messageSchema, "messages");
  const { many } = createFinders<Message>(model);
  return {
    ...createRevisionedStore<Message>(model, joining),
    listDue: (operationalNow, limit) =>
      many({ state: "waiting", nextTryAt: { $lte: operationalNow } }, { nextTryAt: 1 }, limit),
    listRecent: (limit) => many({ createdAt: { $gt: new Date(0) } }, { createdAt: -1 }, limit),
    count: (state, limit) => model.countDocuments({ state }, { limit }),
  };
}
