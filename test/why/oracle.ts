/** What the simulator's ledger says about each order number, and whether explanations agree with it. */
import { sentenceOf } from "../../src/billing/texts/why-sentence.ts";
import type { LedgerEntry } from "../../src/cli/demo/simulator-client.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import { type Explanation, explainPeriod } from "../../src/domain/why.ts";
import type { Instants } from "../../src/domain/events.ts";

/** Won that stand with the merchant, by order number: approvals less refunds. */
export function balancesOf(ledger: readonly LedgerEntry[]): Map<string, number> {
  const balances = new Map<string, number>();
  for (const { kind, orderNumber = "", amount = 0 } of ledger) {
    if (kind !== "approval" && kind !== "refund") continue;
    const change = kind === "approval" ? amount : -amount;
    balances.set(orderNumber, (balances.get(orderNumber) ?? 0) + change);
  }
  return balances;
}

export interface Seen {
  faults: string[];
  reasons: Map<string, number>;
  periods: number;
  orderNumbers: Set<string>;
}

/** Explains every period of a subscription, and one on either side, and compares with the ledger. */
export function compare(
  subscription: Subscription,
  invoices: readonly Invoice[],
  world: {
    balances: ReadonlyMap<string, number>;
    at: Instants;
    seen: Seen;
    /** Whether periods that were settled long ago are looked at too, and asked about by their days. */
    isWhole: boolean;
  },
): void {
  const { at, balances, seen, isWhole } = world;
  const explain = (number: number) => explainPeriod(subscription, invoices, { number, at });
  const { firstPeriodOn } = subscription.schedule;
  const before = explainPeriod(subscription, invoices, { on: dayBefore(firstPeriodOn), at });
  check(before, null, world);
  const from = isWhole ? 0 : Math.max(subscription.nextPeriod - 3, 0);
  for (let number = from; number <= subscription.nextPeriod + 1; number += 1) {
    const invoice = invoices.find((one) => one.periodNumber === number) ?? null;
    const explanation = explain(number);
    seen.periods += 1;
    check(explanation, invoice, world);
    // Any day of a period gives the same answer as its number.
    const { startOn = "", endOn = "" } = explanation.period ?? {};
    for (const on of isWhole ? [startOn, dayBefore(endOn)] : []) {
      const byDay = explainPeriod(subscription, invoices, { on, at });
      if (byDay.reason !== explanation.reason || byDay.period?.number !== number) {
        seen.faults.push(`${subscription.id} on ${on} is not its period ${number}`);
      }
    }
  }
  for (const invoice of invoices) {
    for (const { orderNumber } of invoice.attempts) seen.orderNumbers.add(orderNumber);
  }
  for (const orderNumber of balances.keys()) {
    if (orderNumber === "") seen.faults.push("a ledger entry has no order number");
  }
}

/** One explanation against the ledger, and its two sentences against what a sentence must be. */
export function check(
  explanation: Explanation,
  invoice: Invoice | null,
  world: { balances: ReadonlyMap<string, number>; seen: Seen },
): void {
  const { seen, balances } = world;
  const { claim, reason } = explanation;
  seen.reasons.set(reason, (seen.reasons.get(reason) ?? 0) + 1);
  const held = (invoice?.attempts ?? []).reduce(
    (sum, { orderNumber }) => sum + (balances.get(orderNumber) ?? 0),
    0,
  );
  const about = `${invoice?.id ?? explanation.subscriptionId} (${reason})`;
  if (claim === "charged" && held <= 0) seen.faults.push(`${about}: charged, the ledger has 0`);
  if (claim === "not_charged" && held !== 0) {
    seen.faults.push(`${about}: not charged, the ledger has ${held}`);
  }
  if (claim === "not_yet_known" && !mayBeUnknown(invoice)) {
    seen.faults.push(`${about}: not yet known, and nothing is on its way`);
  }
  for (const language of ["en", "ko"] as const) {
    const sentence = sentenceOf(explanation, language);
    const isFit = language === "ko" ? /[가-힣]/.test(sentence) : !/[가-힣]/.test(sentence);
    if (!isFit || /undefined|NaN|null|\[object|Invalid/.test(sentence) || sentence.length < 25) {
      seen.faults.push(`${about}: no sentence in ${language}: ${sentence}`);
    }
  }
}

/** Only what is out, or back without a word, may be not yet known. */
function mayBeUnknown(invoice: Invoice | null): boolean {
  if (invoice === null) return false;
  const isOut = invoice.step === "call" || invoice.step === "ask";
  // A whole refund without an answer is sent a second time.
  const goesOutAgain = invoice.refunds.some(({ state, tries }) => state === "queued" && tries > 0);
  return (
    isOut ||
    goesOutAgain ||
    ["amount_mismatch", "refund_unknown", "broken"].includes(invoice.held ?? "")
  );
}

function dayBefore(on: string): string {
  return new Date(Date.parse(`${on}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}
