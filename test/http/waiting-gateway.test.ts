import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { gatewayMetrics } from "../../src/metrics-gateways.ts";
import type { CallBlock } from "../../src/traffic/traffic.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";
import { GOOD_BODIES, createTestApp, send } from "./support.ts";

const unused = () => Promise.reject(new Error("a call that waits asks the gateway for nothing"));
const ADAPTER = {
  gateway: "cookiepay",
  account: "default",
  capabilities: { billingKeys: true, paysWith: ["billing_key"] },
  openCredential: unused,
  issueBillingKey: unused,
  paceOf: () => ({ bucket: "CARD", perSecond: 5 }),
  close: () => {},
} as unknown as GatewayAdapter;
const gateways = createGatewayRegistry([ADAPTER]);

const blockFor = (ms: number, why: CallBlock["why"]) => (): CallBlock => ({
  kind: "waits",
  why,
  until: new Date(systemClock.now().getTime() + ms),
  mayProbe: false,
});

describe("a card that is to be saved while the gateway's calls wait", () => {
  const register = async (blockOf: () => CallBlock, language = "en") => {
    const app = await createTestApp({ gateways, traffic: { ...FREE_TRAFFIC, blockOf } });
    const answer = await send(app, {
      method: "POST",
      url: "/billing/register",
      payload: GOOD_BODIES["/billing/register"],
      headers: { "accept-language": language },
    });
    await app.close();
    return answer;
  };

  it("is refused at once, with the time after which it is worth another try", async () => {
    const answer = await register(blockFor(89_500, "maintenance"));
    expect(answer.status).toBe(503);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.body.code).toBe("GATEWAY_UNREACHABLE");
    expect(answer.headers["retry-after"]).toBe("90");
    expect(answer.body.detail).toContain("nothing was sent");
  });

  it("is never told to come back in no time", async () => {
    expect((await register(blockFor(-5, "breaker"), "ko")).headers["retry-after"]).toBe("1");
  });
});

describe("the metrics of a gateway's traffic", () => {
  const at = (aheadMs: number) => new Date(systemClock.now().getTime() + aheadMs);
  const measure = async (
    changes: Partial<typeof FREE_TRAFFIC>,
    maintenance: { fromAt: Date; untilAt: Date }[] = [],
  ) => {
    const registry = new Registry();
    const windows = maintenance.map((one) => ({ gateway: "cookiepay", account: null, ...one }));
    const deps = {
      traffic: { ...FREE_TRAFFIC, ...changes },
      gateways,
      clock: systemClock,
      config: { traffic: { maintenance: windows } },
    };
    for (const metric of gatewayMetrics(deps)) registry.registerMetric(metric);
    return registry.metrics();
  };
  const STATE = 'billing_gateway_breaker_state{gateway="cookiepay",account="default"}';

  it.each([
    ["closed", 0],
    ["half_open", 1],
    ["open", 2],
  ] as const)("tell that its breaker is %s", async (kind, value) => {
    const text = await measure({ readBreaker: () => Promise.resolve(kind) });
    expect(text).toContain(`${STATE} ${value}\n`);
  });

  it("count maintenance as open, and tell what is announced", async () => {
    const [from, until] = [at(-1000), at(60_000)];
    const windows = [
      { fromAt: from, untilAt: until },
      { fromAt: at(120_000), untilAt: at(180_000) },
      { fromAt: at(-9000), untilAt: at(-8000) },
    ];
    const text = await measure({ blockOf: blockFor(60_000, "maintenance") }, windows);
    expect(text).toContain(`${STATE} 2\n`);
    const lines = text
      .split("\n")
      .filter((line) => line.startsWith("billing_gateway_maintenance{"));
    expect(lines.map((line) => line.at(-1))).toEqual(["1", "0"]);
    expect(lines[0]).toContain(`from="${from.toISOString()}",until="${until.toISOString()}"`);
  });

  it("tell how long a call waits for its slot, and leave out what Redis does not tell", async () => {
    const WAIT =
      'billing_gateway_pace_wait_seconds{gateway="cookiepay",account="default",bucket="CARD"}';
    expect(await measure({ readWaitMs: () => Promise.resolve(1500) })).toContain(`${WAIT} 1.5\n`);
    const away = () => Promise.reject(new Error("Redis is away"));
    const text = await measure({ readWaitMs: away, readBreaker: away });
    expect(text).not.toContain(WAIT);
    expect(text).not.toContain(STATE);
  });
});
