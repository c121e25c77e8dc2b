import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { updateDocument } from "../../src/billing/update-document.ts";
import { chargeDepsOf } from "../../src/compose.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";

// The store tells a claim whose answer was lost, and over which somebody has written since, as one
// that somebody else was quicker than. It stands nevertheless, under a token that its maker knows.
describe("a claim whose answer is lost and which is written over", () => {
  let core: Core;
  let customers = 0;

  beforeAll(async () => {
    core = await startCore(PATIENT);
    await core.setClock(new Date("2026-01-10T01:00:00Z"));
  });
  afterAll(() => core?.close());

  async function duePeriod() {
    customers += 1;
    const customerId = `lost-${customers}`;
    const subscription = await core.subscribe(await core.register(customerId), {
      firstCharge: "now",
    });
    await core.sweep();
    return { customerId, invoiceId: `${subscription.id}-p0` };
  }

  /** A worker whose claims are lost in that way. */
  function unlucky() {
    const deps = chargeDepsOf(core.composition, "unlucky");
    const { invoices } = core.composition;
    const claimAttempt: typeof invoices.claimAttempt = async (read, next) => {
      await invoices.claimAttempt(read, next);
      await updateDocument(invoices, next.id, (one) => ({ ...one, urgent: !one.urgent }));
      return null;
    };
    return { ...deps, invoices: { ...invoices, claimAttempt } };
  }

  it("is charged under it, once, and is no open question", async () => {
    const { customerId, invoiceId } = await duePeriod();
    expect(await attemptCharge(unlucky(), { invoiceId })).toMatchObject({ kind: "charged" });
    const invoice = await core.invoice(invoiceId);
    expect(invoice).toMatchObject({ state: "paid", claim: null });
    expect(invoice.attempts).toHaveLength(1);
    const approvals = await core.simulator.ledger({ kind: "approval", buyerId: customerId });
    expect(approvals).toHaveLength(1);
  });

  it("is refunded under it, once", async () => {
    const { customerId, invoiceId } = await duePeriod();
    await core.charge(invoiceId);
    const { composition } = core;
    await requestRefund(
      { ...composition, hints: composition.queues.hints },
      {
        paymentId: invoiceId,
        amount: null,
        reason: "customer asked",
        idempotency: null,
      },
    );
    expect(await attemptRefund(unlucky(), { invoiceId })).toMatchObject({ kind: "charged" });
    expect(await core.invoice(invoiceId)).toMatchObject({ refundable: 0, claim: null });
    const refunds = await core.simulator.ledger({ kind: "refund", buyerId: customerId });
    expect(refunds).toHaveLength(1);
  });

  it("is left to whoever has it, where it is not its own", async () => {
    const { customerId, invoiceId } = await duePeriod();
    const all = Array.from({ length: 10 }, () => attemptCharge(unlucky(), { invoiceId }));
    const results = await Promise.all(all);
    expect(results.filter(({ kind }) => kind === "charged")).toHaveLength(1);
    const approvals = await core.simulator.ledger({ kind: "approval", buyerId: customerId });
    expect(approvals).toHaveLength(1);
  });
});
