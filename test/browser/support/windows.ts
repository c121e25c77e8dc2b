/** A customer before a gateway's payment window, in a browser. */
import type { FrameLocator, Page } from "playwright-core";
import { expect, vi } from "vitest";
import type { BrowserStage, SizeName, Visitor } from "./browser-stage.ts";

/** What the page offers, as its choice calls it. */
export const WINDOWS = ["kiwoompay/kakaopay", "kiwoompay/", "payup/kakaopay", "portone/card"];
export const EXAMPLE = "/easypay/sdk-example";
const PAID = /결제가 완료되었습니다|결제 완료|^Paid$|^paid$/;
/** Notices and refunds go through queues of other processes. */
const PATIENCE = { timeout: 60_000, interval: 100 };

export type Act = "pay" | "decline" | "close" | "vanish";
export type Order = Record<string, unknown>;

/** Fills in the example's form, and opens the window with it. */
export async function openWindow(
  { page, go }: Pick<Visitor, "page" | "go">,
  asked: { method: string; orderId: string; amount?: number },
): Promise<void> {
  await go(EXAMPLE);
  await fillIn(page, asked);
  await page.locator("#form [type=submit]").click();
}

async function fillIn(
  page: Page,
  { method, orderId, amount = 9900 }: { method: string; orderId: string; amount?: number },
): Promise<void> {
  await page.locator("#method").selectOption(method);
  await page.locator("#orderId").fill(orderId);
  await page.locator("#amount").fill(String(amount));
}

/** Where the customer pays: a layer on the page, or on a phone the page itself. */
export function windowIn(page: Page, size: SizeName): Page | FrameLocator {
  return size === "phone" ? page : page.frameLocator("dialog iframe");
}

/** Presses a button of the window. */
export async function press(page: Page, size: SizeName, act: Act): Promise<void> {
  await windowIn(page, size).locator(`button[value=${act}]`).click();
}

/** Opens the window once more that was closed. */
export async function openAgain(page: Page): Promise<void> {
  await page.locator("#result button", { hasText: /다시 열기|Open it again/ }).click();
}

/** The page says that it is paid, without being loaded again by hand. */
export async function untilPaid(page: Page): Promise<void> {
  await page.locator("main.outcome h1, #result h2").filter({ hasText: PAID }).waitFor();
}

/** How the API says that an order stands. */
export async function statusOf(stage: BrowserStage, orderId: string): Promise<Order> {
  const answer = await stage.api("GET", `/easypay/status/${orderId}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

/** Waits until the order stands so. */
export async function untilStatus(
  stage: BrowserStage,
  orderId: string,
  status: string,
): Promise<void> {
  await vi.waitFor(
    async () => expect((await statusOf(stage, orderId))["status"]).toBe(status),
    PATIENCE,
  );
}

/** How an order stands with us, and what of it moved at the gateway, won: approvals and refunds. */
export interface Outcome {
  status: unknown;
  refundedAmount: unknown;
  approvals: unknown[];
  refunds: unknown[];
}

/** An order of that much after one payment. */
export const paidOnce = (amount = 9900): Outcome => ({
  status: "paid",
  refundedAmount: 0,
  approvals: [amount],
  refunds: [],
});

/** What became of an order, by us and by the gateway's own ledger. */
export async function outcomeOf(stage: BrowserStage, orderId: string): Promise<Outcome> {
  const { orderNumber, status, refundedAmount } = await statusOf(stage, orderId);
  const entries = await stage.simulator.ledger({ orderNumber: String(orderNumber) });
  const amounts = (kind: string) =>
    entries.filter((entry) => entry.kind === kind).map(({ amount }) => amount);
  return { status, refundedAmount, approvals: amounts("approval"), refunds: amounts("refund") };
}

/** Waits until that much of an order has gone back. */
export async function untilRefunded(
  stage: BrowserStage,
  orderId: string,
  refunds: number[],
): Promise<void> {
  await vi.waitFor(
    async () => expect((await outcomeOf(stage, orderId)).refunds).toEqual(refunds),
    PATIENCE,
  );
}
