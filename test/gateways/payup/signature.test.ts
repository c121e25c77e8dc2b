import { describe, expect, test } from "vitest";
import { signCancel, signOrder } from "../../../src/gateways/payup/signature.ts";
import { CERT_KEY, MERCHANT_ID } from "./wire.ts";

const ACCOUNT = { merchantId: MERCHANT_ID, apiCertKey: CERT_KEY };

describe("a signature", () => {
  test("of an order is that of the specification's sample", () => {
    // The sample's second is a 60: it names no time.
    const order = { orderNumber: "ZP2017090911", amount: "1004", timestamp: "20170910132060" };
    expect(signOrder(ACCOUNT, order)).toBe(
      "d186b8fedccffd291e0619fbf8b247c3f283e3769571eb57b68a50b46af23b75",
    );
  });

  test("of a cancellation is that of the specification's sample", () => {
    expect(signCancel(ACCOUNT, "20170912142746ST0020")).toBe(
      "db890c12b64c1e1de7127c0c07489fe18859139413acdac420a6f548ba518a3a",
    );
  });

  test("takes no notice of blanks around a field", () => {
    const padded = { merchantId: ` ${MERCHANT_ID} `, apiCertKey: `${CERT_KEY}\n` };
    expect(signCancel(padded, "20170912142746ST0020 ")).toBe(
      signCancel(ACCOUNT, "20170912142746ST0020"),
    );
  });
});
