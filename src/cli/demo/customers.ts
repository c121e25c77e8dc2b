import type { PlannedSubscription } from "./plan.ts";

/** How many requests are made at a time. */
const AT_ONCE = 8;
const SAVE_TRIES = 3;

/** The documented test card of the simulator: it always approves, so that only planned faults happen. */
const TEST_CARD = {
  cardNumber: "4111111111111111",
  expireDate: "2512",
  cardPassword: "12",
  birthDate: "901231",
};

/** Who subscribes to what. */
export type NewCustomer = Pick<
  PlannedSubscription,
  "customerId" | "customerName" | "planId" | "productName" | "amount" | "cycleDay" | "firstCharge"
> & {
  startOn?: string;
  /** In which language the customer is written to; absent: not at all. */
  locale?: "ko" | "en";
};

/** Saves a card and begins a subscription for each, through the API as any client would. */
export async function bringCustomers(
  apiUrl: string,
  plan: readonly NewCustomer[],
  onProgress: (done: number) => void,
): Promise<void> {
  const waiting = [...plan];
  let done = 0;
  const take = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await bringCustomer(apiUrl, next);
      done += 1;
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
}

function mailOf(customerId: string, locale: "ko" | "en") {
  return { customerEmail: `${customerId}@example.com`, locale };
}

async function bringCustomer(apiUrl: string, planned: NewCustomer): Promise<void> {
  const { customerId, customerName } = planned;
  const registered = await saveCard(apiUrl, {
    ...TEST_CARD,
    customerId,
    customerName,
    ...(planned.locale === undefined ? {} : mailOf(customerId, planned.locale)),
  });
  await post(`${apiUrl}/billing/subscribe`, {
    billingKey: registered["billingKey"],
    customerId,
    planId: planned.planId,
    productName: planned.productName,
    amount: planned.amount,
    cycleDay: planned.cycleDay,
    firstCharge: planned.firstCharge,
    ...(planned.startOn === undefined ? {} : { startOn: planned.startOn }),
  });
}

/**
 * Saving a card moves no money: where a busy machine loses the reply, or the gateway's token ended
 * just then and nothing was sent, it is saved anew.
 */
async function saveCard(apiUrl: string, card: object): Promise<Record<string, unknown>> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await post(`${apiUrl}/billing/register`, card);
    } catch (error) {
      const isWorthAnother = error instanceof AnswerError && [502, 503].includes(error.status);
      if (!isWorthAnother || tried === SAVE_TRIES) throw error;
    }
  }
}

class AnswerError extends Error {
  readonly status: number;

  constructor(url: string, status: number, text: string) {
    super(`${new URL(url).pathname} answered ${status}: ${text}`);
    this.status = status;
  }
}

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new AnswerError(url, response.status, text);
  const answer: Record<string, unknown> = JSON.parse(text);
  return answer;
}
