import { describe, expect, test } from "vitest";
import { CARDS, useSimulator } from "./world.ts";

const { adapter, turn, booked, keyedIn, requestFor, open, issue, charge, keyOf, approved, refund } =
  useSimulator();

describe("whatever no document settles", () => {
  test.each([
    { tokenIn: "header_or_body" },
    { tokenUse: "many" },
    { tokenBound: "no" },
    { tokenLifeMs: 60_000 },
    { readyResultCode: "present" },
    { duplicateOrderNumber: "reject" },
    { duplicateOrderNumber: "reject_after_decline" },
    { cancelNumber: "approval_trxid" },
    { rateRefusal: "http429" },
  ])("the adapter works the same with %j", async (switches) => {
    await turn(switches);
    const whole = await approved(await keyOf(CARDS.approves));
    expect((await refund(whole)).kind).toBe("approved");
    expect(await booked(whole.orderNumber)).toMatchObject({ approvals: 1, refundedAmount: 9_900 });
    const request = requestFor(await keyOf(CARDS.insufficientFunds));
    expect((await charge(request)).kind).toBe("declined");
  });

  test("a used number is unknown where the gateway refuses it, never a decline", async () => {
    await turn({ duplicateOrderNumber: "reject" });
    const request = requestFor(await keyOf(CARDS.approves));
    expect((await charge(request)).kind).toBe("approved");
    for (const source of [request.source, keyedIn(CARDS.approves), keyedIn(CARDS.approves, true)]) {
      expect(await charge({ ...request, source })).toMatchObject({
        kind: "unknown",
        reason: expect.stringMatching(/9002/),
      });
    }
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 1 });
  });

  test("a used number is charged again where the gateway takes it", async () => {
    const request = requestFor(await keyOf(CARDS.approves));
    await charge(request);
    expect((await charge(request)).kind).toBe("approved");
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 2 });
  });

  test("a declined number is free again, or is not", async () => {
    for (const [duplicateOrderNumber, kind] of [
      ["reject", "approved"],
      ["reject_after_decline", "unknown"],
    ]) {
      await turn({ duplicateOrderNumber });
      const request = requestFor(await keyOf(CARDS.declinesOnce));
      expect((await charge(request)).kind).toBe("declined");
      expect((await charge(request)).kind).toBe(kind);
    }
  });

  test("a credential serves one call, or many", async () => {
    const source = await keyOf(CARDS.approves);
    const twice = async () => {
      const call = await open({ call: "charge", paidWith: "billing_key" });
      const first = await adapter().charge(call, requestFor(source));
      const second = await adapter().charge(call, requestFor(source));
      return [first.kind, second.kind];
    };
    expect(await twice()).toEqual(["approved", "not_sent"]);
    await turn({ tokenUse: "many" });
    expect(await twice()).toEqual(["approved", "approved"]);
  });

  test("a token that ended sooner than we thought sends nothing", async () => {
    const request = requestFor(await keyOf(CARDS.approves));
    await turn({ tokenLifeMs: 0 });
    expect(await charge(request)).toEqual({ kind: "not_sent", reason: "token refused: 9003" });
    expect(await booked(request.orderNumber)).toMatchObject({ approvals: 0 });
  });

  test("one call too many is refused before the second step, or in it", async () => {
    const source = await keyOf(CARDS.approves);
    const uses = Array.from({ length: 2 }, () => open({ call: "charge", paidWith: "billing_key" }));
    const [one, two] = await Promise.all(uses);
    if (one === undefined || two === undefined) throw new Error("no credential");
    await turn({ callsPerSecond: 1, rateRefusal: "http429" });
    const outcomes = await Promise.all(
      [one, two].map((call) => adapter().charge(call, requestFor(source))),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["approved", "unknown"]);

    for (const rateRefusal of ["code", "http429"]) {
      await turn({ rateRefusal });
      const use = { call: "charge", paidWith: "card" } as const;
      const opened = await Promise.all([1, 2].map(() => adapter().openCredential(use)));
      expect(opened.map(({ kind }) => kind)).toContain("not_sent");
    }
  });

  test("one call too many in the second step is the gateway's own trouble, where a code says so", async () => {
    const source = await keyOf(CARDS.approves);
    const uses = Array.from({ length: 2 }, () => open({ call: "charge", paidWith: "billing_key" }));
    const calls = await Promise.all(uses);
    await turn({ callsPerSecond: 1 });
    const outcomes = await Promise.all(
      calls.map((call) => adapter().charge(call, requestFor(source))),
    );
    const refused = outcomes.find(({ kind }) => kind === "declined");
    expect(refused).toMatchObject({ decline: { code: "gateway_unavailable", rawCode: "9008" } });
  });

  test("the real sandbox's habits: no test card is taken", async () => {
    const source = await keyOf(CARDS.approves);
    await turn({ sandboxHabit: "on" });
    expect(await issue(CARDS.approves)).toMatchObject({ decline: { rawCode: "1012" } });
    for (const one of [source, keyedIn(CARDS.approves)]) {
      expect(await charge(requestFor(one))).toMatchObject({ decline: { rawCode: "1012" } });
    }
  });
});
