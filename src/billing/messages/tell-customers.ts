/**
 * The part of a sweep that is about messages, after everything about money: what has happened and what
 * is coming up is recorded as messages, and those that are due are handed to the workers.
 */
import type { Queues } from "../../queues/queues.ts";
import type { BillingKeyStore } from "../../stores/billing-keys.ts";
import type { MessageStore } from "../../stores/messages.ts";
import type { SubscriptionStore } from "../../stores/subscriptions.ts";
import { type AnnounceDeps, announceCharges, remindOfCards } from "./announce-charges.ts";
import { type PlanMessagesDeps, planMessages } from "./plan-messages.ts";
import { runSteps } from "../run-steps.ts";

export interface TellCustomersDeps extends PlanMessagesDeps, Omit<AnnounceDeps, "billingKeys"> {
  messages: MessageStore;
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  queues: Pick<Queues, "addDocuments">;
}

/** Most events, subscriptions, cards or messages that one call looks at. */
const BATCH = 500;

/** One look at everything that is to be told. Repeating any of it is harmless. */
export async function tellCustomers(deps: TellCustomersDeps): Promise<void> {
  await runSteps(deps.log, [
    ["plan messages", () => planMessages(deps, BATCH)],
    ["announce charges", () => announceCharges(deps, BATCH)],
    ["remind of cards", () => remindOfCards(deps, BATCH)],
    ["enqueue messages", () => enqueueMessages(deps)],
  ]);
}

async function enqueueMessages(deps: TellCustomersDeps): Promise<void> {
  const due = await deps.messages.listDue(deps.clock.now(), BATCH);
  await deps.queues.addDocuments("message", due);
}
