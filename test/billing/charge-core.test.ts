import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finishContractChange } from "../../src/billing/align-invoices.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { decideLatePeriod } from "../../src/billing/decide-late-period.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { resolveAttempt } from "../../src/billing/resolve-attempt.ts";
import { chargeDepsOf, reconcileDepsOf } from "../../src/compose.ts";
import { updateDocument } from "../../src/billing/update-document.ts";
import { BillingError } from "../../src/domain/errors.ts";
import { endSubscription } from "../../src/domain/subscription.ts";
import { sleep } from "../../src/lib/clock.ts";
import { type Core, startCore } from "../support/core.ts";

const at = (on: string, hour = 10) =>
  new Date(Date.parse(`${on}T${String(hour).padStart(2, "0")}:00:00+09:00`));

describe("the charge core on real stores and a real gateway's wire", () => {
  let core: Core;
  let customers = 0;

  beforeAll(async () => {
    core = await startCore();
    await core.setClock(at("2026-01-10"));
  });
  afterAll(() => core?.close());

  /** A subscription whose period of this month is open and due. */
  async function duePeriod(): Promise<{
    customerId: string;
    subscriptionId: string;
    invoiceId: string;
  }> {
    customers += 1;
    const customerId = `core-${customers}`;
    const key = await core.register(customerId);
    const subscription = await core.subscribe(key, { firstCharge: "now" });
    await core.sweep();
    return { customerId, subscriptionId: subscription.id, invoiceId: `${subscription.id}-p0` };
  }

  const approvalsOf = (customerId: string) =>
    core.simulator.ledger({ kind: "approval", buyerId: customerId });

  const fault = (customerId: string, effect: unknown, operation = "payments") =>
    core.plantFaults({ match: { operation, buyerId: customerId }, nth: 1, effect });

  it("charges once however many workers take the same job at once", async () => {
    const { customerId, invoiceId } = await duePeriod();
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => core.charge(invoiceId)));
    const results = await twenty();
    expect(results.filter((result) => result.kind === "charged")).toHaveLength(1);
    // On a busy machine the lease may be spent before the send: then nothing left, and it goes again.
    for (
      let round = 0;
      (await core.invoice(invoiceId)).state === "open" && round < 50;
      round += 1
    ) {
      await sleep(100);
      await twenty();
      if ((await core.invoice(invoiceId)).step === "ask") await core.askUntilSettled(invoiceId);
    }
    expect(await approvalsOf(customerId)).toHaveLength(1);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid", refundable: 9900 });
  });

  it.each([
    ["the connection drops after the approval", "commit_then_drop"],
    ["the gateway answers 500 after the approval", "commit_then_500"],
    ["the answer does not come after the approval", "commit_then_hang"],
    ["the answer cannot be decrypted", { decryptFails: 2 }],
  ])("finds out what happened when %s", async (_what, effect) => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, effect);
    expect(await core.charge(invoiceId)).toMatchObject({ outcome: "unknown" });
    expect(await core.charge(invoiceId)).toMatchObject({ kind: "skipped" });
    expect((await core.askUntilSettled(invoiceId)).state).toBe("paid");
    expect(await approvalsOf(customerId)).toHaveLength(1);
  });

  it("closes an attempt as absent only after two counting reads, and charges under a new number", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, "hang");
    expect(await core.charge(invoiceId)).toMatchObject({ outcome: "unknown" });
    await core.ask(invoiceId);
    expect((await core.invoice(invoiceId)).step).toBe("ask");
    const absent = await core.askUntilSettled(invoiceId);
    expect(absent).toMatchObject({ state: "open", step: "charge", dunning: { step: 0 } });
    expect(absent.attempts[0]).toMatchObject({ state: "absent", missingReads: 2 });
    await core.charge(invoiceId);
    const paid = await core.invoice(invoiceId);
    expect(paid.attempts.map((attempt) => attempt.state)).toEqual(["absent", "approved"]);
    expect(paid.attempts[0]?.orderNumber).not.toBe(paid.attempts[1]?.orderNumber);
    expect(await approvalsOf(customerId)).toHaveLength(1);
  });

  it("sends the same order number again only when it provably never left", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, "token_refused");
    expect(await core.charge(invoiceId)).toMatchObject({ outcome: "not_sent" });
    await sleep(60);
    expect(await core.charge(invoiceId)).toMatchObject({ outcome: "approved" });
    const { attempts, dunning } = await core.invoice(invoiceId);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({ notSentCount: 1, state: "approved" });
    expect(dunning.step).toBe(0);
    expect(await approvalsOf(customerId)).toHaveLength(1);
  });

  it("asks about a claim whose worker died, and never sends it again", async () => {
    const { customerId, invoiceId } = await duePeriod();
    // The worker dies after its call: the outcome is never written.
    const deps = chargeDepsOf(core.composition, "dying");
    const dead = { ...deps.invoices, recordOutcome: () => new Promise<never>(() => {}) };
    const { attemptCharge } = await import("../../src/billing/attempt-charge.ts");
    void attemptCharge({ ...deps, invoices: dead }, { invoiceId });
    await sleep(300);
    expect(await core.invoice(invoiceId)).toMatchObject({ step: "call" });
    expect(await core.charge(invoiceId)).toMatchObject({ kind: "skipped" });
    await sleep(600);
    expect((await core.askUntilSettled(invoiceId)).state).toBe("paid");
    expect(await approvalsOf(customerId)).toHaveLength(1);
  });

  it("refunds the call that was in flight when the subscription was cancelled", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    await core.plantFaults({
      match: { operation: "payments", buyerId: customerId },
      nth: 1,
      effect: { replyDelayMs: 250 },
    });
    const charging = core.charge(invoiceId);
    await sleep(100);
    const canceled = await cancelSubscription(core.composition, {
      subscriptionId,
      atPeriodEnd: false,
      reason: "customer asked",
      idempotency: null,
    });
    expect(canceled).toMatchObject({ state: "canceled", aligning: false });
    await charging;
    const settled = await core.askUntilSettled(invoiceId);
    expect(settled.refunds).toMatchObject([{ amount: 9900, surplus: false }]);
    if (settled.step === "refund") await core.refund(invoiceId);
    expect((await core.invoice(invoiceId)).refunds).toMatchObject([{ state: "done" }]);
    const refunds = await core.simulator.ledger({ kind: "refund", buyerId: customerId });
    expect(await approvalsOf(customerId)).toHaveLength(1);
    expect(refunds).toHaveLength(1);
  });

  it("starts no call once a cancel has been answered", async () => {
    const { customerId, subscriptionId, invoiceId } = await duePeriod();
    const input = { subscriptionId, atPeriodEnd: false, reason: "x", idempotency: null };
    await cancelSubscription(core.composition, input);
    expect(await core.charge(invoiceId)).toMatchObject({ kind: "skipped" });
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "void" });
    expect(await approvalsOf(customerId)).toHaveLength(0);
  });

  it("leaves a cancel to be finished where an older change of the contract ends meanwhile", async () => {
    const { subscriptionId, invoiceId } = await duePeriod();
    const { subscriptions } = core.composition;
    const older = await subscriptions.find(subscriptionId);
    if (older === null) throw new Error("there is no subscription");
    // Whoever cancelled died before the cancel had reached the invoices.
    await updateDocument(subscriptions, subscriptionId, (read) =>
      endSubscription(read, "canceled", {
        at: { business: at("2026-01-10"), operational: new Date() },
        actor: "api",
        reason: "customer asked",
      }),
    );
    await finishContractChange(core.composition, older, "api");
    expect(await subscriptions.find(subscriptionId)).toMatchObject({ aligning: true });
    await core.sweep();
    expect(await subscriptions.find(subscriptionId)).toMatchObject({ aligning: false });
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "void" });
  });

  it("never refunds more than was captured, also when requests arrive at once", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    const deps = { ...core.composition, hints: core.composition.queues.hints };
    const asked = await Promise.allSettled(
      Array.from({ length: 5 }, () =>
        requestRefund(deps, {
          paymentId: invoiceId,
          amount: 3000,
          reason: "part",
          idempotency: null,
        }),
      ),
    );
    const refused = asked.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(2);
    for (const one of refused) expect(one.reason).toBeInstanceOf(BillingError);
    for (let round = 0; round < 3; round += 1) await core.refund(invoiceId);
    const refunds = await core.simulator.ledger({ kind: "refund", buyerId: customerId });
    expect(refunds.map((entry) => entry.amount)).toEqual([3000, 3000, 3000]);
    expect(await core.invoice(invoiceId)).toMatchObject({ refundable: 900 });
  });

  it("sends a whole refund again when its reply was lost, and it is given back once", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    const paid = await core.invoice(invoiceId);
    const transactionId = paid.attempts[0]?.transaction?.id ?? "";
    const match = { operation: "cancel", transactionId };
    await core.plantFaults({ match, nth: 1, effect: "commit_then_drop" });
    const deps = { ...core.composition, hints: core.composition.queues.hints };
    await requestRefund(deps, {
      paymentId: invoiceId,
      amount: null,
      reason: "all",
      idempotency: null,
    });
    expect(await core.refund(invoiceId)).toMatchObject({ outcome: "unknown" });
    expect((await core.askUntilSettled(invoiceId)).step).toBe("refund");
    await core.refund(invoiceId);
    expect((await core.invoice(invoiceId)).refunds).toMatchObject([{ state: "done" }]);
    const refunds = await core.simulator.ledger({ kind: "refund", buyerId: customerId });
    expect(refunds.map((entry) => entry.amount)).toEqual([9900]);
  });

  it("lets a person settle an unknown charge, once", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, "hang");
    await core.charge(invoiceId);
    const orderNumber = (await core.invoice(invoiceId)).attempts[0]?.orderNumber ?? "";
    const deps = { ...reconcileDepsOf(core.composition), policy: core.composition.policy };
    const resolution = { kind: "not_charged" as const, reason: "seen in the console" };
    await resolveAttempt(deps, { orderNumber, resolution, by: "kim" });
    expect(await core.invoice(invoiceId)).toMatchObject({ step: "charge", state: "open" });
    await expect(
      resolveAttempt(deps, { orderNumber, resolution, by: "kim" }),
    ).rejects.toMatchObject({
      code: "ATTEMPT_NOT_OPEN",
    });
  });

  it("adopts an approval that turns up late while the period is unpaid", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, "commit_then_hang");
    await core.charge(invoiceId);
    const orderNumber = (await core.invoice(invoiceId)).attempts[0]?.orderNumber ?? "";
    const deps = { ...reconcileDepsOf(core.composition), policy: core.composition.policy };
    // A person errs: the money had moved. The second look finds it.
    const resolution = { kind: "not_charged" as const, reason: "mistaken" };
    await resolveAttempt(deps, { orderNumber, resolution, by: "kim" });
    const { recheckAt } = await core.invoice(invoiceId);
    await core.setClock(new Date((recheckAt?.getTime() ?? 0) + 1));
    await core.recheck(invoiceId);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid" });
    expect(await approvalsOf(customerId)).toHaveLength(1);
  });

  it("refunds an approval that turns up late when the period is paid already", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await fault(customerId, "commit_then_hang");
    await core.charge(invoiceId);
    const orderNumber = (await core.invoice(invoiceId)).attempts[0]?.orderNumber ?? "";
    const deps = { ...reconcileDepsOf(core.composition), policy: core.composition.policy };
    const resolution = { kind: "not_charged" as const, reason: "mistaken" };
    await resolveAttempt(deps, { orderNumber, resolution, by: "kim" });
    await core.charge(invoiceId);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid" });
    const { recheckAt } = await core.invoice(invoiceId);
    await core.setClock(new Date((recheckAt?.getTime() ?? 0) + 1));
    await core.recheck(invoiceId);
    await core.refund(invoiceId);
    const invoice = await core.invoice(invoiceId);
    expect(invoice.refunds).toMatchObject([{ surplus: true, state: "done", amount: 9900 }]);
    expect(invoice.refundable).toBe(9900);
    expect(await core.simulator.ledger({ kind: "refund", buyerId: customerId })).toHaveLength(1);
  });

  it("lists periods found a whole period late, charges only the latest, and obeys a person", async () => {
    const key = await core.register("late-1");
    const now = await core.composition.businessClock.now();
    const subscription = await core.subscribe(key, { firstCharge: "now", cycleDay: 20 });
    // Nobody worked for more than two periods: the clock jumped, no advance visited the days.
    await core.setClock(new Date(now.getTime() + 75 * 86_400_000));
    await core.sweep();
    const invoices = await core.composition.invoices.listOfSubscription(subscription.id);
    const held = invoices.filter((invoice) => invoice.held === "late");
    expect(invoices.length).toBeGreaterThan(2);
    expect(held).toHaveLength(invoices.length - 1);
    expect(invoices.at(-1)).toMatchObject({ held: null, step: "charge" });
    for (const invoice of invoices) await core.charge(invoice.id);
    expect(await approvalsOf("late-1")).toHaveLength(1);
    const [first, second] = held.map((invoice) => invoice.id);
    const decide = (invoiceId: string, decision: "charge" | "waive") =>
      decideLatePeriod(core.composition, { invoiceId, decision, reason: "agreed", by: "kim" });
    await decide(first ?? "", "charge");
    await core.charge(first ?? "");
    await decide(second ?? "", "waive");
    expect(await approvalsOf("late-1")).toHaveLength(2);
    expect(await core.invoice(second ?? "")).toMatchObject({ state: "void" });
  });

  it("copies every event of a document once, in order, and empties its outbox", async () => {
    const { subscriptionId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    await Promise.all([core.sweep(), core.sweep()]);
    await core.sweep();
    expect((await core.invoice(invoiceId)).outbox).toEqual([]);
    const events = await core.composition.events.listOfSubscription(subscriptionId, 100);
    const types = events.map((event) => event.type);
    expect(types).toEqual(["subscription.created", "invoice.opened", "invoice.paid"]);
  });

  it("says that a registration's reply was lost, and may register the card again", async () => {
    await core.plantFaults({
      match: { operation: "billkeygen", buyerId: "lost-registration" },
      nth: 1,
      effect: "commit_then_drop",
    });
    await expect(core.register("lost-registration")).rejects.toMatchObject({
      code: "REGISTRATION_UNKNOWN",
    });
    expect(await core.register("lost-registration")).toMatchObject({ state: "active" });
    expect(await approvalsOf("lost-registration")).toHaveLength(0);
  });

  /** Charges whatever the sweep finds due on each of the next days, at 10:00. */
  async function liveDays(invoiceId: string, days: number): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      const now = await core.composition.businessClock.now();
      await core.setClock(new Date(now.getTime() + 86_400_000));
      await core.charge(invoiceId);
    }
  }

  it("goes past due on a decline and active again once a later day brings the money", async () => {
    const key = await core.register("ladder-1", "4000000000010225");
    const subscription = await core.subscribe(key, { firstCharge: "now" });
    const invoiceId = `${subscription.id}-p0`;
    const state = async () => (await core.composition.subscriptions.find(subscription.id))?.state;
    await core.sweep();
    await core.charge(invoiceId);
    expect(await state()).toBe("past_due");
    await liveDays(invoiceId, 4);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "paid", dunning: { step: 2 } });
    expect(await state()).toBe("active");
    expect(await approvalsOf("ladder-1")).toHaveLength(1);
  });

  it("becomes unpaid after the last step of the ladder, and is not charged again", async () => {
    const key = await core.register("ladder-2", "4000000000010118");
    const subscription = await core.subscribe(key, { firstCharge: "now" });
    const invoiceId = `${subscription.id}-p0`;
    await core.sweep();
    await core.charge(invoiceId);
    await liveDays(invoiceId, 12);
    const declines = await core.simulator.ledger({ kind: "decline", buyerId: "ladder-2" });
    expect(declines).toHaveLength(5);
    expect(await core.invoice(invoiceId)).toMatchObject({ state: "failed" });
    const ended = await core.composition.subscriptions.find(subscription.id);
    expect(ended).toMatchObject({ state: "unpaid", aligning: false, nextPeriodAt: null });
  });
});
