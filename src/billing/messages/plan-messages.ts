/** Which messages follow from what has happened. They are recorded here and sent elsewhere. */
import {
  type About,
  type ToldEvent,
  contactOf,
  draftForCustomer,
  draftForOperator,
} from "../../domain/message-plan.ts";
import {
  type Contact,
  type MessageDraft,
  type MessageLanguage,
  newMessage,
} from "../../domain/message.ts";
import type { OperationalClock } from "../../lib/clock.ts";
import { type Logger, describeError } from "../../lib/logger.ts";
import type { Channel } from "../../notify/channel.ts";
import type { BillingKeyStore } from "../../stores/billing-keys.ts";
import type { EventStore } from "../../stores/events.ts";
import type { InvoiceStore } from "../../stores/invoices.ts";
import type { MessageStore } from "../../stores/messages.ts";
import type { SubscriptionStore } from "../../stores/subscriptions.ts";

export interface RecordMessageDeps {
  messages: Pick<MessageStore, "insert">;
  channels: readonly Channel[];
  clock: OperationalClock;
}

export interface PlanMessagesDeps extends RecordMessageDeps {
  events: Pick<EventStore, "listToTell" | "markTold">;
  invoices: Pick<InvoiceStore, "find">;
  subscriptions: Pick<SubscriptionStore, "find">;
  billingKeys: Pick<BillingKeyStore, "find">;
  /** How many times a declined charge is tried again. */
  ladderSteps: number;
  operatorLanguage: MessageLanguage;
  log: Logger;
}

/**
 * Records what is to be told of events that carry the mark, then takes the mark off. Repeating any
 * of it is harmless: a message's id derives from what it tells. Returns how many events were decided.
 */
export async function planMessages(deps: PlanMessagesDeps, limit: number): Promise<number> {
  const events = await deps.events.listToTell(limit);
  const decided = await Promise.all(events.map((event) => planOne(deps, event)));
  await deps.events.markTold(decided.flatMap((id) => id ?? []));
  return events.length;
}

/** The event's id once its messages are on record; null: it keeps its mark, and is looked at again. */
async function planOne(deps: PlanMessagesDeps, event: ToldEvent): Promise<string | null> {
  try {
    const toOperator = draftForOperator(event);
    if (toOperator !== null) {
      const operator = { email: null, phone: null, language: deps.operatorLanguage };
      await recordMessages(deps, toOperator, operator);
      return event.id;
    }
    const about = await readAbout(deps, event);
    const draft = draftForCustomer(event, about, deps.ladderSteps);
    if (draft !== null) {
      await recordMessages(deps, draft, contactOf(about.subscription, about.key));
    }
    return event.id;
  } catch (error) {
    deps.log.error(
      { eventId: event.id, err: describeError(error) },
      "no message could be planned for an event yet",
    );
    return null;
  }
}

async function readAbout(deps: PlanMessagesDeps, event: ToldEvent): Promise<About> {
  const invoiceId = event.data["invoiceId"];
  const [invoice, subscription] = await Promise.all([
    typeof invoiceId === "string" ? deps.invoices.find(invoiceId) : null,
    event.subscriptionId === null ? null : deps.subscriptions.find(event.subscriptionId),
  ]);
  const paidBy = invoice?.attempts.find(({ state }) => state === "approved");
  const keyId = paidBy?.billingKeyId ?? invoice?.billingKeyId ?? subscription?.billingKeyId ?? null;
  return { invoice, subscription, key: keyId === null ? null : await deps.billingKeys.find(keyId) };
}

/** Records a message for every channel that reaches somebody; one that is there already stays as it is. */
export async function recordMessages(
  deps: RecordMessageDeps,
  draft: MessageDraft,
  contact: Contact,
): Promise<void> {
  for (const channel of deps.channels) {
    const to = channel.addressOf(draft.kind, contact);
    if (to === null) continue;
    const way = { channel: channel.name, to, language: contact.language, notSent: channel.closed };
    await deps.messages.insert(newMessage(draft, way, deps.clock.now()));
  }
}
