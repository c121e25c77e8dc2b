import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type {
  ChargeRequest,
  GatewayAdapter,
  RefundRequest,
} from "../../../src/gateways/gateway.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import { createPayupAdapter } from "../../../src/gateways/payup/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";
import { openCall } from "./wire.ts";

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
  hangs: "4000000000010449",
};
const FROZEN = "2026-03-10T03:00:00.000Z";
const DEFAULTS = {
  badSignature: "6002",
  secondCancel: "1005",
  cancelRecord: "kept",
  transactionId: "own",
  cardReply: "full",
  errorStatus: "http200",
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

beforeEach(() => {
  adapter = createAdapter({});
});

afterEach(async () => {
  adapter.close();
  await fetch(`${base()}/_sim/faults`, { method: "DELETE" });
  await control("switches", { payup: DEFAULTS });
});

const base = () => `http://127.0.0.1:${simulator.port}`;

function createAdapter({ callDeadlineMs = 10_000, apiCertKey = "sim_cert_key" }): GatewayAdapter {
  const config = {
    account: "main",
    merchantId: "sim_payup",
    apiCertKey,
    baseUrl: base(),
    connectTimeoutMs: Math.min(5_000, callDeadlineMs - 100),
    callDeadlineMs,
  };
  return createPayupAdapter(config, { clock: systemClock });
}

async function control(path: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(`${base()}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Record<string, string>;
}

/** What the simulator's ledger holds under an order number: the judge of every outcome. */
async function booked(orderNumber: string) {
  const answer = (await (
    await fetch(`${base()}/_sim/ledger?gateway=payup&orderNumber=${orderNumber}`)
  ).json()) as { totals: { approvals: number; refunds: number; refundedAmount: number } };
  return answer.totals;
}

async function open(changes: Partial<OpenWindowRequest> = {}, from = adapter) {
  serial += 1;
  const request: OpenWindowRequest = {
    orderNumber: `T-SIM-${serial}`,
    amount: 9_900,
    customerEmail: null,
    customerPhone: null,
    wallet: null,
    options: null,
    productName: "월간 구독 & 배송",
    customerName: "김철수",
    returnUrl: "https://shop.example/return",
    device: "pc",
    ...changes,
  };
  const outcome = await from.openWindow?.(await openCall(from), request);
  if (outcome === undefined) throw new Error("no windows");
  return { request, outcome };
}

/** A charge whose customer agreed in the window. */
async function agreed(choice: { card?: string; decline?: boolean } = {}): Promise<ChargeRequest> {
  const { request, outcome } = await open();
  if (outcome.kind !== "opened") throw new Error(JSON.stringify(outcome));
  const ordr_idxx = outcome.gatewayOrderId;
  const authentication = await control("payup/authenticate", { ordr_idxx, ...choice });
  const { orderNumber, amount, productName, customerName } = request;
  const source = { kind: "wallet" as const, authentication };
  return { orderNumber, amount, productName, customerName, customerId: "customer-1", source };
}

const charge = async (request: ChargeRequest, from = adapter) =>
  from.charge(await openCall(from), request);

const fault = (operation: string, orderNumber: string, effect: unknown) =>
  control("faults", { rules: [{ match: { gateway: "payup", operation, orderNumber }, effect }] });

describe("a window", () => {
  test("opens on a PC and on a phone", async () => {
    const pc = await open();
    expect(pc.outcome).toMatchObject({ kind: "opened", url: null, fields: { good_mny: "9900" } });
    const phone = await open({ device: "mobile" });
    expect(phone.outcome).toMatchObject({ kind: "opened", url: `${base()}/_sim/payup/window` });
  });

  test.each([
    ["6002", "http200"],
    ["2001", "http200"],
    ["6002", "http400"],
  ])("is refused to a wrong key, with %s (%s)", async (badSignature, errorStatus) => {
    await control("switches", { payup: { badSignature, errorStatus } });
    const stranger = createAdapter({ apiCertKey: "wrong" });
    expect((await open({}, stranger)).outcome).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawCode: badSignature },
    });
    stranger.close();
  });

  test("is refused for its amount", async () => {
    await fault("kakao_order", "T-TOO-SMALL", { decline: "5001" });
    expect((await open({ orderNumber: "T-TOO-SMALL" })).outcome).toMatchObject({
      kind: "declined",
      decline: { code: "amount_not_allowed" },
    });
  });

  test.each(["hang", "drop", "http_500", "commit_then_drop", "commit_then_garbage"])(
    "under the fault %s is unknown, and nothing is booked",
    async (effect) => {
      const orderNumber = `T-W-${effect.toUpperCase().replaceAll("_", "").slice(0, 15)}`;
      await fault("kakao_order", orderNumber, effect);
      const impatient = createAdapter({ callDeadlineMs: 2_000 });
      expect((await open({ orderNumber }, impatient)).outcome.kind).toBe("unknown");
      impatient.close();
      expect(await booked(orderNumber)).toMatchObject({ approvals: 0 });
    },
  );
});

describe("a charge", () => {
  test.each(["own", "ordr_idxx"])(
    "is approved at the gateway's own time, numbered by its %s",
    async (transactionId) => {
      await control("switches", { payup: { transactionId } });
      const request = await agreed();
      expect(await charge(request)).toEqual({
        kind: "approved",
        transaction: {
          id: expect.stringMatching(/^\d{14}KK\d{4}$/),
          approvedAt: new Date(FROZEN),
        },
      });
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    },
  );

  test("is approved from a card, and unknown where the answer leaves its amount out", async () => {
    const request = await agreed({ card: CARDS.approves });
    expect(await charge(request)).toMatchObject({
      kind: "approved",
      transaction: { cardName: "BC", approvalNumber: expect.stringMatching(/^\d{8}$/) },
    });
    await control("switches", { payup: { cardReply: "short" } });
    const short = await agreed({ card: CARDS.approves });
    expect(await charge(short)).toMatchObject({ kind: "unknown" });
    expect(await booked(short.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("declines as each card says, and books nothing", async () => {
    const expected = [
      [CARDS.insufficientFunds, "insufficient_funds", "soft"],
      [CARDS.limitExceeded, "limit_exceeded", "soft"],
      [CARDS.lostOrStolen, "unrecognized", "soft"],
      [CARDS.issuerDown, "unrecognized", "soft"],
      [CARDS.merchantLimit, "merchant_limit", "merchant"],
    ] as const;
    for (const [card, code, kind] of expected) {
      const request = await agreed({ card });
      expect(await charge(request)).toMatchObject({ kind: "declined", decline: { code, kind } });
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
    }
  });

  test("is approved after a decline, in another window", async () => {
    expect((await charge(await agreed({ card: CARDS.declinesOnce }))).kind).toBe("declined");
    expect((await charge(await agreed({ card: CARDS.declinesOnce }))).kind).toBe("approved");
  });

  test("is never sent when the customer gave up", async () => {
    const request = await agreed({ decline: true });
    await fault("kakao_pay", request.orderNumber, "drop");
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "authentication_failed", rawCode: "3001" },
    });
  });

  test("with another window's authentication is refused, and books neither", async () => {
    const [one, other] = [await agreed(), await agreed()];
    const ofOne = one.source.kind === "wallet" ? one.source.authentication : {};
    const ofOther = other.source.kind === "wallet" ? other.source.authentication : {};
    const mixed = { ...ofOne, enc_data: ofOther.enc_data ?? "" };
    const outcome = await charge({ ...one, source: { kind: "wallet", authentication: mixed } });
    expect(outcome.kind).toBe("declined");
    expect(await booked(one.orderNumber)).toMatchObject({ approvals: 0 });
    // What another order paid is not ours, though the gateway took the money.
    const swapped = await charge({ ...one, source: { kind: "wallet", authentication: ofOther } });
    expect(swapped).toMatchObject({ kind: "unknown", reason: "echo of order number" });
  });

  test.each(["http200", "http400"])(
    "that was paid before is unknown, never a decline (%s)",
    async (errorStatus) => {
      await control("switches", { payup: { errorStatus } });
      const request = await agreed();
      expect((await charge(request)).kind).toBe("approved");
      expect(await charge(request)).toMatchObject({
        kind: "unknown",
        reason: expect.stringMatching(/8002/),
      });
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    },
  );

  test.each([
    ["the connection drops", CARDS.drops],
    ["it answers 500", CARDS.answers500],
  ])("that was booked while %s is unknown", async (_case, card) => {
    const request = await agreed({ card });
    expect((await charge(request)).kind).toBe("unknown");
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("that was not booked and never answered is unknown", async () => {
    const request = await agreed({ card: CARDS.hangs });
    const impatient = createAdapter({ callDeadlineMs: 2_000 });
    expect((await charge(request, impatient)).kind).toBe("unknown");
    impatient.close();
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
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
    const request = await agreed();
    await fault("kakao_pay", request.orderNumber, effect);
    const impatient = createAdapter({ callDeadlineMs: 2_000 });
    expect((await charge(request, impatient)).kind).toBe("unknown");
    impatient.close();
    expect(await booked(request.orderNumber)).toMatchObject({
      approvals: effect.startsWith("commit") ? 1 : 0,
    });
  });

  test("under a refusal by the gateway means what its code means", async () => {
    for (const [code, expected] of [
      ["5005", { kind: "declined", decline: { code: "merchant_limit" } }],
      ["9001", { kind: "unknown" }],
      ["8837", { kind: "declined", decline: { code: "unrecognized" } }],
    ] as const) {
      const request = await agreed();
      await fault("kakao_pay", request.orderNumber, { decline: code });
      expect(await charge(request)).toMatchObject(expected);
    }
  });

  test("is kept apart from a hundred others at once", async () => {
    const requests = [];
    for (let one = 0; one < 100; one += 1) requests.push(await agreed());
    const outcomes = await Promise.all(requests.map((request) => charge(request)));
    const ids = outcomes.map((one) => (one.kind === "approved" ? one.transaction.id : one.kind));
    expect(new Set(ids).size).toBe(100);
    expect(ids.filter((id) => id.includes("KK"))).toHaveLength(100);
  });
});

describe("a refund", () => {
  async function paid(): Promise<RefundRequest> {
    const request = await agreed();
    const outcome = await charge(request);
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    return {
      orderNumber: request.orderNumber,
      transactionId: outcome.transaction.id,
      amount: 9_900,
      leftBefore: 9_900,
      everythingLeft: true,
      paidWith: "wallet",
      reason: "고객 요청",
    };
  }
  const refund = async (request: RefundRequest, from = adapter) =>
    from.refund(await openCall(from), request);

  test.each(["1005", "1004"])(
    "gives back all; repeated, it is unknown (%s), and gives back nothing more",
    async (secondCancel) => {
      await control("switches", { payup: { secondCancel } });
      const request = await paid();
      expect(await refund(request)).toEqual({
        kind: "approved",
        refundTransactionId: request.transactionId,
        refundedAt: new Date(FROZEN),
      });
      expect(await refund(request)).toMatchObject({
        kind: "unknown",
        reason: expect.stringContaining(secondCancel),
      });
      expect(await booked(request.orderNumber)).toMatchObject({
        refunds: 1,
        refundedAmount: 9_900,
      });
    },
  );

  test("of a part gives back nothing", async () => {
    const request = await paid();
    expect(await refund({ ...request, amount: 3_000, everythingLeft: false })).toMatchObject({
      kind: "declined",
    });
    expect(await booked(request.orderNumber)).toMatchObject({ refunds: 0 });
  });

  test("that the gateway did not record is unknown, and the money is back", async () => {
    await control("switches", { payup: { cancelRecord: "lost" } });
    const request = await paid();
    expect(await refund(request)).toMatchObject({ kind: "unknown" });
    expect(await booked(request.orderNumber)).toMatchObject({ refundedAmount: 9_900 });
  });

  test.each(["hang", "drop", "http_500", "commit_then_drop", "commit_then_500"])(
    "under the fault %s is unknown, and the ledger alone knows",
    async (effect) => {
      const request = await paid();
      await fault("kakao_cancel", request.orderNumber, effect);
      const impatient = createAdapter({ callDeadlineMs: 2_000 });
      expect((await refund(request, impatient)).kind).toBe("unknown");
      impatient.close();
      expect(await booked(request.orderNumber)).toMatchObject({
        refunds: effect.startsWith("commit") ? 1 : 0,
      });
    },
  );

  test("is refused where the balance is short, and to a wrong key", async () => {
    const request = await paid();
    const stranger = createAdapter({ apiCertKey: "wrong" });
    expect(await refund(request, stranger)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused" },
    });
    stranger.close();
    await fault("kakao_cancel", request.orderNumber, { decline: "1003" });
    expect(await refund(request)).toMatchObject({
      kind: "declined",
      decline: { code: "settlement_balance_short" },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ refunds: 0 });
  });
});

test("the simulator understood every request", async () => {
  expect(await (await fetch(`${base()}/_sim/not-understood`)).json()).toEqual({ items: [] });
});
