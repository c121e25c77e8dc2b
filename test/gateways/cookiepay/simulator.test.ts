import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createCookiepayAdapter } from "../../../src/gateways/cookiepay/index.ts";
import type { ChargeRequest, GatewayAdapter, GatewayCall } from "../../../src/gateways/gateway.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";

const CARDS = {
  approves: "4111111111111111",
  insufficientFunds: "4000000000010118",
  limitExceeded: "4000000000010126",
  lostOrStolen: "4000000000010134",
  issuerDown: "4000000000010142",
  merchantLimit: "4000000000010159",
  declinesOnce: "4000000000010217",
  drops: "4000000000010415",
  answers500: "4000000000010423",
  breaksEncData: "4000000000010431",
  hangs: "4000000000010449",
  unknown: "4539578763621486",
};
const FROZEN = "2026-03-10T03:00:00.000Z";
const TODAY = { fromOn: "2026-03-10", untilOn: "2026-03-10" };

let dir: string;
let simulator: Simulator;
let adapter: GatewayAdapter;
let serial = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "simulator-"));
  simulator = await createSimulator({ dir });
  await control("clock", { now: FROZEN });
});

afterAll(async () => {
  await simulator.close();
  rmSync(dir, { recursive: true });
});

beforeEach(() => {
  adapter = createAdapter(10_000);
});

afterEach(async () => {
  adapter.close();
  await fetch(`http://127.0.0.1:${simulator.port}/_sim/faults`, { method: "DELETE" });
  const tokenError = "code";
  await control("switches", {
    cookiepay: { tokenError, declineAt: "outer", duplicateOrderNumber: "accept" },
  });
});

function createAdapter(callDeadlineMs: number): GatewayAdapter {
  const config = {
    account: "main",
    apiId: "sim_merchant",
    secret: "sim_secret",
    baseUrl: `http://127.0.0.1:${simulator.port}`,
    connectTimeoutMs: Math.min(5_000, callDeadlineMs - 100),
    callDeadlineMs,
    tokenTimeoutMs: 10_000,
  };
  return createCookiepayAdapter(config, { clock: systemClock });
}

async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${simulator.port}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** What the simulator's ledger holds under an order number: the judge of every outcome. */
async function booked(orderNumber: string): Promise<{ approvals: number; refundedAmount: number }> {
  const url = `http://127.0.0.1:${simulator.port}/_sim/ledger?orderNumber=${orderNumber}`;
  const answer = (await (await fetch(url)).json()) as {
    totals: { approvals: number; refundedAmount: number };
  };
  return answer.totals;
}

async function call(): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return { credential: opened.credential, maySend: () => true };
}

const nextNumber = () => `T-SIM-${(serial += 1)}`;

async function issue(number: string, expiry = "3012") {
  return adapter.issueBillingKey(await call(), {
    orderNumber: nextNumber(),
    card: { number, expiry, password: "12", holderId: "900101" },
    customerId: "customer-1",
    customerName: "김철수",
    productName: "카드 등록",
  });
}

async function keyOf(number: string): Promise<string> {
  const outcome = await issue(number);
  if (outcome.kind !== "issued") throw new Error(JSON.stringify(outcome));
  return outcome.billingKey;
}

async function chargeRequest(number: string): Promise<ChargeRequest> {
  return {
    orderNumber: nextNumber(),
    source: { kind: "billing_key", billingKey: await keyOf(number) },
    amount: 9_900,
    productName: "월간 구독 & 배송",
    customerId: "customer-1",
    customerName: "김철수",
  };
}

const charge = async (request: ChargeRequest) => adapter.charge(await call(), request);

const lookUp = async ({ orderNumber, amount }: ChargeRequest) =>
  adapter.lookUpCharge(await call(), { orderNumber, amount, ...TODAY });

describe("issuing a billing key", () => {
  test("gives a key for a test card, and revokes it", async () => {
    const billingKey = await keyOf(CARDS.approves);
    expect(billingKey).toMatch(/^[a-z0-9]{20}$/);
    expect(await adapter.revokeBillingKey(await call(), billingKey)).toEqual({ kind: "revoked" });
    const source = { kind: "billing_key" as const, billingKey };
    const request = { ...(await chargeRequest(CARDS.approves)), source };
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "billing_key_invalid", kind: "hard" },
    });
  });

  test("declines an unknown card and an expired one", async () => {
    expect(await issue(CARDS.unknown)).toMatchObject({
      kind: "declined",
      decline: { code: "card_not_registered", kind: "hard", rawCode: "1012" },
    });
    expect(await issue(CARDS.insufficientFunds, "2602")).toMatchObject({
      kind: "declined",
      decline: { code: "card_expired", kind: "hard", rawCode: "2015" },
    });
  });
});

