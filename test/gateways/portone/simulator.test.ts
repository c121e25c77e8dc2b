import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPortoneAdapter } from "../../../src/gateways/portone/index.ts";
import type {
  CardDetails,
  ChargeRequest,
  GatewayAdapter,
  GatewayCall,
} from "../../../src/gateways/gateway.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";

const CARDS = {
  approves: "4111111111111111",
  expires: "4000000000010001",
  insufficientFunds: "4000000000010118",
  limitExceeded: "4000000000010126",
  lostOrStolen: "4000000000010134",
  issuerDown: "4000000000010142",
  merchantLimit: "4000000000010159",
  declinesOnce: "4000000000010217",
  drops: "4000000000010415",
  answers500: "4000000000010423",
  hangs: "4000000000010449",
  unknown: "4539578763621486",
};
const FROZEN = "2026-03-10T03:00:00.000Z";
const TODAY = { fromOn: "2026-03-10", untilOn: "2026-03-10" };
const DEFAULTS = {
  duplicateMerchantUid: "reject",
  unknownCustomerCode: "-1",
  cardRefusal: "code",
  partialCancelStatus: "cancelled",
  paidAtAfterCancel: "zero",
  checksum: "enforced",
  fullyCancelled: "checksum_first",
  customerSchedules: "pages",
  callsPerSecond: 0,
};

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

beforeEach(async () => {
  adapter = createAdapter(10_000);
  await control("switches", { portone: DEFAULTS, lookupLagMs: 0 });
});

afterEach(async () => {
  adapter.close();
  await fetch(`${base()}/_sim/faults`, { method: "DELETE" });
});

const base = () => `http://127.0.0.1:${simulator.port}`;

function createAdapter(callDeadlineMs: number, impSecret = "sim_imp_secret"): GatewayAdapter {
  const config = {
    account: "main",
    impKey: "sim_imp_key",
    impSecret,
    baseUrl: base(),
    connectTimeoutMs: Math.min(5_000, callDeadlineMs - 100),
    callDeadlineMs,
    tokenTimeoutMs: 10_000,
  };
  return createPortoneAdapter(config, { clock: systemClock });
}

