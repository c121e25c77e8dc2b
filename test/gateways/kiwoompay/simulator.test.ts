import { beforeEach, describe, expect, test } from "vitest";
import { CARDS, FROZEN, useSimulator } from "./world.ts";

const {
  create,
  useInstead,
  turn,
  forget,
  strike,
  notUnderstood,
  booked,
  nextNumber,
  keyedIn,
  requestFor,
  issue,
  charge,
  keyOf,
  approved,
  refund,
} = useSimulator();

const DIALECTS = [
  ["recorded", "CARD"],
  ["recorded", "CARDK"],
  ["guide", "CARD"],
  ["guide", "CARDK"],
] as const;

describe.each(DIALECTS)("in the dialect %s under %s", (dialect, family) => {
  beforeEach(async () => {
    await turn({ dialect });
    useInstead({ dialect, family });
  });

  test("a key is issued, charged at the gateway's own time, and given back", async () => {
    expect(await issue(CARDS.approves)).toMatchObject({
      kind: "issued",
      billingKey: expect.stringMatching(/^C2026[A-Z0-9]{8}$/),
      cardName: "BC",
      cardCode: "CCBC",
    });
    const request = requestFor(await keyOf(CARDS.approves));
    const outcome = await charge(request);
    expect(outcome).toMatchObject({
      kind: "approved",
      transaction: {
        id: expect.stringMatching(/^cTS260310\d{11}$/),
        approvedAt: new Date(FROZEN),
        approvalNumber: expect.stringMatching(/^\d{8}$/),
      },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    const whole = await approved(request.source);
    expect(await refund(whole)).toMatchObject({ kind: "approved", refundedAt: new Date(FROZEN) });
    expect(await booked(whole.orderNumber)).toMatchObject({ refundedAmount: 9_900 });
  });

  test("a card is charged by its number, with or without being saved, and given back", async () => {
    for (const save of [false, true]) {
      const source = keyedIn(CARDS.approves, save);
      const whole = await approved(source);
      expect((await refund(whole)).kind).toBe("approved");
      expect(await booked(whole.orderNumber)).toMatchObject({
        approvals: 1,
        refundedAmount: 9_900,
      });
    }
    const outcome = await charge(requestFor(keyedIn(CARDS.approves, true)));
    if (outcome.kind !== "approved" || !outcome.savedCard) throw new Error(JSON.stringify(outcome));
    expect(outcome.savedCard.cardName).toBe("BC");
    const { billingKey } = outcome.savedCard;
    expect((await charge(requestFor({ kind: "billing_key", billingKey }))).kind).toBe("approved");
  });

  test("declines say why", async () => {
    expect(await issue(CARDS.unknown)).toMatchObject({
      kind: "declined",
      decline: {
        code: "card_not_registered",
        kind: "hard",
        rawMessage: "미등록된 발급카드 거래불가",
      },
    });
    const request = requestFor(await keyOf(CARDS.insufficientFunds));
    expect(await charge(request)).toMatchObject({
      kind: "declined",
      decline: { code: "insufficient_funds", rawCode: "2001", rawMessage: "잔액부족" },
    });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
  });
});

test("an adapter of the other dialect gets nothing out of the gateway", async () => {
  const other = create({ dialect: "guide" });
  expect(await issue(CARDS.approves, { by: other })).toMatchObject({
    kind: "declined",
    decline: { code: "request_refused" },
  });
});

describe("a charge", () => {
  test("declines as each card says", async () => {
    const expected = [
      [CARDS.limitExceeded, "limit_exceeded", "soft"],
      [CARDS.lostOrStolen, "card_lost_or_stolen", "hard"],
      [CARDS.issuerDown, "issuer_unavailable", "soft"],
      [CARDS.merchantLimit, "merchant_limit", "merchant"],
    ] as const;
    for (const [number, code, kind] of expected) {
      for (const source of [await keyOf(number), keyedIn(number), keyedIn(number, true)]) {
        const request = requestFor(source);
        const outcome = await charge(request);
        expect(outcome).toMatchObject({ kind: "declined", decline: { code, kind } });
        expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
      }
    }
    expect(await issue(CARDS.insufficientFunds, { expiry: "2602" })).toMatchObject({
      kind: "declined",
      decline: { code: "card_expired", rawCode: "2015" },
    });
  });

  test("is approved after a decline, under a new number", async () => {
    const request = requestFor(await keyOf(CARDS.declinesOnce));
    expect((await charge(request)).kind).toBe("declined");
    expect((await charge({ ...request, orderNumber: nextNumber() })).kind).toBe("approved");
  });

  test("of a key that does not exist, or is of the other contract, is a hard decline", async () => {
    const invalid = { kind: "declined", decline: { code: "billing_key_invalid", kind: "hard" } };
    const lost = { kind: "billing_key", billingKey: "C2026NOSUCHKE" } as const;
    expect(await charge(requestFor(lost))).toMatchObject(invalid);
    const other = create({ family: "CARDK" });
    const source = await keyOf(CARDS.approves, other);
    expect(await charge(requestFor(source))).toMatchObject(invalid);
    expect((await charge(requestFor(source), other)).kind).toBe("approved");
  });

  test.each([
    ["the connection drops", CARDS.drops],
    ["it answers 500", CARDS.answers500],
    ["its answer is in another charset", CARDS.breaksAnswer],
  ])("that was booked while %s is unknown", async (_case, number) => {
    for (const source of [await keyOf(number), keyedIn(number), keyedIn(number, true)]) {
      const request = requestFor(source);
      expect((await charge(request)).kind).toBe("unknown");
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
    }
  });

  test("that was not booked and never answered is unknown", async () => {
    const impatient = create({ callDeadlineMs: 1_500 });
    for (const source of [await keyOf(CARDS.hangs), keyedIn(CARDS.hangs)]) {
      const request = requestFor(source);
      expect((await charge(request, impatient)).kind).toBe("unknown");
      expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
    }
  });

  test("is kept apart from a hundred others at once", async () => {
    const request = requestFor(await keyOf(CARDS.approves));
    const numbers = Array.from({ length: 100 }, nextNumber);
    const outcomes = await Promise.all(
      numbers.map((orderNumber) => charge({ ...request, orderNumber })),
    );
    const ids = outcomes.map((one) => (one.kind === "approved" ? one.transaction.id : one.kind));
    expect(new Set(ids).size).toBe(100);
    expect(ids.filter((id) => id.startsWith("cTS"))).toHaveLength(100);
  });
});

const SPOILED = ["hang", "drop", "http_500", "garbage", "unavailable"];
const COMMITTED = [
  "commit_then_hang",
  "commit_then_drop",
  "commit_then_500",
  "commit_then_garbage",
  "commit_then_wrong_charset",
];

describe("under the fault", () => {
  test.each([...SPOILED, ...COMMITTED])(
    "%s a charge is unknown, the ledger knows",
    async (effect) => {
      const impatient = create({ callDeadlineMs: 1_500 });
      const cases = [
        ["batch", await keyOf(CARDS.approves)],
        ["sugi", keyedIn(CARDS.approves)],
        ["keygen", keyedIn(CARDS.approves, true)],
      ] as const;
      for (const [operation, source] of cases) {
        const request = requestFor(source);
        const { orderNumber } = request;
        await strike(operation, effect, { orderNumber });
        expect((await charge(request, impatient)).kind).toBe("unknown");
        const approvals = COMMITTED.includes(effect) ? 1 : 0;
        expect(await booked(orderNumber)).toMatchObject({ approvals });
      }
    },
  );

  test.each([...SPOILED, ...COMMITTED])(
    "%s a refund is unknown, the ledger knows",
    async (effect) => {
      const impatient = create({ callDeadlineMs: 1_500 });
      const whole = await approved(await keyOf(CARDS.approves));
      await strike("pay_cancel", effect, { orderNumber: whole.orderNumber });
      expect((await refund(whole, impatient)).kind).toBe("unknown");
      const refundedAmount = COMMITTED.includes(effect) ? 9_900 : 0;
      expect(await booked(whole.orderNumber)).toMatchObject({ refundedAmount });
    },
  );

  test.each([...SPOILED, "commit_then_drop", "commit_then_garbage", "token_refused"])(
    "%s the first step sends nothing",
    async (effect) => {
      const impatient = create({ readyTimeoutMs: 1_000 });
      await strike("ready", effect);
      const opened = await impatient.openCredential({ call: "issue" });
      expect(opened).toMatchObject({ kind: "not_sent", reason: expect.stringMatching(/^ready: /) });
    },
  );

  test("of a refused token nothing is carried out, and the next call goes through", async () => {
    const request = requestFor(await keyOf(CARDS.approves));
    const { orderNumber } = request;
    await strike("batch", "token_refused", { orderNumber });
    expect(await charge(request)).toEqual({ kind: "not_sent", reason: "token refused: 9004" });
    expect(await booked(orderNumber)).toMatchObject({ approvals: 0 });
    await forget("faults");
    expect((await charge(request)).kind).toBe("approved");
  });

  test("of slowness, before or after, an approval is one all the same", async () => {
    for (const effect of [{ delayMs: 200 }, { replyDelayMs: 200 }]) {
      const request = requestFor(await keyOf(CARDS.approves));
      await strike("batch", effect, { orderNumber: request.orderNumber });
      expect((await charge(request)).kind).toBe("approved");
    }
  });

  test("of a decline, each way of paying is declined with that code", async () => {
    const cases = [
      ["batch", await keyOf(CARDS.approves)],
      ["sugi", keyedIn(CARDS.approves)],
      ["keygen", keyedIn(CARDS.approves, true)],
    ] as const;
    for (const [operation, source] of cases) {
      const request = requestFor(source);
      await strike(operation, { decline: "2002" }, { orderNumber: request.orderNumber });
      expect(await charge(request)).toMatchObject({ decline: { code: "limit_exceeded" } });
    }
  });
});

describe("a refund", () => {
  test("gives back parts, never more than was captured, and all that is left twice over", async () => {
    const whole = await approved(await keyOf(CARDS.approves));
    const part = { ...whole, amount: 6_000, everythingLeft: false };
    expect((await refund(part)).kind).toBe("approved");
    expect(await refund({ ...part, leftBefore: 3_900 })).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawCode: "9204" },
    });
    const rest = { ...whole, amount: 3_900, leftBefore: 3_900 };
    expect((await refund(rest)).kind).toBe("approved");
    expect(await refund(rest)).toMatchObject({ kind: "approved" });
    expect(await refund({ ...rest, everythingLeft: false })).toMatchObject({
      kind: "declined",
      decline: { rawCode: "9206" },
    });
    expect(await booked(whole.orderNumber)).toMatchObject({ refundedAmount: 9_900 });
  });

  test("of an unknown transaction, or by another way of paying, is declined", async () => {
    const whole = await approved(await keyOf(CARDS.approves));
    const lost = { ...whole, transactionId: "cTS00000000000000000" };
    expect(await refund(lost)).toMatchObject({ kind: "declined", decline: { kind: "merchant" } });
    expect(await refund({ ...whole, paidWith: "card" })).toMatchObject({
      kind: "declined",
      decline: { rawCode: "9202" },
    });
    expect(await booked(whole.orderNumber)).toMatchObject({ refundedAmount: 0 });
  });
});

test("a wrong key or merchant is told before anything is sent", async () => {
  for (const [wrong, code] of [
    [{ linkKey: "wrong" }, "9103"],
    [{ cpid: "CTSOTHER" }, "9101"],
  ] as const) {
    const opened = await create(wrong).openCredential({ call: "issue" });
    expect(opened).toEqual({ kind: "not_sent", reason: `ready: refused ${code}` });
  }
});

test("the simulator understood every request of the right dialect", async () => {
  await forget("not-understood");
  const whole = await approved(await keyOf(CARDS.approves));
  await refund(whole);
  await approved(keyedIn(CARDS.approves, true));
  await approved(keyedIn(CARDS.approves));
  expect(await notUnderstood()).toEqual({ items: [] });
});
