/** The ways on which messages go out, and the rules by which they are tried. */
import type { SendMessageDeps } from "./billing/messages/send-message.ts";
import type { TellCustomersDeps } from "./billing/messages/tell-customers.ts";
import type { Composition } from "./compose.ts";
import type { Config } from "./config.ts";
import { type DrawReminder, cardReminderAt } from "./domain/card-reminder.ts";
import type { AppDeps } from "./http/app-deps.ts";
import type { Channel } from "./notify/channel.ts";
import { EXAMPLE_FACTS } from "./notify/example-facts.ts";
import { createHttpChannel } from "./notify/http-channel.ts";
import { renderMail } from "./notify/render-mail.ts";
import { createSmtpChannel } from "./notify/smtp-channel.ts";
import type { Merchant } from "./notify/variables.ts";

/** Longest time of one delivery; the lease is twice as long. */
const DELIVERY_DEADLINE_MS = 45_000;
const LEASE_MS = 2 * DELIVERY_DEADLINE_MS;

/** A message that nobody takes is tried after a minute, then after twice as long each time. */
const BACKOFF = { firstMs: 60_000, maxMs: 4 * 3_600_000, jitter: 0.3 } as const;

/** The channels that are configured; e-mail always, if only to record. */
export function createChannels(config: Config): Channel[] {
  const { smtp, from, operatorEmail, httpSender } = config.messages;
  const merchant = merchantOf(config);
  const common = { merchant, deadlineMs: DELIVERY_DEADLINE_MS };
  const mail = createSmtpChannel({ ...common, server: smtp, from, operatorEmail });
  return httpSender === null ? [mail] : [mail, createHttpChannel(httpSender, common)];
}

function merchantOf({ messages, zone }: Config): Merchant {
  return { ...messages.merchant, zone };
}

/** E-mails as they would be sent, to be looked at; with example data outside production. */
export function mailsOf(config: Config): AppDeps["mails"] {
  const merchant = merchantOf(config);
  return {
    render: (message) => renderMail(message, merchant),
    examples: config.environment === "production" ? null : EXAMPLE_FACTS,
  };
}

/** Draws the days of reminders that saved cards end. */
export function reminderDrawerOf(config: Config): DrawReminder {
  if (!config.messages.cardReminders) return () => null;
  const { billingHour: hour, zone } = config;
  return (expiry, now) => cardReminderAt(expiry, { random: Math.random(), now, hour, zone });
}

/** What the part of the sweep that is about messages hands to its use case. */
export function tellDepsOf(composition: Composition): TellCustomersDeps {
  const { config } = composition;
  return {
    ...composition,
    ladderSteps: config.dunning.stepDays.length,
    operatorLanguage: config.messages.operatorLanguage,
  };
}

/** What the message worker hands to its use case. */
export function messageDepsOf(composition: Composition): SendMessageDeps {
  return {
    ...composition,
    messagePolicy: { backoff: BACKOFF, triedForMs: composition.config.messages.triedForMs },
    messageLeaseMs: LEASE_MS,
    random: Math.random,
  };
}
