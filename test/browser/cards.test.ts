import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserStage, SIZE_NAMES, startBrowserStage } from "./support/browser-stage.ts";

const APPROVES = "4111111111111111";

describe("saving a card, charging it and refunding it, in a browser", () => {
  let stage: BrowserStage;

  beforeAll(async () => {
    stage = await startBrowserStage({ LOG_LEVEL: "trace" });
  });
  afterAll(() => stage?.close());

  it.each(SIZE_NAMES)(
    "pays and gives back in part, and no more than there is (%s)",
    async (size) => {
      const customer = `browser-${size}`;
      await stage.visit({ size }, async (visitor) => {
        const { page } = visitor;
        await visitor.go("/test.html");
        await visitor.shoot("1-register");
        await visitor.expectAccessible();
        await saveCard(page, customer);
        await visitor.shoot("2-saved");
        await visitor.expectAccessible();
        await page.getByRole("link", { name: "이 카드로 결제하기" }).click();
        await page.getByText(`고객 ${customer}의 등록 카드`).waitFor();
        await visitor.shoot("3-pay");
        await pay(page);
        await visitor.shoot("4-paid");
        await visitor.expectAccessible();
        expect(await approved(customer)).toEqual([9900]);

        await page.getByRole("link", { name: "이 결제 환불하기" }).click();
        await page.getByText("환불 가능 9,900원").waitFor();
        await page.getByLabel("환불 금액").fill("4,900");
        await visitor.shoot("5-refund");
        await refund(page);
        await page.getByRole("heading", { name: "환불 완료" }).waitFor();
        await page.getByText("5,000원", { exact: true }).waitFor();
        await visitor.shoot("6-refunded");

        await page.getByRole("button", { name: "추가 환불" }).click();
        await page.getByLabel("환불 금액").fill("5001");
        await refund(page);
        await page.getByRole("heading", { name: "환불 가능 금액을 넘었습니다" }).waitFor();
        await page.getByText("환불 가능한 금액은 5000원").waitFor();
        await visitor.shoot("7-too-much");
        await visitor.expectAccessible();
        expect(await refunded(customer)).toEqual([4900]);
      });
    },
  );

  it.each(SIZE_NAMES)("tells why a card is declined, and charges nothing (%s)", async (size) => {
    const customer = `declined-${size}`;
    await stage.visit({ size, locale: "en-US" }, async (visitor) => {
      const { page } = visitor;
      await visitor.go("/test.html");
      await page.getByRole("button", { name: "Use: declines: no funds" }).click();
      await page.getByLabel("Customer id").fill(customer);
      await visitor.shoot("1-register");
      await page.getByRole("button", { name: "Save this card" }).click();
      await page.getByRole("link", { name: "Charge this card" }).click();
      await page.getByRole("button", { name: "Charge now" }).click();
      await page.getByRole("heading", { name: "Not paid: nothing was charged" }).waitFor();
      await visitor.shoot("8-declined");
      await visitor.expectAccessible();
      expect(await page.locator("#result").textContent()).toContain("(2001)");
      expect(await stage.ledger("decline", customer)).toHaveLength(1);
      expect(await approved(customer)).toEqual([]);
    });
  });

  it("needs no mouse", async () => {
    await stage.visit({ size: "pc", locale: "en-US" }, async ({ page, go }) => {
      const press = (key: string) => page.keyboard.press(key);
      await go("/test.html");
      await tabTo(page, `[data-card="${APPROVES}"]`);
      await press("Enter");
      await tabTo(page, "#customerId", "Shift+Tab");
      await press("Control+A");
      await page.keyboard.type("keyboard");
      await tabTo(page, "[type=submit]");
      await press("Enter");
      await page.getByRole("heading", { name: "The card is saved" }).waitFor();
      await press("Tab");
      await press("Enter");
      await page.waitForURL("**/test-pay.html?**");
      await tabTo(page, "[type=submit]");
      await press("Enter");
      await page.getByRole("heading", { name: "Paid", exact: true }).waitFor();
      await press("Tab");
      await press("Enter");
      await page.waitForURL("**/test-refund.html?**");
      await tabTo(page, "[type=submit]");
      await press("Enter");
      await page.getByRole("heading", { name: "Refunded" }).waitFor();
      expect(await approved("keyboard")).toEqual([9900]);
      expect(await refunded("keyboard")).toEqual([9900]);
    });
  });

  it("charges once, however often the button is pressed and the page loaded again", async () => {
    await stage.visit({ size: "pc" }, async ({ page, go }) => {
      await go("/test.html");
      await saveCard(page, "impatient");
      await page.getByRole("link", { name: "이 카드로 결제하기" }).click();
      await page.getByText("지금 청구됩니다").waitFor();
      await page.getByRole("button", { name: "지금 결제" }).dblclick();
      await page.getByRole("heading", { name: "결제 완료" }).waitFor();
      expect(await approved("impatient")).toEqual([9900]);

      await page.reload();
      await pay(page);
      await page.getByText("이미 처리된 결제입니다").waitFor();
      expect(await approved("impatient")).toEqual([9900]);

      // Another amount under the same key is refused, until a new payment is asked for.
      await page.reload();
      await page.getByLabel("금액").fill("5000");
      await page.getByRole("button", { name: "지금 결제" }).click();
      await page.locator("#problem h2").waitFor();
      expect(await approved("impatient")).toEqual([9900]);
      await page.getByRole("button", { name: "새 결제" }).click();
      await pay(page);
      expect(await approved("impatient")).toEqual([9900, 5000]);
    });
  });

  it("says what is wrong beside the field", async () => {
    await stage.visit({ size: "phone" }, async ({ page, go, shoot, expectAccessible }) => {
      await go("/test.html");
      await page.getByLabel("카드번호").fill("4111-1111-1111-1112");
      await page.getByLabel("고객 이름").fill("");
      await page.getByRole("button", { name: "이 카드 등록" }).click();
      const fault = page.locator("#cardNumber-fault");
      await fault.filter({ hasText: "검증 번호" }).waitFor();
      expect(await fault.getAttribute("role")).toBe("alert");
      expect(await page.locator("#customerName-fault").textContent()).toContain("필수 항목");
      expect(await page.locator("#customerId-fault").textContent()).toBe("");
      expect(await focusIsOn(page, "#cardNumber")).toBe(true);
      await shoot("9-wrong");
      await expectAccessible();
    });
  });

  it("leaves a card in no log, address or store, and not in the form", async () => {
    const number = "4000000000010001";
    const holder = "8291746350";
    const card = { cardNumber: "4000-0000-0001-0001", birthDate: holder, expireDate: "4912" };
    await stage.visit({ size: "pc" }, async ({ page, urls, go }) => {
      const left = () =>
        page.evaluate<string>(
          "[...document.querySelectorAll('[data-secret]')].map((input) => input.value).join('') + JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) + location.href",
        );
      await go("/test.html");
      for (const [name, value] of Object.entries({ ...card, cardPassword: "12" })) {
        await page.locator(`#${name}`).fill(value);
      }
      // The search itself is checked: it finds what is there.
      expect(await left()).toContain(holder);
      await page.getByLabel("고객 ID").fill("planted");
      await page.getByRole("button", { name: "이 카드 등록" }).click();
      await page.getByRole("heading", { name: "카드가 등록되었습니다" }).waitFor();
      expect(await page.locator("#result").textContent()).toContain("400000******0001");
      const places = [await left()];
      await page.getByRole("link", { name: "이 카드로 결제하기" }).click();
      await pay(page);
      places.push(await left(), await page.content());
      await page.goBack();
      await page.getByRole("button", { name: "이 카드 등록" }).waitFor();
      places.push(await left(), urls.join("\n"), stage.lines.join("\n"));
      expect(urls.length).toBeGreaterThan(10);
      expect(stage.lines.length).toBeGreaterThan(10);
      for (const secret of [number, card.cardNumber, "4000 0000 0001 0001", holder]) {
        expect(places.filter((place) => place.includes(secret))).toEqual([]);
      }
    });
  });

  async function approved(customerId: string): Promise<unknown[]> {
    return (await stage.ledger("approval", customerId)).map(({ amount }) => amount);
  }
  async function refunded(customerId: string): Promise<unknown[]> {
    const approvals = await stage.ledger("approval", customerId);
    const own = new Set(approvals.map(({ transactionId }) => transactionId));
    const refunds = await stage.ledger("refund");
    return refunds
      .filter(({ transactionId }) => own.has(transactionId))
      .map(({ amount }) => amount);
  }
});

/** Fills in a test card by its button and saves it. */
async function saveCard(page: Page, customerId: string): Promise<void> {
  await page.locator(`button[data-card="${APPROVES}"]`).click();
  await page.getByLabel("고객 ID").fill(customerId);
  await page.getByRole("button", { name: "이 카드 등록" }).click();
  await page.getByRole("heading", { name: "카드가 등록되었습니다" }).waitFor();
}

async function pay(page: Page): Promise<void> {
  await page.getByRole("button", { name: "지금 결제" }).click();
  await page.getByRole("heading", { name: "결제 완료" }).waitFor();
}

async function refund(page: Page): Promise<void> {
  await page.getByRole("button", { name: "지금 환불" }).click();
}

/** Goes on by the keyboard alone, once the page is ready for it. */
async function tabTo(page: Page, selector: string, key = "Tab"): Promise<void> {
  await page.locator("[type=submit]:enabled").waitFor();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press(key);
    if (await focusIsOn(page, selector)) return;
  }
  throw new Error(`the keyboard does not reach ${selector}`);
}

function focusIsOn(page: Page, selector: string): Promise<boolean> {
  return page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`);
}
