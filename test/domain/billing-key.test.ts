import { describe, expect, test } from "vitest";
import {
  beginRegistration,
  finishRegistration,
  maskCardNumber,
} from "../../src/domain/billing-key.ts";
import { START, after } from "./fixtures.ts";

function registering() {
  return beginRegistration({
    id: "bk_1",
    gateway: "cookiepay",
    account: "default",
    customerId: "customer-1",
    customerName: "김하늘",
    customerEmail: null,
    customerPhone: null,
    locale: "ko",
    orderNumber: "KB-A1B2C3D4E5F6-1",
    maskedNumber: maskCardNumber("4111111111111111"),
    idempotency: null,
    at: after(0),
  });
}

describe("a masked card number", () => {
  test.each([
    ["4111111111111111", "411111******1111"],
    ["378282246310005", "378282*****0005"],
    ["4222222222222", "422222***2222"],
    ["6011000990139424123", "601100*********4123"],
  ])("of %s shows the first six and the last four digits", (number, masked) => {
    expect(maskCardNumber(number)).toBe(masked);
  });
});

describe("a registration", () => {
  test("is on record before the gateway answers, and cannot be charged yet", () => {
    expect(registering()).toMatchObject({
      state: "registering",
      secret: null,
      createdAt: START,
      startedAt: START,
      outbox: [],
    });
  });

  test("becomes active with its encrypted key", () => {
    const secret = { keyId: "k1", iv: "iv", tag: "tag", data: "data" };
    const key = finishRegistration(
      registering(),
      { state: "active", secret, cardName: "신한" },
      { at: after(1), actor: "api" },
    );
    expect(key).toMatchObject({ state: "active", secret, cardName: "신한", reason: null });
    expect(key.outbox).toMatchObject([
      { type: "billing_key.registered", before: "registering", after: "active" },
    ]);
    expect(JSON.stringify(key.outbox)).not.toContain('"data":"data"');
  });

  test.each(["refused", "unknown"] as const)("that ends %s keeps no key and says why", (state) => {
    const key = finishRegistration(
      registering(),
      { state, reason: "timeout" },
      { at: after(1), actor: "api" },
    );
    expect(key).toMatchObject({ state, secret: null, reason: "timeout" });
    expect(key.outbox).toMatchObject([{ type: `billing_key.${state}`, after: state }]);
  });
});
