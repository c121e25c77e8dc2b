import { describe, expect, it } from "vitest";
import { boundsOf } from "../../src/billing/verify/bounds.ts";
import {
  type Listed,
  compareApprovals,
} from "../../src/billing/verify/gateway/compare-approval.ts";
import { daysOf, readDayRange } from "../../src/billing/verify/gateway/day-range.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Refund } from "../../src/domain/refund.ts";

const AT = new Date("2026-03-01T01:00:00Z");
const BEFORE = new Date("2026-03-02T00:00:00Z");

/** As much of an invoice as is compared. */
function invoiceOf(refunds: Partial<Refund>[], changes: Partial<Invoice> = {}): Invoice {
  const attempts = [
    { orderNumber: "KB-A-1", state: "approved", amount: 900, transaction: { id: "T-1" } },
  ];
  const full = refunds.map((refund, index) => ({
    id: `ref_${index}`,
    transactionId: "T-1",
    amount: 900,
    state: "done",
    surplus: false,
    callEndedAt: AT,
    refundedAt: AT,
    ...refund,
  }));
  const invoice = { id: "pay_a", subscriptionId: null, held: null, attempts, refunds: full };
  return { ...invoice, ...changes } as unknown as Invoice;
}

function listed(...refunded: (number | null)[]): Listed {
  const ids = { orderNumber: "KB-A-1", transactionId: "T-1" };
  return {
    approval: { kind: "approval", ...ids, amount: 900, at: AT },
    refunds: refunded.map((amount) => ({ kind: "refund", ...ids, amount, at: AT })),
  };
}

describe("one order number, here and there", () => {
  it.each<[string, Partial<Refund>[], (number | null)[], string[]]>([
    ["nothing refunded on either side", [], [], []],
    ["refunded on both sides, amounts told", [{ amount: 400 }, { amount: 100 }], [400, 100], []],
    ["refunded on both sides, amounts not told", [{ amount: 400 }], [null], []],
    ["refunded there only", [], [null], ["gateway-unknown-refund"]],
    ["refunded there, refused here", [{ state: "failed" }], [900], ["gateway-unknown-refund"]],
    ["all of it refunded here only", [{}], [], ["gateway-missing-refund"]],
    // Whether a list shows a part refund is documented nowhere.
    ["a part refunded here only", [{ amount: 400 }], [], []],
    ["another amount refunded", [{ amount: 400 }], [500], ["gateway-refund-amount"]],
  ])("%s", (_what, refunds, there, checks) => {
    const { findings, ours } = compareApprovals(invoiceOf(refunds), [listed(...there)], BEFORE);
    expect(findings.map(({ check }) => check)).toEqual(checks);
    expect(ours).toMatchObject({ count: 1, won: 900 });
  });

  it.each<[string, Partial<Refund>, Partial<Invoice>]>([
    ["is queued", { state: "queued" }, {}],
    ["is asked about", { state: "unknown" }, {}],
    ["was answered a moment ago", { callEndedAt: BEFORE }, {}],
    ["waits for a person", {}, { held: "refund_unknown" }],
  ])("waits while a refund %s", (_what, refund, changes) => {
    const result = compareApprovals(invoiceOf([refund], changes), [listed()], BEFORE);
    expect(result).toMatchObject({ findings: [], inProgress: 1 });
  });

  it("knows an approval that was given back as surplus", () => {
    const surplus = invoiceOf([{ surplus: true, transactionId: "T-2" }]);
    const second = listed(null);
    const other = { ...second.approval, transactionId: "T-2" };
    const result = compareApprovals(surplus, [listed(), { ...second, approval: other }], BEFORE);
    expect(result).toMatchObject({ findings: [], ours: { count: 2, refunds: 1 }, unclear: null });
  });
});

describe("the days to compare", () => {
  it("are the last week where nothing is said", () => {
    expect(readDayRange({}, "2026-03-03")).toEqual({
      range: { fromOn: "2026-02-25", untilOn: "2026-03-03" },
    });
    expect(daysOf({ fromOn: "2026-02-27", untilOn: "2026-03-01" })).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
    ]);
  });

  it("are at most so many", () => {
    expect(readDayRange({ days: "92" }, "2026-03-03")).toHaveProperty("range");
    expect(readDayRange({ days: "93" }, "2026-03-03")).toEqual({ fault: "days" });
    const years = { from: "2024-03-03", until: "2026-03-03" };
    expect(readDayRange(years, "2026-03-03")).toEqual({ fault: "from" });
  });
});

describe("the bounds", () => {
  it("grow with the sweep's interval", () => {
    const reconcile = { alarmAfterMs: 900_000, settleDelayMs: 90_000 };
    const webhooks = { retryForMs: 1000, retryMaxMs: 100 };
    expect(boundsOf({ sweepIntervalMs: 5000, reconcile, webhooks })).toMatchObject({
      claimMs: 60_000,
      unknownMs: 900_000,
      sweepMs: 300_000,
      listingMs: 90_000,
    });
    expect(boundsOf({ sweepIntervalMs: 600_000, reconcile, webhooks })).toMatchObject({
      claimMs: 6_000_000,
      sweepMs: 6_000_000,
      openMs: 6_000_000,
    });
  });
});
