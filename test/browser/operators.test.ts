import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CARD } from "../support/stage.ts";
import { type BrowserStage, startBrowserStage } from "./support/browser-stage.ts";

const API_KEY = "key-of-the-shop-in-a-browser";

describe("those who run it, in a browser", () => {
  let stage: BrowserStage;

  beforeAll(async () => {
    stage = await startBrowserStage({ API_KEYS: API_KEY });
  });
  afterAll(() => stage?.close());

  it("are asked for a key on the test pages, which keep it to themselves", async () => {
    await stage.visit({ size: "phone", locale: "en-US" }, async ({ page, urls, go, shoot }) => {
      await go("/test.html");
      await page.getByRole("button", { name: "Use: approves always" }).click();
      await page.getByLabel("Customer id").fill("keyed");
      await page.getByRole("button", { name: "Save this card" }).click();
      await page.getByRole("heading", { name: "API key" }).waitFor();
      await shoot("10-key-missing");
      expect(await stage.ledger("billing_key_issued", "keyed")).toEqual([]);
      await page.getByLabel("API key").fill(API_KEY);
      await page.getByRole("button", { name: "Save this card" }).click();
      await page.getByRole("link", { name: "Charge this card" }).click();
      await page.getByLabel("API key").fill(API_KEY);
      await page.getByRole("button", { name: "Charge now" }).click();
      await page.getByRole("heading", { name: "Paid", exact: true }).waitFor();
      const stored = await page.evaluate<string>(
        "JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) + document.cookie",
      );
      expect([...urls, stored].join("\n")).not.toContain(API_KEY);
      expect(await stage.ledger("approval", "keyed")).toHaveLength(1);
    });
  });

  it("see the queues only with the right password", async () => {
    const username = "admin";
    const wrong = { username, password: "wrong" };
    const isExpected = (fault: string) => fault.includes("status of 401");
    await stage.visit({ size: "pc", login: wrong, isExpected }, async ({ page }) => {
      const answer = await page.goto("/admin/queues/");
      expect(answer?.status()).toBe(401);
      expect(await page.content()).not.toContain("charge-cookiepay-default");
    });
    const login = { username, password: stage.adminPassword };
    const paymentId = await leaveAPaymentWaiting();
    await stage.visit({ size: "pc", login }, async ({ page, go, shoot }) => {
      await go("/admin/queues/");
      await page.getByText("charge-cookiepay-default").first().click();
      await page.getByText(paymentId).first().waitFor();
      await shoot("12-queue");
    });
    expect(await stage.ledger("approval", "waits")).toEqual([]);
  });

  it("find each operation in the documentation", async () => {
    await stage.visit({ size: "pc" }, async ({ page, go, shoot }) => {
      await go("/docs");
      const operation = page.locator("#operations-payments-post_billing_pay");
      await operation.getByRole("button").first().click();
      await operation.getByText("Charge a card once").first().waitFor();
      await operation.getByText("productName").first().waitFor();
      expect(await operation.textContent()).toContain("idempotency-key");
      await shoot("13-documentation");
    });
  });

  /** A charge that no worker takes for the rest of the test. */
  async function leaveAPaymentWaiting(): Promise<string> {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const card = { ...TEST_CARD, customerId: "waits" };
    const { body } = await stage.api("POST", "/billing/register", card, headers);
    await stage.composition.queues.pauseCharges(
      { gateway: "cookiepay", account: "default" },
      300_000,
    );
    const order = { billingKey: body["billingKey"], amount: 1000, productName: "대기" };
    const accepted = await stage.api("POST", "/billing/pay", order, headers);
    expect(accepted.status, accepted.text).toBe(202);
    return String(accepted.body["id"]);
  }
});
