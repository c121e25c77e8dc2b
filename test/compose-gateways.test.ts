import { describe, expect, it } from "vitest";
import { createGateways } from "../src/compose-gateways.ts";
import { accountsOf } from "../src/compose.ts";
import { loadConfig } from "../src/config.ts";
import { systemClock } from "../src/lib/clock.ts";

const SIMULATOR = "http://127.0.0.1:4000";
const URLS = {
  COOKIEPAY_API_URL: SIMULATOR,
  KIWOOM_TEST_API_URL: SIMULATOR,
  PORTONE_API_URL: SIMULATOR,
  PAYUP_API_URL: SIMULATOR,
};

describe("the gateways of a configuration", () => {
  it("are an adapter for each account, and so a charge queue for each", () => {
    const accounts = { COOKIEPAY_ACCOUNTS: "shop2:id2:s2", KIWOOM_ACCOUNTS: "shop3:CT000003:k3" };
    const gateways = createGateways(loadConfig({ ...URLS, ...accounts }), systemClock);
    expect(accountsOf(gateways).map((one) => `${one.gateway}/${one.account}`)).toEqual([
      "cookiepay/default",
      "cookiepay/shop2",
      "kiwoompay/default",
      "kiwoompay/shop3",
      "portone/default",
      "payup/default",
    ]);
    gateways.close();
  });

  it("keep to the limits that are configured, each kind of call by itself", () => {
    const gateways = createGateways(
      loadConfig({ ...URLS, KIWOOM_CALLS_PER_SECOND: "3", PORTONE_CALLS_PER_SECOND: "20" }),
      systemClock,
    );
    const paceOf = (gateway: string, call: "issue" | "charge" | "read") =>
      gateways
        .get(gateway, "default")
        .paceOf(call === "charge" ? { call, paidWith: "billing_key" } : { call });
    expect(paceOf("cookiepay", "charge")).toBeNull();
    expect(paceOf("kiwoompay", "charge")).toEqual({ bucket: "CARD-BATCH", perSecond: 3 });
    expect(paceOf("kiwoompay", "issue")).toEqual({ bucket: "CARD-KEYGEN", perSecond: 3 });
    expect(paceOf("portone", "charge")).toMatchObject({ perSecond: 20 });
    expect(paceOf("portone", "read")).toBeNull();
    gateways.close();
  });

  it("leave out what is not used or has no address", () => {
    const config = loadConfig({ ...URLS, GATEWAYS: "portone,payup", PAYUP_API_URL: "" });
    expect(
      createGateways(config, systemClock)
        .all()
        .map(({ gateway }) => gateway),
    ).toEqual(["portone"]);
  });
});