describe("a charge", () => {
  test("is approved at the gateway's own time", async () => {
    const request = await chargeRequest(CARDS.approves);
    const outcome = await charge(request);
    expect(outcome).toMatchObject({
      kind: "approved",
      transaction: { approvedAt: new Date(FROZEN), cardName: "BC" },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    expect(await lookUp(request)).toMatchObject({
      kind: "found",
      transactions: [{ amount: 9_900, refunded: false, approvedAt: new Date(FROZEN) }],
    });
  });

  test.each(["outer", "inner"])("declines as each card says, %s", async (declineAt) => {
    await control("switches", { cookiepay: { declineAt } });
    const expected = [
      [CARDS.insufficientFunds, "insufficient_funds", "soft"],
      [CARDS.limitExceeded, "limit_exceeded", "soft"],
      [CARDS.lostOrStolen, "card_lost_or_stolen", "hard"],
      [CARDS.issuerDown, "issuer_unavailable", "soft"],
      [CARDS.merchantLimit, "merchant_limit", "merchant"],
    ] as const;
    for (const [number, code, kind] of expected) {
      const request = await chargeRequest(number);
      const outcome = await charge(request);
      expect(outcome).toMatchObject({ kind: "declined", decline: { code, kind } });
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
      expect(await lookUp(request)).toEqual({ kind: "not_found" });
    }
  });

  test("is approved after a decline, under a new number", async () => {
    const request = await chargeRequest(CARDS.declinesOnce);
    expect((await charge(request)).kind).toBe("declined");
    expect((await charge({ ...request, orderNumber: nextNumber() })).kind).toBe("approved");
  });

  test.each([
    ["the connection drops", CARDS.drops],
    ["it answers 500", CARDS.answers500],
    ["ENC_DATA is broken", CARDS.breaksEncData],
  ])("that was booked while %s is unknown, and is found", async (_case, number) => {
    const request = await chargeRequest(number);
    expect((await charge(request)).kind).toBe("unknown");
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    expect(await lookUp(request)).toMatchObject({ kind: "found", transactions: [{}] });
  });

  test("that was not booked and never answered is unknown, and is not found", async () => {
    const request = await chargeRequest(CARDS.hangs);
    const impatient = createAdapter(2_000);
    expect((await impatient.charge(await call(), request)).kind).toBe("unknown");
    impatient.close();
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
    expect(await lookUp(request)).toEqual({ kind: "not_found" });
  });

  test.each([
    "hang",
    "drop",
    "http_500",
    "garbage",
    "unavailable",
    "commit_then_hang",
    "commit_then_drop",
    "commit_then_500",
    "commit_then_garbage",
    "break_enc_data",
  ])("under the fault %s is unknown, and the ledger alone knows", async (effect) => {
    const request = await chargeRequest(CARDS.approves);
    const { orderNumber } = request;
    await control("faults", { rules: [{ match: { operation: "payments", orderNumber }, effect }] });
    const impatient = createAdapter(2_000);
    const outcome = await impatient.charge(await call(), request);
    impatient.close();
    expect(outcome.kind).toBe("unknown");
    const isBooked = effect.startsWith("commit") || effect.startsWith("break");
    expect(await booked(orderNumber)).toMatchObject({ approvals: isBooked ? 1 : 0 });
    expect((await lookUp(request)).kind).toBe(isBooked ? "found" : "not_found");
  });

  test("whose answer could not be decrypted is read later from the evidence", async () => {
    const request = await chargeRequest(CARDS.approves);
    const { orderNumber } = request;
    const effect = { decryptFails: 2 };
    await control("faults", { rules: [{ match: { operation: "payments", orderNumber }, effect }] });
    const outcome = await charge(request);
    if (outcome.kind !== "unknown" || !outcome.evidence) throw new Error(JSON.stringify(outcome));
    const again = await adapter.readEvidence(await call(), outcome.evidence, request);
    expect(again.kind).toBe("unknown");
    const read = await adapter.readEvidence(await call(), outcome.evidence, request);
    expect(read).toMatchObject({ kind: "approved" });
    expect(await booked(orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("under a used number is unknown where the gateway refuses it, never a decline", async () => {
    await control("switches", { cookiepay: { duplicateOrderNumber: "reject" } });
    const request = await chargeRequest(CARDS.approves);
    expect((await charge(request)).kind).toBe("approved");
    expect(await charge(request)).toMatchObject({
      kind: "unknown",
      reason: expect.stringMatching(/9002/),
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("under a used number is charged again where the gateway takes it, and both are found", async () => {
    const request = await chargeRequest(CARDS.approves);
    await charge(request);
    await charge(request);
    const found = await lookUp(request);
    expect(found.kind === "found" && found.transactions).toHaveLength(2);
  });

  test("is kept apart from two hundred others at once", async () => {
    const request = await chargeRequest(CARDS.approves);
    const numbers = Array.from({ length: 200 }, nextNumber);
    const outcomes = await Promise.all(
      numbers.map((orderNumber) => charge({ ...request, orderNumber })),
    );
    const ids = outcomes.map((one) => (one.kind === "approved" ? one.transaction.id : one.kind));
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((id) => id.startsWith("cTS"))).toHaveLength(200);
  });
});

describe("a card in the clear", () => {
  const sourceOf = (number: string, save: boolean): ChargeRequest["source"] => ({
    kind: "card",
    card: { number, expiry: "3012", password: "12", holderId: "900101" },
    save,
  });
  const requestOf = async (number: string, save: boolean): Promise<ChargeRequest> => ({
    ...(await chargeRequest(CARDS.approves)),
    source: sourceOf(number, save),
  });

  test("is charged and forgotten", async () => {
    const request = await requestOf(CARDS.approves, false);
    const outcome = await charge(request);
    expect(outcome).toMatchObject({ kind: "approved", transaction: { cardName: "BC" } });
    expect(outcome).not.toHaveProperty("savedCard");
    expect(await lookUp(request)).toMatchObject({ kind: "found", transactions: [{}] });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("is charged and saved: the key pays from then on", async () => {
    const request = await requestOf(CARDS.approves, true);
    const outcome = await charge(request);
    if (outcome.kind !== "approved" || !outcome.savedCard) throw new Error(outcome.kind);
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    const { billingKey, cardName } = outcome.savedCard;
    expect(cardName).toBe("BC");
    const source = { kind: "billing_key" as const, billingKey };
    const again = { ...request, orderNumber: nextNumber(), source };
    expect(await charge(again)).toMatchObject({ kind: "approved" });
  });

  test.each([false, true])("is declined as it says, saved: %s", async (save) => {
    await control("switches", { cookiepay: { declineAt: "inner" } });
    const request = await requestOf(CARDS.lostOrStolen, save);
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "card_lost_or_stolen" },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
  });

  test.each([
    ["keyin", false, "commit_then_drop", 1],
    ["keyin", false, "drop", 0],
    ["billkeygen", true, "commit_then_500", 1],
    ["billkeygen", true, "break_enc_data", 1],
    ["billkeygen", true, "http_500", 0],
  ])(
    "under a fault of %s (saved: %s, %s) is unknown",
    async (operation, save, effect, approvals) => {
      const request = await requestOf(CARDS.approves, save);
      const { orderNumber } = request;
      await control("faults", { rules: [{ match: { operation, orderNumber }, effect }] });
      expect((await charge(request)).kind).toBe("unknown");
      expect(await booked(orderNumber)).toMatchObject({ approvals });
      expect((await lookUp(request)).kind).toBe(approvals === 1 ? "found" : "not_found");
    },
  );

  test("that could not be decrypted gives its key from the evidence", async () => {
    const request = await requestOf(CARDS.approves, true);
    const { orderNumber } = request;
    const effect = { decryptFails: 1 };
    await control("faults", {
      rules: [{ match: { operation: "billkeygen", orderNumber }, effect }],
    });
    const outcome = await charge(request);
    if (outcome.kind !== "unknown" || !outcome.evidence) throw new Error(JSON.stringify(outcome));
    expect(await adapter.readEvidence(await call(), outcome.evidence, request)).toMatchObject({
      kind: "approved",
      savedCard: { cardName: "BC" },
    });
  });
});

describe("a token", () => {
  test.each(["code", "http401"])("that is refused by %s sends nothing", async (tokenError) => {
    await control("switches", { cookiepay: { tokenError } });
    const request = await chargeRequest(CARDS.approves);
    const stale = { credential: { value: "a.b.c", endsAt: new Date(0) }, maySend: () => true };
    expect(await adapter.charge(stale, request)).toEqual({
      kind: "not_sent",
      reason: "token refused",
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
    expect((await charge(request)).kind).toBe("approved");
  });

  test("is not given to another secret", async () => {
    const other = createCookiepayAdapter(
      {
        account: "other",
        apiId: "sim_merchant",
        secret: "wrong",
        baseUrl: `http://127.0.0.1:${simulator.port}`,
        connectTimeoutMs: 1_000,
        callDeadlineMs: 10_000,
        tokenTimeoutMs: 10_000,
      },
      { clock: systemClock },
    );
    expect(await other.openCredential({ call: "read" })).toMatchObject({ kind: "not_sent" });
    other.close();
  });
});

async function approved() {
  const request = await chargeRequest(CARDS.approves);
  const outcome = await charge(request);
  if (outcome.kind !== "approved") throw new Error(outcome.kind);
  const { orderNumber } = request;
  return {
    orderNumber,
    transactionId: outcome.transaction.id,
    reason: "고객 요청",
    leftBefore: 9_900,
    paidWith: "billing_key" as const,
  };
}

describe("a refund", () => {
  test("gives back all, and says so again when it is repeated", async () => {
    const refund = { ...(await approved()), amount: 9_900, everythingLeft: true };
    const { transactionId } = refund;
    expect(await adapter.lookUpRefund(await call(), transactionId)).toMatchObject({
      kind: "found",
      refunded: false,
    });
    expect(await adapter.refund(await call(), refund)).toMatchObject({
      kind: "approved",
      refundedAt: new Date(FROZEN),
    });
    expect(await adapter.refund(await call(), refund)).toMatchObject({ kind: "approved" });
    expect(await booked(refund.orderNumber)).toMatchObject({ refundedAmount: 9_900 });
    expect(await adapter.lookUpRefund(await call(), transactionId)).toMatchObject({
      kind: "found",
      refunded: true,
    });
  });

  test("gives back parts, never more than was captured", async () => {
    const part = { ...(await approved()), amount: 6_000, everythingLeft: false };
    expect((await adapter.refund(await call(), part)).kind).toBe("approved");
    expect(await adapter.refund(await call(), part)).toMatchObject({
      kind: "declined",
      decline: { kind: "merchant" },
    });
    const rest = { ...part, amount: 3_900, everythingLeft: true };
    expect((await adapter.refund(await call(), rest)).kind).toBe("approved");
    expect(await booked(part.orderNumber)).toMatchObject({ refundedAmount: 9_900 });
  });

  test("of an unknown transaction is declined, and looking it up fails", async () => {
    const refund = { ...(await approved()), amount: 1, everythingLeft: true };
    const lost = { ...refund, transactionId: "cTS00000000000000000" };
    expect((await adapter.refund(await call(), lost)).kind).toBe("declined");
    expect((await adapter.lookUpRefund(await call(), lost.transactionId)).kind).toBe("failed");
  });
});

test("the simulator understood every request", async () => {
  const url = `http://127.0.0.1:${simulator.port}/_sim/not-understood`;
  expect(await (await fetch(url)).json()).toEqual({ items: [] });
});

describe("listing transactions", () => {
  const list = async (days = TODAY) => adapter.listTransactions(await call(), days);
  const of = (result: Awaited<ReturnType<typeof list>>, orderNumber: string) =>
    result.kind === "listed"
      ? result.transactions.filter((one) => one.orderNumber === orderNumber)
      : result;

  test("shows an approval, its refund once there is one, and no decline", async () => {
    const request = await chargeRequest(CARDS.approves);
    const outcome = await charge(request);
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    const declined = await chargeRequest(CARDS.insufficientFunds);
    await charge(declined);
    const { orderNumber, amount } = request;
    const transactionId = outcome.transaction.id;
    const approval = { kind: "approval", orderNumber, transactionId, amount };
    expect(of(await list(), orderNumber)).toMatchObject([approval]);
    expect(of(await list(), declined.orderNumber)).toEqual([]);
    await adapter.refund(await call(), {
      transactionId,
      orderNumber,
      amount,
      leftBefore: amount,
      everythingLeft: true,
      paidWith: "billing_key",
      reason: "고객 요청",
    });
    expect(of(await list(), orderNumber)).toMatchObject([
      approval,
      { kind: "refund", orderNumber, transactionId, amount: null, at: new Date(FROZEN) },
    ]);
  });

  test("shows nothing on a day without payments, and all that the gateway has on another", async () => {
    const empty = { fromOn: "2026-03-11", untilOn: "2026-03-12" };
    expect(await list(empty)).toEqual({ kind: "listed", transactions: [] });
    const result = await list();
    if (result.kind !== "listed") throw new Error(result.reason);
    const ledger = `http://127.0.0.1:${simulator.port}/_sim/ledger?kind=approval`;
    const { totals } = (await (await fetch(ledger)).json()) as { totals: { approvals: number } };
    const approvals = result.transactions.filter(({ kind }) => kind === "approval");
    expect(approvals).toHaveLength(totals.approvals);
  });
});