async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`${base()}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

const turn = (portone: object) => control("switches", { portone });

/** Lets this happen to one operation. */
const spoil = (operation: string, effect: unknown, match: object = {}) =>
  control("faults", { rules: [{ match: { gateway: "portone", operation, ...match }, effect }] });

/** What the simulator's ledger holds under an order number: the judge of every outcome. */
async function booked(orderNumber: string): Promise<{ approvals: number; refundedAmount: number }> {
  const answer = (await (
    await fetch(`${base()}/_sim/ledger?orderNumber=${orderNumber}`)
  ).json()) as { totals: { approvals: number; refundedAmount: number } };
  return answer.totals;
}

async function call(): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return { credential: opened.credential, maySend: () => true };
}

const nextNumber = () => `T-SIM-${(serial += 1)}`;

const cardOf = (number: string, expiry = "3012"): CardDetails => ({
  number,
  expiry,
  password: "12",
  holderId: "900101",
});

async function issue(number: string, expiry = "3012", orderNumber = nextNumber()) {
  return adapter.issueBillingKey(await call(), {
    orderNumber,
    card: cardOf(number, expiry),
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

const NAMES = {
  amount: 9_900,
  productName: "월간 구독 & 배송 😀",
  customerId: "customer-1",
  customerName: "김철수",
};

async function byKey(number: string): Promise<ChargeRequest> {
  const source = { kind: "billing_key", billingKey: await keyOf(number) } as const;
  return { orderNumber: nextNumber(), source, ...NAMES };
}

function byCard(number: string, save = false, expiry = "3012"): ChargeRequest {
  const source = { kind: "card", card: cardOf(number, expiry), save } as const;
  return { orderNumber: nextNumber(), source, ...NAMES };
}

const charge = async (request: ChargeRequest) => adapter.charge(await call(), request);

async function chargeImpatiently(request: ChargeRequest) {
  const impatient = createAdapter(2_000);
  const outcome = await impatient.charge(await call(), request);
  impatient.close();
  return outcome;
}

const lookUp = async ({ orderNumber, amount }: ChargeRequest) =>
  adapter.lookUpCharge(await call(), { orderNumber, amount, ...TODAY });

describe("issuing a billing key", () => {
  test("gives a key for a test card, and deletes it, once and for all", async () => {
    const billingKey = await keyOf(CARDS.approves);
    expect(billingKey).toMatch(/^card-T-SIM-\d+$/);
    expect(await adapter.revokeBillingKey(await call(), billingKey)).toEqual({ kind: "revoked" });
    expect(await adapter.revokeBillingKey(await call(), billingKey)).toEqual({ kind: "revoked" });
  });

  test.each(["-1", "1"])("is over after the deletion, whatever the code: %s", async (code) => {
    await turn({ unknownCustomerCode: code });
    const request = await byKey(CARDS.approves);
    if (request.source.kind !== "billing_key") throw new Error("no key");
    await adapter.revokeBillingKey(await call(), request.source.billingKey);
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "billing_key_invalid", kind: "hard", rawCode: code },
    });
    expect(await lookUp(request)).toEqual({ kind: "not_found" });
  });

  test("declines an unknown card and an expired one, with the inner code", async () => {
    expect(await issue(CARDS.unknown)).toMatchObject({
      kind: "declined",
      decline: { code: "card_not_registered", kind: "hard", rawCode: "1012" },
    });
    expect(await issue(CARDS.expires, "2602")).toMatchObject({
      kind: "declined",
      decline: { code: "card_expired", kind: "hard", rawCode: "2015" },
    });
  });

  test.each(["commit_then_500", "commit_then_drop", "commit_then_garbage"])(
    "whose answer was lost by %s is asked about, and is there",
    async (effect) => {
      await spoil("customer_issue", effect);
      expect(await issue(CARDS.approves)).toMatchObject({ kind: "issued", cardCode: "361" });
    },
  );

  test.each(["http_500", "drop", "garbage", "unavailable"])(
    "that was not carried out by %s stays unknown",
    async (effect) => {
      await spoil("customer_issue", effect);
      expect(await issue(CARDS.approves)).toMatchObject({ kind: "unknown" });
    },
  );

  test("declines with the code of a rule", async () => {
    await spoil("customer_issue", { decline: "2003" });
    expect(await issue(CARDS.approves)).toMatchObject({
      kind: "declined",
      decline: { code: "card_lost_or_stolen", rawCode: "2003" },
    });
  });
});

describe.each([
  ["by billing key", "again", byKey],
  ["by card", "onetime", (number: string) => Promise.resolve(byCard(number))],
] as const)("a charge %s", (_name, operation, requestOf) => {
  test("is approved at the gateway's own time, and found", async () => {
    const request = await requestOf(CARDS.approves);
    expect(await charge(request)).toMatchObject({
      kind: "approved",
      transaction: {
        id: expect.stringMatching(/^imp_\d{12}$/),
        approvedAt: new Date(FROZEN),
        cardName: "비씨카드",
      },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    expect(await lookUp(request)).toMatchObject({
      kind: "found",
      transactions: [{ amount: 9_900, refunded: false, approvedAt: new Date(FROZEN) }],
    });
  });

  test("declines as each card says, and is not found", async () => {
    const expected = [
      [CARDS.insufficientFunds, "insufficient_funds", "soft"],
      [CARDS.limitExceeded, "limit_exceeded", "soft"],
      [CARDS.lostOrStolen, "card_lost_or_stolen", "hard"],
      [CARDS.issuerDown, "issuer_unavailable", "soft"],
      [CARDS.merchantLimit, "merchant_limit", "merchant"],
    ] as const;
    for (const [number, code, kind] of expected) {
      const request = await requestOf(number);
      expect(await charge(request)).toMatchObject({ kind: "declined", decline: { code, kind } });
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
      expect(await lookUp(request)).toEqual({ kind: "not_found" });
    }
  });

  test.each([
    ["the connection drops", CARDS.drops],
    ["it answers 500", CARDS.answers500],
  ])("that was booked while %s is unknown, and is found", async (_case, number) => {
    const request = await requestOf(number);
    expect((await charge(request)).kind).toBe("unknown");
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    expect(await lookUp(request)).toMatchObject({ kind: "found", transactions: [{}] });
  });

  test("that was not booked and never answered is unknown, and is not found", async () => {
    const request = await requestOf(CARDS.hangs);
    expect((await chargeImpatiently(request)).kind).toBe("unknown");
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
    "commit_then_wrong_charset",
  ])("under the fault %s is unknown, and the ledger alone knows", async (effect) => {
    const request = await requestOf(CARDS.approves);
    const { orderNumber } = request;
    await spoil(operation, effect, { orderNumber });
    expect((await chargeImpatiently(request)).kind).toBe("unknown");
    const isBooked = effect.startsWith("commit");
    expect(await booked(orderNumber)).toMatchObject({ approvals: isBooked ? 1 : 0 });
    expect((await lookUp(request)).kind).toBe(isBooked ? "found" : "not_found");
  });

  test("declines with the code of a rule", async () => {
    const request = await requestOf(CARDS.approves);
    await spoil(operation, { decline: "8837" }, { orderNumber: request.orderNumber });
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "unrecognized", rawCode: "8837", rawMessage: "승인거절" },
    });
  });

  test("under a paid number is unknown where the gateway refuses it, never a decline", async () => {
    const request = await requestOf(CARDS.approves);
    expect((await charge(request)).kind).toBe("approved");
    expect(await charge(request)).toMatchObject({ kind: "unknown" });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("under a paid number is charged again where the gateway takes it, and both are found", async () => {
    await turn({ duplicateMerchantUid: "accept" });
    const request = await requestOf(CARDS.approves);
    await charge(request);
    await charge(request);
    const found = await lookUp(request);
    expect(found.kind === "found" && found.transactions).toHaveLength(2);
  });

  test("above the calls of a second is refused with 429 and stays unknown", async () => {
    const request = await requestOf(CARDS.approves);
    await turn({ callsPerSecond: 1 });
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => charge({ ...request, orderNumber: nextNumber() })),
    );
    const kinds = outcomes.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "approved").length).toBeGreaterThan(0);
    expect(outcomes.filter(({ kind }) => kind !== "approved")).not.toHaveLength(0);
    for (const outcome of outcomes.filter(({ kind }) => kind !== "approved")) {
      expect(outcome).toEqual({ kind: "unknown", reason: `${operation}: http 429` });
    }
  });

  test("is kept apart from two hundred others at once", async () => {
    const request = await requestOf(CARDS.approves);
    const numbers = Array.from({ length: 200 }, nextNumber);
    const outcomes = await Promise.all(
      numbers.map((orderNumber) => charge({ ...request, orderNumber })),
    );
    const ids = outcomes.map((one) => (one.kind === "approved" ? one.transaction.id : one.kind));
    expect(new Set(ids).size).toBe(200);
    expect(ids.filter((id) => id.startsWith("imp_"))).toHaveLength(200);
  });
});

describe("a charge by card", () => {
  test.each([
    ["code", "card_details_wrong", "customer", "-1"],
    ["failed", "card_not_registered", "hard", "1012"],
  ])("whose data are refused by %s is declined: %s", async (cardRefusal, code, kind, rawCode) => {
    await turn({ cardRefusal });
    const request = byCard(CARDS.unknown);
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code, kind, rawCode },
    });
    expect(await lookUp(request)).toEqual({ kind: "not_found" });
  });

  test("that saves the card gives its key, which is charged then", async () => {
    const request = byCard(CARDS.approves, true);
    const outcome = await charge(request);
    if (outcome.kind !== "approved" || !outcome.savedCard) throw new Error(JSON.stringify(outcome));
    expect(outcome.savedCard).toEqual({
      billingKey: `card-${request.orderNumber}`,
      cardName: "비씨카드",
    });
    const source = { kind: "billing_key", billingKey: outcome.savedCard.billingKey } as const;
    expect((await charge({ ...request, orderNumber: nextNumber(), source })).kind).toBe("approved");
  });

  test("that is declined saves nothing", async () => {
    const request = byCard(CARDS.insufficientFunds, true);
    expect((await charge(request)).kind).toBe("declined");
    const source = { kind: "billing_key", billingKey: `card-${request.orderNumber}` } as const;
    expect(await charge({ ...request, orderNumber: nextNumber(), source })).toMatchObject({
      decline: { code: "billing_key_invalid" },
    });
  });

  test("that saves nothing has no key", async () => {
    const outcome = await charge(byCard(CARDS.approves));
    expect(outcome).toMatchObject({ kind: "approved" });
    expect(outcome).not.toHaveProperty("savedCard");
  });
});

describe("a look-up", () => {
  test("does not show what is younger than the lag, and fails where its answers are lost", async () => {
    const request = byCard(CARDS.approves);
    await charge(request);
    await control("switches", { lookupLagMs: 600_000 });
    expect(await lookUp(request)).toEqual({ kind: "not_found" });
    await control("switches", { lookupLagMs: 0 });
    expect((await lookUp(request)).kind).toBe("found");
    await spoil("payment_find_all", "http_500");
    expect((await lookUp(request)).kind).toBe("failed");
  });

  test("believes in nothing being there only where both ways say so", async () => {
    const request = byCard(CARDS.approves);
    await spoil("payment_find", "drop");
    expect((await lookUp(request)).kind).toBe("failed");
  });

  test("after a decline finds the approval that came later under the same number", async () => {
    const request = await byKey(CARDS.declinesOnce);
    expect((await charge(request)).kind).toBe("declined");
    expect((await charge(request)).kind).toBe("approved");
    expect(await lookUp(request)).toMatchObject({ kind: "found", transactions: [{}] });
  });
});

describe("a token", () => {
  test("that is refused sends nothing, and the next one works", async () => {
    const request = await byKey(CARDS.approves);
    const stale = { credential: { value: "a", endsAt: new Date(0) }, maySend: () => true };
    expect(await adapter.charge(stale, request)).toEqual({
      kind: "not_sent",
      reason: "token refused",
    });
    await spoil("again", "token_refused", { orderNumber: request.orderNumber });
    expect((await charge(request)).kind).toBe("not_sent");
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
    await fetch(`${base()}/_sim/faults`, { method: "DELETE" });
    expect((await charge(request)).kind).toBe("approved");
  });

  test("is not given to another secret", async () => {
    const other = createAdapter(10_000, "wrong");
    expect(await other.openCredential({ call: "read" })).toEqual({
      kind: "not_sent",
      reason: "token: refused",
    });
    other.close();
  });
});

test("the simulator understood every request", async () => {
  expect(await (await fetch(`${base()}/_sim/not-understood`)).json()).toEqual({ items: [] });
});
