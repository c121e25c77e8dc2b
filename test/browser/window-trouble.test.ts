/** Windows that are opened twice and lied about, and those of the documents' own examples. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { type BrowserStage, startBrowserStage } from "./support/browser-stage.ts";
import {
  type Prepared,
  kcpPcExample,
  kcpPhoneExample,
  kiwoompayExample,
  portoneExample,
} from "./support/document-examples.ts";
import {
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
const WINDOWS = ["kiwoompay/kakaopay", "payup/kakaopay", "portone/card"];
/** KiwoomPay takes a second payment: it goes back. */
const TABS = [
  { method: "kiwoompay/kakaopay", surplus: [9900] },
  { method: "payup/kakaopay", surplus: [] },
  { method: "portone/card", surplus: [] },
];

describe.concurrent("payment windows where nothing goes as it should, in a browser", () => {
  let stage: BrowserStage;
  let shop: ScriptedServer;

  beforeAll(async () => {
    [stage, shop] = await Promise.all([startBrowserStage(), startScriptedServer()]);
  });
  afterAll(async () => {
    await shop?.close();
    await stage?.close();
  });

  describe("an order", () => {
    it.each(TABS)("$method in two tabs stays paid once", async ({ method, surplus }) => {
      const orderId = `tabs-${method.replace("/", "-")}`;
      await stage.visit({ size: "pc" }, async ({ page, go }) => {
        const second = await page.context().newPage();
        const tabs = [
          { page, go },
          { page: second, go: async (path: string) => void (await second.goto(path)) },
        ];
        for (const tab of tabs) {
          await openWindow(tab, { method, orderId });
          await windowIn(tab.page, "pc").locator(PAY).waitFor();
        }
        for (const tab of tabs) await press(tab.page, "pc", "pay");
        for (const tab of tabs) await untilPaid(tab.page);
      });
      await untilRefunded(stage, orderId, surplus);
      expect(await outcomeOf(stage, orderId)).toEqual({
        ...paidOnce(),
        approvals: [9900, ...surplus],
        refunds: surplus,
      });
    });

    it.each(WINDOWS)("%s is paid by no address that somebody types in", async (method) => {
      const orderId = `forged-${method.replace("/", "-")}`;
      const other = `cheap-${method.replace("/", "-")}`;
      await stage.visit({ size: "pc" }, async (visitor) => {
        const { page } = visitor;
        await openWindow(visitor, { method, orderId: other, amount: 100 });
        await press(page, "pc", "pay");
        await untilPaid(page);
        const cheap = await entryOf(other);
        await openWindow(visitor, { method, orderId });
        await windowIn(page, "pc").locator(PAY).waitFor();
        const { paymentId, orderNumber } = await statusOf(stage, orderId);
        const tab = await page.context().newPage();
        for (const query of forgeries(method, { ...cheap, ownNumber: String(orderNumber) })) {
          await tab.goto(
            `/easypay/return/${String(paymentId)}?${new URLSearchParams(query).toString()}`,
          );
          await tab.locator("main.outcome h1.open").waitFor();
          expect((await outcomeOf(stage, orderId)).approvals).toEqual([]);
        }
        await press(page, "pc", "pay");
        await untilPaid(page);
        await untilPaid(tab);
      });
      expect(await outcomeOf(stage, orderId)).toEqual(paidOnce());
      expect(await outcomeOf(stage, other)).toEqual(paidOnce(100));
    });
  });

  // Run on a shop's own page, of another origin than ours.
  describe("the documents' examples", () => {
    it("are opened by the project's own example", async () => {
      const prepared = await prepare("ORDER-20260205-001");
      await stage.visit({ size: "pc" }, async ({ page, go }) => {
        await go(serve("/kiwoompay", kiwoompayExample(prepared)));
        await press(page, "pc", "pay");
        await untilStatus(stage, "ORDER-20260205-001", "paid");
      });
      expect(await outcomeOf(stage, "ORDER-20260205-001")).toEqual(paidOnce());
    });

    it("are a window of their own where no frame is asked for", async () => {
      const prepared = await prepare("popup");
      await stage.visit({ size: "pc" }, async ({ page, go }) => {
        await go(serve("/popup", kiwoompayExample(prepared, "''")));
        const open = async () => {
          const opened = page.waitForEvent("popup");
          await page.getByRole("button", { name: "결제하기" }).click();
          return opened;
        };
        const closed = await open();
        await closed.locator(PAY).waitFor();
        await closed.close();
        expect(await statusOf(stage, "popup")).toMatchObject({ status: "waiting" });
        const popup = await open();
        await popup.locator(PAY).click();
        await untilPaid(popup);
      });
      expect(await outcomeOf(stage, "popup")).toEqual(paidOnce());
    });

    it("are opened by KCP's form for phones", async () => {
      const prepared = await prepare("kcp-phone", { provider: "payup", device: "mobile" });
      await stage.visit({ size: "phone" }, async ({ page, go }) => {
        await go(serve("/kcp-phone", kcpPhoneExample(prepared)));
        await press(page, "phone", "pay");
        await untilPaid(page);
      });
      expect(await outcomeOf(stage, "kcp-phone")).toEqual(paidOnce());
    });

    it("are opened by KCP's form for PCs", async () => {
      const prepared = await prepare("kcp-pc", { provider: "payup" });
      await stage.visit({ size: "pc" }, async ({ page, go }) => {
        const told: string[] = [];
        page.on("dialog", (dialog) => {
          told.push(dialog.message());
          void dialog.accept();
        });
        const address = serve("/kcp-pc", kcpPcExample(prepared));
        await go(address);
        await press(page, "pc", "decline");
        await page.locator("dialog").waitFor({ state: "detached" });
        expect(told).toEqual([expect.stringContaining("[ 3002 ]")]);
        await go(address);
        await press(page, "pc", "pay");
        await untilPaid(page);
      });
      expect(await outcomeOf(stage, "kcp-pc")).toEqual(paidOnce());
    });

    it("are opened by PortOne's example", async () => {
      const prepared = await prepare("portone", {
        amount: 1004,
        portone: { pay_method: "card" },
      });
      await stage.visit({ size: "pc" }, async ({ page, go }) => {
        await go(serve("/portone", portoneExample(prepared)));
        await press(page, "pc", "pay");
        await page.locator("dialog").waitFor({ state: "detached" });
        const impUid = await page.title();
        expect(impUid).toMatch(/^imp_\d+$/);
        const confirmed = await stage.api("POST", "/easypay/confirm", {
          orderId: "portone",
          impUid,
        });
        expect(confirmed).toMatchObject({ status: 200, body: { status: "paid" } });
      });
      expect(await outcomeOf(stage, "portone")).toEqual(paidOnce(1004));
    });
  });

  function serve(path: string, body: string): string {
    shop.script(path, (_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(
        `<!doctype html><html lang="ko"><title>shop</title><link rel="icon" href="data:,"><body>${body}`,
      );
    });
    return shop.url + path;
  }

  async function prepare(orderId: string, changes: object = {}): Promise<Prepared> {
    const answer = await stage.api("POST", "/easypay/prepare", {
      orderId,
      amount: 9900,
      productName: "프리미엄 구독",
      customerName: "홍길동",
      ...changes,
    });
    expect(answer.status, answer.text).toBe(200);
    return answer.body as unknown as Prepared;
  }

  /** What somebody knows who has paid another order. */
  async function entryOf(orderId: string): Promise<Known> {
    const { orderNumber } = await statusOf(stage, orderId);
    const [approval] = await stage.simulator.ledger({ orderNumber: String(orderNumber) });
    return { orderNumber: String(orderNumber), transactionId: approval?.transactionId ?? "" };
  }
});

