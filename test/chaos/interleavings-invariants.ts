/**
 * What must hold after any order of steps. Beside what holds for any accounts at rest: who was told
 * what and when, what left for the gateway, and every write in its order.
 */
import {
  CHARGE_ATTEMPT_TRANSITIONS,
  type ChargeAttemptState,
} from "../../src/domain/charge-attempt.ts";
import { standingOf } from "../../src/domain/contract-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import { BILLABLE_STATES, type Subscription } from "../../src/domain/subscription.ts";
import type { Sent } from "./interleavings-gateway.ts";
import type { Answered, World, Written } from "./interleavings-run.ts";
import type { Request } from "./interleavings-scenario.ts";
import { type Accounts, approvalsOf, findViolations } from "./invariants.ts";

/** What a run left behind. */
export interface Remains {
  world: World;
  accounts: Accounts;
  subscription: Subscription;
}

function must(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}

export async function collect(world: World): Promise<Remains> {
  const accounts = await world.site.accounts();
  const [subscription] = accounts.subscriptions;
  if (subscription === undefined) throw new Error("the subscription is gone");
  return { world, accounts, subscription };
}

/** Throws the first sentence that does not hold. */
export function checkInvariants(remains: Remains): void {
  const { world, accounts } = remains;
  must(world.failures.length === 0, `a use case failed: ${world.failures.join("; ")}`);
  checkSending(remains);
  for (const written of world.writes) checkHistory(written);
  const violations = findViolations(withLastPeriod(accounts), { payable: "either" });
  must(violations.length === 0, violations.join("; "));
  checkNothingLost(remains);
  checkCancel(remains);
  checkSubscription(remains);
  checkPaid(remains);
}

/**
 * A subscription that ended in the very moment in which its period was opened does not count that
 * period any more. The invoice is void or given back, as the other sentences say.
 */
function withLastPeriod(accounts: Accounts): Accounts {
  const subscriptions = accounts.subscriptions.map((subscription) => {
    const { state, nextPeriod } = subscription;
    const own = accounts.invoices.filter((one) => one.subscriptionId === subscription.id);
    const isCut = !BILLABLE_STATES.includes(state) && own.length === nextPeriod + 1;
    return isCut ? { ...subscription, nextPeriod: own.length } : subscription;
  });
  return { ...accounts, subscriptions };
}

/** The successful end of a request, if there was one. */
function answerTo({ answers }: World, kind: Request["kind"]): Answered | undefined {
  return answers.find(({ request, refusal }) => request === kind && refusal === null);
}

/** Law 1, by the gateway's ledger alone. */
export function checkChargedOnce({ accounts: { invoices, ledger } }: Remains): void {
  const approvals = invoices.map((invoice) => approvalsOf(invoice, ledger).length);
  must(Math.max(0, ...approvals) <= 1, "a period was charged twice");
}

/** Law 7, by the gateway's ledger alone. */
export function checkPaidAtGateway({ accounts: { invoices, ledger } }: Remains): void {
  const isPaid = invoices.filter(({ state }) => state === "paid");
  const isKnown = isPaid.every((invoice) => approvalsOf(invoice, ledger).length > 0);
  must(isKnown, "a period is paid on somebody's word");
}

/** Laws 4 and 9, at the door of the gateway: one call a claim, within its lease, never again. */
export function checkSending({ world, accounts }: Remains): void {
  const charges = world.network.sent.filter(({ kind }) => kind === "charge");
  const zeroMs = world.steps.clock.now().getTime() - world.steps.clock.monotonicMs();
  for (const [index, charge] of charges.entries()) {
    const earlier = charges.slice(0, index).filter(({ subject }) => subject === charge.subject);
    // Only what the gateway itself turned away (a token past its end) goes out a second time.
    must(
      earlier.every(({ told }) => told === "not_sent"),
      "an unknown call was sent again",
    );
    const claim = claimOf(world.writes, charge)?.claim ?? null;
    must(claim !== null, "a call was sent without a claim");
    const endsMs = (claim?.leaseUntil.getTime() ?? 0) - zeroMs;
    must(charge.atMs < endsMs, "a call was sent after its lease");
  }
  const numbers = accounts.invoices.flatMap(({ attempts }) =>
    attempts.map(({ orderNumber }) => orderNumber),
  );
  must(
    charges.every(({ subject }) => numbers.includes(subject)),
    "a call was sent under a number that nobody knows",
  );
}

/** The claim under which a worker sent a call. */
function claimOf(writes: readonly Written[], call: Sent): Invoice | undefined {
  return writes.findLast(
    ({ turn, actor, after }) =>
      turn <= call.turn &&
      actor === call.actor &&
      after.step === "call" &&
      after.claim?.subject === call.subject,
  )?.after;
}

