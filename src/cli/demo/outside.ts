/** Who is told of what happens: a mail server and a merchant's endpoint, both on this machine. */
import type { Composition } from "../../compose.ts";
import { sleep } from "../../lib/clock.ts";
import { type EventReceiver, openEventReceiver } from "./event-receiver.ts";
import { type Mailbox, openMailbox } from "./mailbox.ts";

export interface Outside {
  /** Settings of every process that tells them. */
  settings: Readonly<Record<string, string>>;
  mailbox: Mailbox;
  receiver: EventReceiver;
  close(): Promise<void>;
}

/** What they were told. */
export interface ToldCounts {
  emails: number;
  /** Mails that came twice. */
  emailsDoubled: number;
  /** Events whose signature was right. */
  events: number;
  /** Events with a wrong signature, or before an earlier one of their subscription. */
  eventsWrong: number;
  /** Mails and events that still wait. */
  untold: number;
}

export async function openOutside(): Promise<Outside> {
  const [mailbox, receiver] = await Promise.all([openMailbox(), openEventReceiver()]);
  return {
    settings: {
      MERCHANT_NAME: "하늘상점",
      MAIL_FROM: "billing@example.com",
      SMTP_URL: mailbox.url,
      WEBHOOK_ENDPOINTS: receiver.endpoint,
    },
    mailbox,
    receiver,
    async close() {
      await Promise.all([mailbox.close(), receiver.close()]);
    },
  };
}

const LOOK_MS = 100;
/** A minute, should somebody be slow. */
const LOOKS_MAX = 600;
const HINT_EVERY = 5;
const BATCH = 500;
const COUNTED_MAX = 100_000;

/** Waits until everybody was told everything, and counts. */
export async function finishTelling(
  composition: Composition,
  { mailbox, receiver }: Outside,
  shouldStop: () => boolean,
): Promise<ToldCounts> {
  let untold = await countUntold(composition);
  for (let look = 0; untold > 0 && look < LOOKS_MAX && !shouldStop(); look += 1) {
    if (look % HINT_EVERY === 0) await composition.queues.hints.sweep();
    await sleep(LOOK_MS);
    untold = await countUntold(composition);
  }
  return {
    emails: mailbox.received(),
    emailsDoubled: mailbox.doubled(),
    events: receiver.verified(),
    eventsWrong: receiver.refused() + receiver.outOfOrder(),
    untold,
  };
}

/** From the beginning of the way to its end, so that nothing slips from one place to the next unseen. */
async function countUntold({
  events,
  endpoints,
  messages,
  deliveries,
}: Composition): Promise<number> {
  const moved = await events.relayOutboxes(BATCH, { toDeliver: true });
  const [toTell, toDeliver] = await Promise.all([
    events.listToTell(BATCH),
    events.listToDeliver(BATCH),
  ]);
  const known = await endpoints.listAll();
  const waiting = await Promise.all([
    messages.count("waiting", COUNTED_MAX),
    ...known.map(({ id }) => deliveries.count(id, "waiting", COUNTED_MAX)),
  ]);
  return waiting.reduce((sum, count) => sum + count, moved + toTell.length + toDeliver.length);
}
