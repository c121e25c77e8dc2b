import { describe, expect, it } from "vitest";
import {
  JOB_PATIENCE_MS,
  PERSON_PATIENCE_MS,
  admitCall,
  keepPace,
} from "../../src/billing/admit-call.ts";
import type { CredentialResult, GatewayAdapter } from "../../src/gateways/gateway.ts";
import { PATIENCE_MAX_MS } from "../../src/traffic/call-slots.ts";
import type { CallBlock, CallRight, CallWait, Traffic } from "../../src/traffic/traffic.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";

const USE = { call: "charge", paidWith: "billing_key" } as const;
const PACE = { bucket: "CARD", perSecond: 5 };
const READY: CredentialResult = {
  kind: "ready",
  credential: { value: "token", endsAt: new Date(0) },
};
const UNTIL = new Date(1000);
const PACED: CallWait = { kind: "waits", why: "pace", until: UNTIL };
const BLOCK: CallBlock = { kind: "waits", why: "breaker", until: UNTIL, mayProbe: false };

/** A gateway and its traffic, of which it is noted what they are asked, in order. */
function stage(changes: Partial<Traffic> & { pace?: typeof PACE | null } = {}) {
  const asked: string[] = [];
  const { pace = PACE, ...traffic } = changes;
  const adapter = {
    gateway: "kiwoompay",
    account: "default",
    callDeadlineMs: 1000,
    paceOf: () => pace,
    openCredential: async () => {
      asked.push("credential");
      return READY;
    },
  } as unknown as GatewayAdapter;
  const noted = (name: string, part: (...given: never[]) => unknown) => {
    return (...given: never[]) => {
      asked.push(name);
      return part(...given);
    };
  };
  const whole = { ...FREE_TRAFFIC, ...traffic };
  const deps = {
    traffic: {
      ...whole,
      takeProbe: noted("probe", whole.takeProbe),
      takeSlot: noted("slot", whole.takeSlot),
    } as Traffic,
  };
  return { deps, adapter, asked };
}

const right = (goodUntilMs: number): CallRight => ({ kind: "held", goodUntilMs });

describe("admitting a call", () => {
  it("asks an unlimited gateway for its credential and nobody for anything else", async () => {
    const { deps, adapter, asked } = stage({ pace: null });
    const admitted = await admitCall(deps, adapter, USE);
    expect(admitted).toMatchObject({ kind: "ready", pace: null });
    expect(asked).toEqual(["credential"]);
    expect(admitted.kind === "ready" && (await keepPace(deps, adapter, admitted.pace))).toBe(true);
    expect(asked).toEqual(["credential"]);
  });

  it("takes the slot first, since the credential may be a call as well", async () => {
    const { deps, adapter, asked } = stage();
    expect(await admitCall(deps, adapter, USE)).toMatchObject({ kind: "ready" });
    expect(asked).toEqual(["slot", "credential"]);
  });

  it("asks the gateway for nothing while its breaker is open", async () => {
    const { deps, adapter, asked } = stage({ blockOf: () => BLOCK });
    expect(await admitCall(deps, adapter, USE)).toEqual(BLOCK);
    expect(asked).toEqual([]);
  });

  it("goes on as the probe where it is granted, and only there", async () => {
    const mayProbe = { ...BLOCK, mayProbe: true };
    const granted = stage({ blockOf: () => mayProbe });
    expect(await admitCall(granted.deps, granted.adapter, USE)).toMatchObject({ kind: "ready" });
    expect(granted.asked).toEqual(["probe", "slot", "credential"]);
    const refused = stage({ blockOf: () => mayProbe, takeProbe: () => Promise.resolve(false) });
    expect(await admitCall(refused.deps, refused.adapter, USE)).toEqual(mayProbe);
    expect(refused.asked).toEqual(["probe"]);
  });

  it("sends nothing without a slot", async () => {
    const { deps, adapter, asked } = stage({ takeSlot: () => Promise.resolve(PACED) });
    expect(await admitCall(deps, adapter, USE)).toEqual(PACED);
    expect(asked).toEqual(["slot"]);
  });

  it("looks again after it has waited: the gateway may have failed meanwhile", async () => {
    const blocks = [null, BLOCK];
    const { deps, adapter, asked } = stage({ blockOf: () => blocks.shift() ?? null });
    expect(await admitCall(deps, adapter, USE)).toEqual(BLOCK);
    expect(asked).toEqual(["slot"]);
  });

  it("takes another slot where the credential took so long that its own has passed", async () => {
    const rights = [right(1), right(2)];
    const { deps, adapter, asked } = stage({
      takeSlot: () => Promise.resolve(rights.shift() ?? PACED),
      isGood: ({ goodUntilMs }) => goodUntilMs > 1,
    });
    expect(await admitCall(deps, adapter, USE)).toMatchObject({ pace: { right: right(2) } });
    expect(asked).toEqual(["slot", "credential", "slot"]);
  });

  it("keeps the pace to the very send: a slot that has passed is taken anew, or nothing leaves", async () => {
    const pace = { right: right(1), use: USE };
    const late = { isGood: () => false };
    const anew = stage(late);
    expect(await keepPace(anew.deps, anew.adapter, pace)).toBe(true);
    expect(anew.asked).toEqual(["slot"]);
    const none = stage({ ...late, takeSlot: () => Promise.resolve(PACED) });
    expect(await keepPace(none.deps, none.adapter, pace)).toBe(false);
    const good = stage();
    expect(await keepPace(good.deps, good.adapter, pace)).toBe(true);
    expect(good.asked).toEqual([]);
  });

  it("lets a person wait longer than a job, and nobody longer than slots reach", () => {
    expect(JOB_PATIENCE_MS).toBeLessThan(PERSON_PATIENCE_MS);
    expect(PERSON_PATIENCE_MS).toBeLessThanOrEqual(PATIENCE_MAX_MS);
  });
});
