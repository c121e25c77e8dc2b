/** One message on its way: still true? claimed, handed over, recorded. */
import { isStale } from "../../domain/message-plan.ts";
import {
  type Delivery,
  type Message,
  type MessagePolicy,
  STALE,
  claimMessage,
  dropMessage,
  settleMessage,
} from "../../domain/message.ts";
import { newToken } from "../../lib/ids.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Channel } from "../../notify/channel.ts";
import type { InvoiceStore } from "../../stores/invoices.ts";
import type { MessageStore } from "../../stores/messages.ts";
import type { SubscriptionStore } from "../../stores/subscriptions.ts";
import { type Clocks, readInstants } from "../instants.ts";

export interface SendMessageDeps extends Clocks {
  messages: Pick<MessageStore, "find" | "write">;
  invoices: Pick<InvoiceStore, "find">;
  subscriptions: Pick<SubscriptionStore, "find">;
  channels: readonly Channel[];
  messagePolicy: MessagePolicy;
  /** How long a claimed message belongs to its worker; longer than any delivery. */
  messageLeaseMs: number;
  random: () => number;
  log: Logger;
}

/** What came of it, for the job's record. */
export type MessageResult = "skipped" | "stale" | "closed" | "sent" | "refused" | "not_taken";

/**
 * Sends a message that is due. Only a process that dies, or hears nothing, between handing it over and
 * recording that leads to a second one, under the same id.
 */
export async function sendMessage(
  deps: SendMessageDeps,
  { id }: { id: string },
): Promise<MessageResult> {
  const message = await deps.messages.find(id);
  const { operational } = await readInstants(deps);
  if (message === null || message.state !== "waiting" || message.nextTryAt > operational) {
    return "skipped";
  }
  const channel = deps.channels.find(({ name }) => name === message.channel);
  // The channel was taken out of the configuration after the message was planned.
  if (channel === undefined) return drop(deps, message, "no channel");
  if (channel.closed !== null) return drop(deps, message, channel.closed);
  if (await isOutdated(deps, message)) return drop(deps, message, STALE);
  const claimed = await claim(deps, message);
  if (claimed === null) return "skipped";
  const delivery = await channel.deliver(claimed);
  await record(deps, claimed, delivery);
  return delivery.kind;
}

async function drop(
  deps: SendMessageDeps,
  message: Message,
  reason: string,
): Promise<MessageResult> {
  const dropped = dropMessage(message, reason, deps.clock.now());
  if (dropped !== null) await deps.messages.write(message, dropped);
  return reason === STALE ? "stale" : "closed";
}

async function isOutdated(deps: SendMessageDeps, message: Message): Promise<boolean> {
  const { invoiceId, subscriptionId } = message.subject;
  const [invoice, subscription, at] = await Promise.all([
    invoiceId === null ? null : deps.invoices.find(invoiceId),
    subscriptionId === null ? null : deps.subscriptions.find(subscriptionId),
    readInstants(deps),
  ]);
  return isStale(message, { invoice, subscription, business: at.business });
}

async function claim(deps: SendMessageDeps, message: Message): Promise<Message | null> {
  const now = deps.clock.now();
  const leaseUntil = new Date(now.getTime() + deps.messageLeaseMs);
  const claimed = claimMessage(message, { token: newToken(), leaseUntil }, now);
  return claimed === null ? null : deps.messages.write(message, claimed);
}

async function record(deps: SendMessageDeps, claimed: Message, delivery: Delivery): Promise<void> {
  const now = deps.clock.now();
  const settled = settleMessage(
    claimed,
    { token: claimed.claim?.token ?? "", delivery },
    { now, random: deps.random(), policy: deps.messagePolicy },
  );
  const written = settled === null ? null : await deps.messages.write(claimed, settled);
  const told = { messageId: claimed.id, kind: claimed.kind, channel: claimed.channel };
  if (written === null) {
    deps.log.warn(told, "a message was handed over after its lease; it may come twice");
    return;
  }
  const { state, reason, tries } = written;
  if (state === "sent") deps.log.info({ ...told, tries }, "a message is sent");
  else if (state === "waiting")
    deps.log.warn({ ...told, tries, reason }, "a message was not taken");
  else deps.log.error({ ...told, state, tries, reason }, "a message will not be sent");
}