/** Late writers lose: what is settled stays so, and only a late approval corrects what was closed. */
function checkHistory({ before, after }: Written): void {
  if (before === null) return;
  const settled = before.state === "paid" || before.state === "void";
  must(!settled || after.state === before.state, `${before.state} became ${after.state}`);
  must(after.attempts.length >= before.attempts.length, "an attempt is gone");
  for (const [index, earlier] of before.attempts.entries()) {
    const now = after.attempts[index];
    if (now?.orderNumber !== earlier.orderNumber) throw new Error("an attempt became another one");
    must(
      isLegal(earlier.state, now.state),
      `an attempt went from ${earlier.state} to ${now.state}`,
    );
    const kept = earlier.transaction === null || now.transaction?.id === earlier.transaction.id;
    must(kept, "a transaction number is gone");
  }
  const isTaken = before.step === "call" && after.step === "call";
  must(!isTaken || before.claim?.token === after.claim?.token, "a claim was taken from its worker");
}

function isLegal(from: ChargeAttemptState, to: ChargeAttemptState): boolean {
  if (from === to) return true;
  // A worker's own word that nothing left also reaches an attempt whose lease ran out meanwhile, and
  // one that is stopped is given up in the same write.
  const sentNothing = to === "not_sent" || to === "abandoned";
  if (sentNothing && (from === "initiated" || from === "unknown")) return true;
  const legal: readonly ChargeAttemptState[] = CHARGE_ATTEMPT_TRANSITIONS[from];
  return legal.includes(to);
}

/** Nothing that was ever written is gone, and a payment accepted twice is one. */
function checkNothingLost({ world, accounts }: Remains): void {
  const written = new Set(world.writes.map(({ after }) => after.id));
  must(written.size === accounts.invoices.length, "an invoice is gone");
  const payments = accounts.invoices.filter(({ kind }) => kind === "payment");
  const accepted = answerTo(world, "pay") === undefined ? 0 : 1;
  must(payments.length === accepted, "a payment is lost or doubled");
  must(
    payments.every(({ state }) => state === "paid"),
    "a payment was accepted and not made",
  );
}

/** Law 10: once a cancel is answered no charge is claimed, and what was in flight goes back. */
export function checkCancel({ world, accounts }: Remains): void {
  const answer = answerTo(world, "cancel");
  if (answer === undefined) return;
  const late = world.writes.filter(
    ({ turn, after }) => turn > answer.turn && after.subscriptionId !== null,
  );
  for (const { before, after } of late) {
    const claimed = after.claim?.kind === "charge" && before?.claim?.token !== after.claim.token;
    must(!claimed, "a charge was claimed after the cancel was answered");
    const isPaidNow = before?.state !== "paid" && after.state === "paid";
    must(!isPaidNow || keptOf(after, accounts) === 0, "a charge outlived the cancel");
  }
}

/** Won of an invoice that the gateway took and did not give back. */
function keptOf(invoice: Invoice, { invoices, ledger }: Accounts): number {
  const present = invoices.find(({ id }) => id === invoice.id) ?? invoice;
  const approvals = approvalsOf(present, ledger);
  const ids = new Set(approvals.map(({ transactionId }) => transactionId));
  const refunds = ledger.filter((line) => line.kind === "refund" && ids.has(line.transactionId));
  return sumOf(approvals) - sumOf(refunds);
}

function sumOf(lines: readonly { amount?: number | undefined }[]): number {
  return lines.reduce((sum, { amount }) => sum + (amount ?? 0), 0);
}

/** The subscription's state is what was asked of it, else what its invoices say. */
function checkSubscription({ world, accounts, subscription }: Remains): void {
  const { state, parked, cancelAtPeriodEnd } = subscription;
  must(parked === null, `parked: ${parked}`);
  must(subscription.payNow === null, "an invoice is to be paid now and was not reached");
  if (answerTo(world, "cancel") !== undefined) {
    must(state === "canceled", `cancelled, and ${state}`);
  } else if (state === "canceled") {
    must(cancelAtPeriodEnd, "it ended and nobody asked for it");
  } else {
    const own = accounts.invoices.filter((one) => one.subscriptionId === subscription.id);
    const standing = standingOf(own);
    const expected = standing === "exhausted" ? "unpaid" : standing;
    must(state === expected, `${state}, and by its invoices ${expected}`);
  }
  if (!BILLABLE_STATES.includes(state)) return;
  const { nextPeriodAt } = subscription;
  must(nextPeriodAt !== null, "no period follows");
  must(nextPeriodAt === null || nextPeriodAt > world.steps.clock.now(), "a period is not opened");
}

/** What can be paid is paid. */
function checkPaid({ world, accounts, subscription }: Remains): void {
  if (subscription.state === "canceled") return;
  const { scenario, site } = world;
  const target = accounts.invoices.find(({ id }) => id === world.targetId);
  const neverEmpty = scenario.card === "good" && answerTo(world, "changeCard") === undefined;
  must(!neverEmpty || subscription.state === "active", `a good card, and ${subscription.state}`);
  const isGood = subscription.billingKeyId === site.billingKeys.good.id;
  must(!isGood || subscription.state === "active", `now a good card, and ${subscription.state}`);
  if (subscription.state === "unpaid") return;
  must(target?.state === "paid", `the period is ${target?.state ?? "not opened"}`);
}
