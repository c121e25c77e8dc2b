/** What a way to a customer looks like, whatever is behind it: e-mail, AlimTalk, a text message. */
import type { ChannelName, Contact, Delivery, Message, MessageKind } from "../domain/message.ts";

export interface Channel {
  readonly name: ChannelName;
  /** Where this channel reaches somebody with a message of this kind; null: not by this channel. */
  addressOf(kind: MessageKind, contact: Contact): string | null;
  /** Why its messages are only recorded; null: they are sent. */
  readonly closed: string | null;
  /** Hands a message over. Never throws, and ends within `deadlineMs` of its making. */
  deliver(message: Message): Promise<Delivery>;
  close(): void;
}
