/** A database in which everything that can happen has happened, by the real use cases. */
import { verifyDepsOf } from "../../src/compose-verify.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { resolveAttempt } from "../../src/billing/resolve-attempt.ts";
import { createVerifyReader } from "../../src/stores/verify-reader.ts";
import { type VerifyDeps, type VerifyOptions, verify } from "../../src/billing/verify/verify.ts";
import { reconcileDepsOf } from "../../src/compose.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import { sleep } from "../../src/lib/clock.ts";
import { type Core, startCore } from "../support/core.ts";

const DAY_MS = 86_400_000;
const START = new Date("2026-01-10T01:00:00Z");

/** Where the world's clock stands when it is built. */
export const BUILT_ON = "2026-03-01";

export interface SoundWorld {
  core: Core;
  /** Two months paid. */
  paid: Subscription;
  recovered: Subscription;
  failed: Subscription;
  canceledInFlight: Subscription;
  trial: Subscription;
  unknownSettled: Subscription;
  lateRefunded: Subscription;
  partlyRefunded: Invoice;
  payment: Invoice;
  failedPayment: Invoice;
  /** An open period in the dunning ladder. */
  pastDue: Subscription;
  held: Invoice;
}

/** Does everything that is due now, until nothing is. */
export async function drain(core: Core): Promise<void> {
  const reader = createVerifyReader(core.composition.database);
  for (let round = 0; round < 200; round += 1) {
    await core.sweep();
    let worked = false;
    for await (const page of reader.invoices()) {
      for (const invoice of page) worked = (await work(core, invoice)) || worked;
    }
    if (!worked) return;
    await sleep(20);
  }
  throw new Error("there is always something left to do");
}

async function work(core: Core, { id, step, held, dueAt, recheckAt }: Invoice): Promise<boolean> {
  const now = await core.composition.businessClock.now();
  if (recheckAt !== null && recheckAt <= now) await core.recheck(id);
  else if (held !== null || step === "none") return false;
  else if (step === "charge" && dueAt > now) return false;
  else if (step === "charge") await core.charge(id);
  else if (step === "refund") await core.refund(id);
  else await core.ask(id);
  return true;
}

/** Lets days pass at 10:05, doing each day's work. */
async function live(core: Core, until: Date): Promise<void> {
  for (;;) {
    const now = await core.composition.businessClock.now();
    if (now >= until) return;
    await core.setClock(new Date(Math.min(now.getTime() + DAY_MS, until.getTime())));
    await drain(core);
  }
}

const SETTLED_BY_NO = { kind: "not_charged", reason: "mistaken" } as const;

/** Builds the world; takes about ten seconds. */
export async function buildSoundWorld(): Promise<SoundWorld> {
  const core = await startCore();
  await core.setClock(START);
  const { composition } = core;
  const deps = { ...composition, hints: composition.queues.hints };
  const begin = async (customerId: string, card?: string, changes = {}) => {
    const key = await core.register(customerId, card);
    return core.subscribe(key, { firstCharge: "now", ...changes });
  };
  const fault = (customerId: string, effect: unknown) =>
    core.plantFaults({
      match: { operation: "payments", buyerId: customerId },
      nth: 1,
      effect,
    });

  const paid = await begin("paid");
  const recovered = await begin("recovered", "4000000000010217");
  const failed = await begin("failed", "4000000000010118");
  const trial = await begin("trial", undefined, { trialDays: 10, firstCharge: "cycleDay" });
  const unknownSettled = await begin("unknown");
  await fault("unknown", "commit_then_drop");
  const absent = await begin("absent");
  await fault("absent", "hang");
  const lateRefunded = await begin("late");
  await fault("late", "commit_then_hang");
  const canceledInFlight = await begin("canceled");
  await fault("canceled", { replyDelayMs: 250 });
  await core.sweep();

  const charging = core.charge(`${canceledInFlight.id}-p0`);
  await sleep(120);
  await cancelSubscription(composition, {
    subscriptionId: canceledInFlight.id,
    atPeriodEnd: false,
    reason: "customer asked",
    idempotency: null,
  });
  await charging;
  // A person errs about a charge that went through: its money is found later, and given back.
  await core.charge(`${lateRefunded.id}-p0`);
  const late = await core.invoice(`${lateRefunded.id}-p0`);
  await resolveAttempt(
    { ...reconcileDepsOf(composition), policy: composition.policy },
    {
      orderNumber: late.attempts[0]?.orderNumber ?? "",
      resolution: SETTLED_BY_NO,
      by: "tester",
    },
  );
  await drain(core);
  if ((await core.invoice(`${absent.id}-p0`)).attempts.length !== 2) {
    throw new Error("the charge that never arrived was not made again");
  }

  const buyer = await core.register("buyer");
  const pay = (billingKeyId: string, amount: number) =>
    requestPayment(deps, {
      billingKeyId,
      customerId: null,
      amount,
      productName: "단건 결제",
      idempotency: null,
    });
  const payment = await pay(buyer.id, 5000);
  const partlyRefunded = await pay(buyer.id, 9000);
  const whole = await pay(buyer.id, 7000);
  const refused = await core.register("refused", "4000000000010118");
  const failedPayment = await pay(refused.id, 6000);
  await drain(core);
  const giveBack = (paymentId: string, amount: number | null) =>
    requestRefund(deps, { paymentId, amount, reason: "asked", idempotency: null });
  await giveBack(partlyRefunded.id, 3000);
  await giveBack(partlyRefunded.id, 2000);
  await giveBack(whole.id, null);
  await drain(core);

  // Nobody worked for more than two of its periods: two are held.
  const dozing = await begin("dozing", undefined, { startOn: "2025-11-20", cycleDay: 20 });
  await live(core, new Date(`${BUILT_ON}T01:05:00Z`));
  const pastDue = await begin("pastdue", "4000000000010118", { cycleDay: 1 });
  await drain(core);
  await drain(core);
  const now = async (subscription: Subscription) =>
    (await composition.subscriptions.find(subscription.id)) ?? subscription;
  return {
    core,
    paid: await now(paid),
    recovered: await now(recovered),
    failed: await now(failed),
    canceledInFlight: await now(canceledInFlight),
    trial: await now(trial),
    unknownSettled: await now(unknownSettled),
    lateRefunded: await now(lateRefunded),
    pastDue: await now(pastDue),
    partlyRefunded: await core.invoice(partlyRefunded.id),
    payment: await core.invoice(payment.id),
    failedPayment: await core.invoice(failedPayment.id),
    held: await core.invoice(`${dozing.id}-p0`),
  };
}

/** As a process would be given, but with no pause between its two readings. */
export function testDepsOf(core: Core): VerifyDeps {
  const deps = verifyDepsOf(core.composition);
  return { ...deps, bounds: { ...deps.bounds, confirmMs: 5 } };
}

/** The days of the whole world. */
export const WHOLE = { fromOn: "2026-01-09", untilOn: "2026-03-03" };

export function verifyWorld(core: Core, options: VerifyOptions = { range: null }) {
  return verify(testDepsOf(core), options);
}