interface Known {
  orderNumber: string;
  transactionId: string;
}

/** What the window sends back, with another amount, another order's numbers, or another merchant's. */
function forgeries(
  method: string,
  { orderNumber, transactionId, ownNumber }: Known & { ownNumber: string },
): Record<string, string>[] {
  const sealed = { res_cd: "0000", enc_info: "x", enc_data: "x", card_pay_method: "KAKAO_MONEY" };
  switch (method) {
    case "kiwoompay/kakaopay":
      return [
        { result: "home", ORDERNO: ownNumber, AMOUNT: "100" },
        { result: "home", ORDERNO: orderNumber, AMOUNT: "9900", DAOUTRX: transactionId },
        { result: "home", CPID: "CTOTHER1", ORDERNO: ownNumber },
      ];
    case "portone/card":
      return [
        { imp_uid: transactionId, merchant_uid: ownNumber, imp_success: "true" },
        { imp_uid: transactionId, merchant_uid: orderNumber, imp_success: "true" },
        { imp_uid: "imp_999999999999", merchant_uid: ownNumber, imp_success: "true" },
      ];
    default:
      return [
        { ...sealed, ordr_idxx: transactionId, good_mny: "9900" },
        { ...sealed, ordr_idxx: orderNumber, site_cd: "X0000", good_mny: "100" },
      ];
  }
}
