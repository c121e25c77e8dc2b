import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BrowserStage,
  SIZE_NAMES,
  type Visitor,
  startBrowserStage,
} from "./support/browser-stage.ts";
import {
  EXAMPLE,
  WINDOWS,
  openAgain,
  openWindow,
  outcomeOf,
  paidOnce,
  press,
  statusOf,
  untilPaid,
  untilRefunded,
  untilStatus,
  windowIn,
} from "./support/windows.ts";

const PAY = "button[value=pay]";
const NOTHING = { refundedAmount: 0, approvals: [], refunds: [] };
const WHOLE = { amount: undefined, answer: 202, status: "refunded" };
const PARTS = [
  { amount: 900, answer: 202, status: "partially_refunded" },
  { amount: 9001, answer: 409, status: "partially_refunded" },
  WHOLE,
];
const GIVEN_BACK = [
  { method: "kiwoompay/kakaopay", asks: PARTS, refunds: [900, 9000] },
  { method: "portone/card", asks: PARTS, refunds: [900, 9000] },
  // PayUp gives back the whole alone.
  {
    method: "payup/kakaopay",
    asks: [{ amount: 900, answer: 409, status: "paid" }, WHOLE],
    refunds: [9900],
  },
];

// Most of the time they wait for notices and pages: several customers at once.
describe.concurrent("paying in a gateway's window, in a browser", () => {
  let stage: BrowserStage;

  beforeAll(async () => {
    stage = await startBrowserStage();
  });
  afterAll(() => stage?.close());

  const cases = WINDOWS.flatMap((method) =>
    SIZE_NAMES.map((size) => ({
      method,
      size,
      // On a phone the window was a page of its own, to which one can go back.
      isTriedAgain: size === "phone" || method === "kiwoompay/",
    })),
  );

  it.each(cases)(
    "$method on a $size is paid once, also pressed twice, loaded again and gone back to",
    async ({ method, size, isTriedAgain }) => {
      const name = method.replace(/\/$/, "/all").replace("/", "-");
      const orderId = `paid-${name}-${size}`;
      await stage.visit({ size, isExpected: isOver }, async (visitor) => {
        const { page, shoot } = visitor;
        await openWindow(visitor, { method, orderId });
        await windowIn(page, size).locator(PAY).waitFor();
        await shoot(`20-window-${name}`);
        await windowIn(page, size).locator(PAY).dblclick();
        await untilPaid(page);
        await shoot(`21-paid-${name}`);
        if (isTriedAgain) await tryAgain(visitor, { method, orderId });
      });
      expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
    },
  );

  it.each(GIVEN_BACK)(
    "$method that is declined and closed is paid then, and given back",
    async ({ method, asks, refunds }) => {
      const orderId = `second-thoughts-${method.replace("/", "-")}`;
      await stage.visit({ size: "pc" }, async (visitor) => {
        const { page } = visitor;
        await openWindow(visitor, { method, orderId });
        await press(page, "pc", "decline");
        await backToTheShop(page, method);
        await press(page, "pc", "close");
        await backToTheShop(page, method);
        await windowIn(page, "pc").locator(PAY).waitFor();
        await page.getByRole("button", { name: "창 닫기 Close the layer" }).click();
        await page.locator("dialog").waitFor({ state: "detached" });
        await openAgain(page);
        await windowIn(page, "pc").locator(PAY).waitFor();
        await page.keyboard.press("Escape");
        await page.locator("dialog").waitFor({ state: "detached" });
        expect(await outcomeOf(stage, orderId)).toEqual({ status: "waiting", ...NOTHING });
        await openAgain(page);
        await press(page, "pc", "pay");
        await untilPaid(page);
      });
      expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
      for (const { amount, answer, status } of asks) {
        expect(await cancel(orderId, amount)).toBe(answer);
        await untilStatus(stage, orderId, status);
      }
      expect(await outcomeOf(stage, orderId)).toEqual({
        status: "refunded",
        refundedAmount: 9900,
        approvals: [9900],
        refunds,
      });
    },
  );

  it.each(["kiwoompay/kakaopay", "portone/card"])(
    "%s is paid by its notice where the customer loses the way back",
    async (method) => {
      const orderId = `lost-${method.replace("/", "-")}`;
      await stage.visit({ size: "pc" }, async (visitor) => {
        await openWindow(visitor, { method, orderId });
        await press(visitor.page, "pc", "vanish");
        await untilPaid(visitor.page);
      });
      expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
    },
  );

  it("payup/kakaopay takes no money where the customer loses the way back", async () => {
    const orderId = "lost-payup";
    await stage.visit({ size: "phone" }, async (visitor) => {
      const { page } = visitor;
      await openWindow(visitor, { method: "payup/kakaopay", orderId });
      await press(page, "phone", "vanish");
      await page.getByText("결제되지 않았습니다").waitFor();
      expect(await outcomeOf(stage, orderId)).toEqual({ status: "waiting", ...NOTHING });
      await openWindow(visitor, { method: "payup/kakaopay", orderId });
      await press(page, "phone", "pay");
      await untilPaid(page);
    });
    expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
  });

  it.each(SIZE_NAMES)("a virtual account waits for its deposit on the page (%s)", async (size) => {
    const orderId = `deposit-${size}`;
    await stage.visit({ size }, async (visitor) => {
      const { page, shoot, expectAccessible } = visitor;
      await openWindow(visitor, { method: "portone/vbank", orderId });
      await press(page, size, "pay");
      await page
        .getByText(/입금 대기|입금을 기다리고 있습니다/)
        .first()
        .waitFor();
      await untilStatus(stage, orderId, "pending");
      const { orderNumber, virtualAccount } = await statusOf(stage, orderId);
      const { accountNumber } = virtualAccount as { accountNumber: string };
      await page.getByText(accountNumber).waitFor();
      await shoot("22-pending");
      await expectAccessible();
      expect(await outcomeOf(stage, orderId)).toEqual({ status: "pending", ...NOTHING });
      await control("/_sim/portone/deposit", { merchant_uid: orderNumber });
      await untilPaid(page);
    });
    expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
  });

  it("an order that is canceled before it is paid costs nothing, though its window is open", async () => {
    const orderId = "canceled-before";
    await stage.visit({ size: "pc" }, async (visitor) => {
      const { page } = visitor;
      await openWindow(visitor, { method: "kiwoompay/kakaopay", orderId });
      await windowIn(page, "pc").locator(PAY).waitFor();
      const canceled = await stage.api("POST", "/easypay/cancel", { orderId });
      expect(canceled).toMatchObject({ status: 202, body: { status: "canceled" } });
      await press(page, "pc", "pay");
      await untilRefunded(stage, orderId, [9900]);
    });
    await untilStatus(stage, orderId, "refunded");
    expect((await outcomeOf(stage, orderId)).approvals).toEqual([9900]);
  });

  it.each([
    { size: "phone", locale: "ko-KR" },
    { size: "pc", locale: "en-US" },
  ] as const)("keeps nobody out ($size, $locale)", async ({ size, locale }) => {
    const orderId = `axe-${size}-${locale}`;
    await stage.visit({ size, locale }, async (visitor) => {
      const { page, shoot, expectAccessible } = visitor;
      await visitor.go(EXAMPLE);
      await page.locator("#method option").first().waitFor({ state: "attached" });
      await shoot("23-example");
      await expectAccessible();
      await openWindow(visitor, { method: "kiwoompay/kakaopay", orderId });
      await windowIn(page, size).locator(PAY).waitFor();
      await expectAccessible();
      await press(page, size, "decline");
      await page.locator("main.outcome h1.open").waitFor();
      await shoot("24-declined");
      await expectAccessible();
      const { paymentId } = await statusOf(stage, orderId);
      await visitor.go(`/easypay/return/${String(paymentId)}?result=home`);
      await shoot("25-confirming");
      await expectAccessible();
    });
    expect(await outcomeOf(stage, orderId)).toEqual({ status: "confirming", ...NOTHING });
  });

  /** Asks for the money back; a refund that was accepted is on its way. */
  async function cancel(orderId: string, amount: number | undefined): Promise<number> {
    const body = { orderId, ...(amount && { amount }) };
    return (await stage.api("POST", "/easypay/cancel", body)).status;
  }

  async function control(path: string, body: object): Promise<void> {
    const answer = await fetch(stage.simulatorUrl + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
});

/** KiwoomPay's window ends on a page of its own; the others leave the customer where the window was opened. */
async function backToTheShop(page: Page, method: string): Promise<void> {
  if (!method.startsWith("kiwoompay")) {
    await page.locator("dialog").waitFor({ state: "detached" });
    return openAgain(page);
  }
  await page.locator("main.outcome h1.open").waitFor();
  await page.goBack();
  await page.locator("#method").selectOption(method);
  await page.locator("#form [type=submit]:enabled").click();
}

/** A window that is used is gone, and a paid order gets no other. */
function isOver(fault: string): boolean {
  return /status of 4(00|10) .*\/(_sim|pay)\//.test(fault);
}

/** Loads the last page again, goes back to the one before it, and asks for the window once more. */
async function tryAgain(
  visitor: Visitor,
  asked: { method: string; orderId: string },
): Promise<void> {
  const { page } = visitor;
  await page.reload();
  await page.goBack().catch(() => sendAgain(page));
  await openWindow(visitor, asked);
  await page.locator("#problem h2").waitFor();
}

/** A page that came of a form is not there any more: the customer has the browser send it again. */
async function sendAgain(page: Page): Promise<void> {
  await page.waitForURL("chrome-error://**");
  await page.reload();
}
