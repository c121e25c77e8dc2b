import { describe, expect, it } from "vitest";
import type { GatewayAdapter, GatewayCall } from "../../src/gateways/gateway.ts";
import { watchCalls } from "../../src/traffic/watch-calls.ts";

const CALL: GatewayCall = {
  credential: { value: "token", endsAt: new Date(0) },
  maySend: () => true,
};
const USE = { call: "charge", paidWith: "billing_key" } as const;

/** What the breaker hears when the adapter answers this. */
async function heardOf(
  answers: Partial<GatewayAdapter>,
  act: (adapter: GatewayAdapter) => Promise<unknown>,
): Promise<{ term: number; worked: boolean }[]> {
  const heard: { term: number; worked: boolean }[] = [];
  let term = 7;
  const adapter = { gateway: "cookiepay", account: "default", ...answers } as GatewayAdapter;
  await act(
    watchCalls(adapter, {
      // The breaker has changed by the time the call ends.
      termOf: () => term++,
      noteCall: (_account, begunIn, worked) => void heard.push({ term: begunIn, worked }),
    }),
  );
  return heard;
}

describe("what a breaker hears of calls", () => {
  const charge = (outcome: object) =>
    heardOf({ charge: async () => outcome as never }, (adapter) =>
      adapter.charge(CALL, {} as never),
    );

  it.each([
    ["approved", true],
    ["declined", true],
    ["pending", true],
    ["unknown", false],
    ["not_sent", false],
  ])("of a charge that is %s: works is %s", async (kind, worked) => {
    expect(await charge({ kind })).toEqual([{ term: 7, worked }]);
  });

  it("of every kind of call that moves money or saves a card", async () => {
    const answer = async () => ({ kind: "unknown", reason: "timeout" }) as const;
    const answers = { refund: answer, issueBillingKey: answer, revokeBillingKey: answer };
    const heard = await heardOf(answers, async (adapter) => {
      await adapter.refund(CALL, {} as never);
      await adapter.issueBillingKey(CALL, {} as never);
      await adapter.revokeBillingKey(CALL, "key");
    });
    expect(heard.map(({ worked }) => worked)).toEqual([false, false, false]);
  });

  it("nothing where our own side held the call back: its lease was spent", async () => {
    const answers: Partial<GatewayAdapter> = {
      charge: async (call) =>
        call.maySend()
          ? { kind: "unknown", reason: "sent" }
          : { kind: "not_sent", reason: "lease spent" },
    };
    const held = { ...CALL, maySend: () => false };
    expect(await heardOf(answers, (adapter) => adapter.charge(held, {} as never))).toEqual([]);
  });

  it("of a credential only that there was none, and nothing of look-ups", async () => {
    const refused = { openCredential: async () => ({ kind: "not_sent", reason: "down" }) as const };
    const ready = {
      openCredential: async () => ({ kind: "ready", credential: CALL.credential }) as const,
    };
    expect(await heardOf(refused, (adapter) => adapter.openCredential(USE))).toEqual([
      { term: 7, worked: false },
    ]);
    expect(await heardOf(refused, (adapter) => adapter.openCredential({ call: "read" }))).toEqual(
      [],
    );
    expect(await heardOf(ready, (adapter) => adapter.openCredential(USE))).toEqual([]);
  });
});
