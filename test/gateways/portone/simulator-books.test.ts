/** Refunds, listings and schedules against the simulator, every switch both ways. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPortoneAdapter } from "../../../src/gateways/portone/index.ts";
import type { GatewayAdapter, GatewayCall, RefundRequest } from "../../../src/gateways/gateway.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";

const CARD = { number: "4111111111111111", expiry: "3012", password: "12", holderId: "900101" };
const FROZEN = "2026-03-10T03:00:00.000Z";
const TODAY = { fromOn: "2026-03-10", untilOn: "2026-03-10" };
const STATUSES = ["cancelled", "paid"];
const TIMES = ["zero", "kept"];

let dir: string;
let simulator: Simulator;
let adapter: GatewayAdapter;
let serial = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "simulator-"));
  simulator = await createSimulator({ dir });
});

afterAll(async () => {
  await simulator.close();
  rmSync(dir, { recursive: true });
});

beforeEach(async () => {
  await control("clock", { now: FROZEN });
  const config = {
    account: "main",
    impKey: "sim_imp_key",
    impSecret: "sim_imp_secret",
    baseUrl: base(),
    connectTimeoutMs: 5_000,
    callDeadlineMs: 10_000,
    tokenTimeoutMs: 10_000,
  };
  adapter = createPortoneAdapter(config, { clock: systemClock });
  await turn({
    partialCancelStatus: "cancelled",
    paidAtAfterCancel: "zero",
    checksum: "enforced",
    fullyCancelled: "checksum_first",
    customerSchedules: "pages",
    callsPerSecond: 0,
  });
});

afterEach(async () => {
  adapter.close();
  await fetch(`${base()}/_sim/faults`, { method: "DELETE" });
});

const base = () => `http://127.0.0.1:${simulator.port}`;

async function post(path: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(base() + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

const control = (path: string, body: object) => post(`/_sim/${path}`, body);
const turn = (portone: object) => control("switches", { portone });

async function refundedSum(orderNumber: string): Promise<number> {
  const response = await fetch(`${base()}/_sim/ledger?orderNumber=${orderNumber}`);
  const { totals } = (await response.json()) as { totals: { refundedAmount: number } };
  return totals.refundedAmount;
}

async function call(): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return { credential: opened.credential, maySend: () => true };
}

async function approved(amount = 9_900): Promise<RefundRequest> {
  const orderNumber = `T-BOOK-${(serial += 1)}`;
  const outcome = await adapter.charge(await call(), {
    orderNumber,
    source: { kind: "card", card: CARD, save: false },
    amount,
    productName: "월간 구독",
    customerId: "customer-1",
    customerName: "김철수",
  });
  if (outcome.kind !== "approved") throw new Error(JSON.stringify(outcome));
  return {
    transactionId: outcome.transaction.id,
    orderNumber,
    amount,
    leftBefore: amount,
    everythingLeft: true,
    paidWith: "card",
    reason: "고객 요청",
  };
}

const refund = async (request: RefundRequest) => adapter.refund(await call(), request);
const isRefunded = async ({ transactionId }: RefundRequest) =>
  adapter.lookUpRefund(await call(), transactionId);

describe("a refund", () => {
  test.each(["checksum_first", "cancelled_first"])(
    "gives back all, and says so again when it is repeated: %s",
    async (fullyCancelled) => {
      await turn({ fullyCancelled });
      const whole = await approved();
      expect(await isRefunded(whole)).toMatchObject({ kind: "found", refunded: false });
      expect(await refund(whole)).toMatchObject({
        kind: "approved",
        refundTransactionId: expect.stringMatching(/^cancel_\d{12}$/),
        refundedAt: new Date(FROZEN),
      });
      expect(await refund(whole)).toMatchObject({ kind: "approved" });
      expect(await refundedSum(whole.orderNumber)).toBe(9_900);
      expect(await isRefunded(whole)).toMatchObject({ kind: "found", refunded: true });
    },
  );

  test.each(STATUSES)("gives back parts, each once, status %s", async (partialCancelStatus) => {
    await turn({ partialCancelStatus });
    const whole = await approved();
    const part = { ...whole, amount: 4_000, everythingLeft: false };
    expect((await refund(part)).kind).toBe("approved");
    // The same part again: what is left is not what it was, so nothing is given back.
    expect(await refund(part)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", kind: "merchant" },
    });
    expect(await isRefunded(part)).toMatchObject({ kind: "found", refunded: true });
    const rest = { ...whole, amount: 5_900, leftBefore: 5_900 };
    expect((await refund(rest)).kind).toBe("approved");
    expect(await refundedSum(whole.orderNumber)).toBe(9_900);
  });

  test("of a part is unknown where a wrong checksum was overlooked: more was given back than we believe", async () => {
    await turn({ checksum: "ignored" });
    const whole = await approved();
    const part = { ...whole, amount: 4_000, everythingLeft: false };
    await refund(part);
    expect(await refund(part)).toMatchObject({ kind: "unknown" });
    expect(await refundedSum(whole.orderNumber)).toBe(8_000);
    expect(await refund(part)).toMatchObject({ kind: "declined" });
  });

  test.each([
    ["commit_then_drop", 9_900],
    ["commit_then_500", 9_900],
    ["commit_then_garbage", 9_900],
    ["drop", 0],
    ["http_500", 0],
    ["garbage", 0],
  ])("under the fault %s is unknown, and may be repeated", async (effect, sum) => {
    const whole = await approved();
    const match = { operation: "payment_cancel", transactionId: whole.transactionId };
    await control("faults", { rules: [{ match, times: 1, effect }] });
    expect((await refund(whole)).kind).toBe("unknown");
    expect(await refundedSum(whole.orderNumber)).toBe(sum);
    expect(await isRefunded(whole)).toMatchObject({ kind: "found", refunded: sum > 0 });
    expect((await refund(whole)).kind).toBe("approved");
    expect(await refundedSum(whole.orderNumber)).toBe(9_900);
  });

  test("of an unknown payment is declined, and looking it up fails", async () => {
    const lost = { ...(await approved()), transactionId: "imp_000000000000" };
    expect(await refund(lost)).toMatchObject({
      kind: "declined",
      decline: { rawMessage: "취소할 결제건이 존재하지 않습니다." },
    });
    expect((await isRefunded(lost)).kind).toBe("failed");
  });

  test("is found with the charge", async () => {
    const whole = await approved();
    await refund(whole);
    const { orderNumber, amount } = whole;
    expect(
      await adapter.lookUpCharge(await call(), { orderNumber, amount, ...TODAY }),
    ).toMatchObject({
      kind: "found",
      transactions: [{ refunded: true, amount, approvedAt: new Date(FROZEN) }],
    });
  });
});

describe("listing transactions", () => {
  const list = async (days = TODAY) => adapter.listTransactions(await call(), days);

  test.each(STATUSES.flatMap((status) => TIMES.map((time) => [status, time] as const)))(
    "shows approvals and each refund with its sum: a part is %s, paid_at %s",
    async (partialCancelStatus, paidAtAfterCancel) => {
      await turn({ partialCancelStatus, paidAtAfterCancel });
      const plain = await approved(1_000);
      const partly = await approved(2_000);
      const wholly = await approved(3_000);
      // A month later: the gateway then lists them under another day.
      await control("clock", { now: "2026-04-12T03:00:00Z" });
      await refund({ ...partly, amount: 500, everythingLeft: false });
      await refund(wholly);
      const result = await list();
      if (result.kind !== "listed") throw new Error(result.reason);
      const at = new Date(FROZEN);
      const later = new Date("2026-04-12T03:00:00Z");
      const of = ({ orderNumber }: RefundRequest) =>
        result.transactions
          .filter((one) => one.orderNumber === orderNumber)
          .map((one) => [one.kind, one.amount, one.at]);
      expect(of(plain)).toEqual([["approval", 1_000, at]]);
      expect(of(partly)).toEqual([
        ["approval", 2_000, at],
        ["refund", 500, later],
      ]);
      expect(of(wholly)).toEqual([
        ["approval", 3_000, at],
        ["refund", 3_000, later],
      ]);
    },
  );

  test("shows nothing on a day without payments, and all that the gateway has on another", async () => {
    await approved();
    const empty = { fromOn: "2026-03-11", untilOn: "2026-03-12" };
    expect(await list(empty)).toEqual({ kind: "listed", transactions: [] });
    const result = await list();
    if (result.kind !== "listed") throw new Error(result.reason);
    const ledger = `${base()}/_sim/ledger?kind=approval&gateway=portone`;
    const { totals } = (await (await fetch(ledger)).json()) as { totals: { approvals: number } };
    const approvals = result.transactions.filter(({ kind }) => kind === "approval");
    expect(approvals).toHaveLength(totals.approvals);
  });

  test.each(["http_500", "drop", "garbage", "token_refused"])("fails under %s", async (effect) => {
    await control("faults", { rules: [{ match: { operation: "payment_list" }, nth: 2, effect }] });
    expect(await list()).toMatchObject({ kind: "failed" });
  });
});

describe("the gateway's own schedules", () => {
  test.each(["pages", "list"])("are counted while they wait, listed in %s", async (listed) => {
    await turn({ customerSchedules: listed });
    const orderNumber = `K-${(serial += 1)}`;
    const issued = await adapter.issueBillingKey(await call(), {
      orderNumber,
      card: CARD,
      customerId: "customer-1",
      customerName: "김철수",
      productName: "카드 등록",
    });
    if (issued.kind !== "issued") throw new Error(issued.kind);
    const ask = async () => adapter.lookUpSchedule?.(await call(), issued.billingKey);
    expect(await ask()).toEqual({ kind: "none" });

    const headers = { authorization: (await call()).credential.value };
    const day = 86_400;
    const now = Math.floor(Date.now() / 1000);
    const schedules = [1, 100, 200].map((days) => ({
      merchant_uid: `${orderNumber}-S${days}`,
      schedule_at: now + days * day,
      amount: 9_900,
    }));
    const customer_uid = issued.billingKey;
    await post("/subscribe/payments/schedule", { customer_uid, schedules }, headers);
    expect(await ask()).toEqual({ kind: "scheduled", count: 3 });
    const merchant_uid = [`${orderNumber}-S100`];
    await post("/subscribe/payments/unschedule", { customer_uid, merchant_uid }, headers);
    expect(await ask()).toEqual({ kind: "scheduled", count: 2 });
    await post("/subscribe/payments/unschedule", { customer_uid }, headers);
    expect(await ask()).toEqual({ kind: "none" });
  });
});
