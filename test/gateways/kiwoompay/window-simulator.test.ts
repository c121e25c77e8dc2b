/** The adapter and the simulator, which share no code, around one payment window. */
import { beforeEach, describe, expect, test } from "vitest";
import { readKiwoompayNotice } from "../../../src/gateways/kiwoompay/notice.ts";
import { readFields } from "../../../src/gateways/notice-fields.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import { startReceiver } from "../../simulator/notices/support.ts";
import { fieldsOf, formOf, postForm } from "../../simulator/windows/support.ts";
import { useSimulator } from "./world.ts";

const { adapter, useInstead, turn, booked, nextNumber, open, refund, address, notUnderstood } =
  useSimulator();

const RETURN = "http://127.0.0.1:9/easypay/return/pay_1";

async function opened(changes: Partial<OpenWindowRequest> = {}) {
  const request: OpenWindowRequest = {
    orderNumber: nextNumber(),
    amount: 9_900,
    productName: "똠방각하 & 뷁 | 구독 😀",
    customerName: "김철수 😀",
    customerEmail: "kim@shop.example",
    customerPhone: "010-1234-5678",
    returnUrl: RETURN,
    device: "pc",
    wallet: null,
    options: null,
    ...changes,
  };
  const outcome = await adapter().openWindow?.(await open({ call: "open_window" }), request);
  if (outcome?.kind !== "opened") throw new Error(JSON.stringify(outcome));
  return { ...outcome, orderNumber: request.orderNumber };
}

/** What the browser does with it: posts the fields, and presses a button of the window. */
async function press(
  { fields }: Awaited<ReturnType<typeof opened>>,
  act: string,
  method = "KAKAOPAY",
): Promise<Response> {
  const texts = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? value : ""]),
  );
  const page = await (await postForm(address("/pay/linkEnc"), texts, "euc-kr")).text();
  expect(page).toContain("똠방각하 ＆ 뷁 ｜ 구독");
  return postForm(address(formOf(page).action), { ...fieldsOf(page), act, method });
}

describe.each(["recorded", "guide"] as const)("in the dialect %s", (dialect) => {
  beforeEach(async () => {
    await turn({ dialect, hashKey: "required", duplicateOrderNumber: "reject" });
    useInstead({ dialect });
  });

  test.each(["pc", "mobile"] as const)(
    "on a %s every button leads back to its address",
    async (device) => {
      for (const [act, result] of [
        ["close", "close"],
        ["decline", "fail"],
        ["pay", "home"],
      ] as const) {
        const window = await opened({ device });
        const answer = await press(window, act);
        expect(answer.headers.get("location")).toBe(`${RETURN}?result=${result}`);
        const approvals = act === "pay" ? 1 : 0;
        expect(await booked(window.orderNumber)).toMatchObject({ approvals });
      }
      expect(await notUnderstood()).toEqual({ items: [] });
    },
  );

  test("the notice says what was paid with, and a refund under that name gives it back", async () => {
    const shop = await startReceiver(() => ({
      body: dialect === "guide" ? '{"RESULTCODE":"0000"}' : "<RESULT>SUCCESS</RESULT>",
    }));
    await fetch(address("/_sim/notice-urls"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kiwoompay: `${shop.url}/webhook/kiwoom` }),
    });
    for (const [index, method] of [
      "KAKAOPAY",
      "NAVERPAY",
      "SAMSUNGPAY",
      "PAYCO",
      "CARD",
    ].entries()) {
      const { orderNumber } = await opened().then(async (window) => {
        await press(window, "vanish", method);
        return window;
      });
      const told = (await shop.gets(3 * index + 1)).at(-1);
      const raw = {
        query: told?.url.split("?")[1] ?? "",
        body: told?.body ?? Buffer.alloc(0),
        contentType: told?.contentType ?? "",
      };
      const reading = readKiwoompayNotice(readFields(raw, "cp949"));
      if (reading.kind !== "notice") throw new Error(reading.reason);
      const { transactionId, payMethod } = reading.notice;
      expect(reading.notice).toMatchObject({ kind: "paid", orderNumber, amount: 9_900 });
      expect(payMethod).toBe(method);
      const part = {
        transactionId: transactionId ?? "",
        orderNumber,
        amount: 900,
        leftBefore: 9_900,
        everythingLeft: false,
        paidWith: "wallet",
        payMethod: method,
        reason: "고객 변심",
      } as const;
      const wrong = { ...part, payMethod: method === "PAYCO" ? "KAKAOPAY" : "PAYCO" };
      expect(await refund(wrong)).toMatchObject({
        kind: "declined",
        decline: { code: "request_refused", rawCode: "9202" },
      });
      expect((await refund(part)).kind).toBe("approved");
      const rest = { ...part, amount: 9_000, leftBefore: 9_000, everythingLeft: true };
      expect((await refund(rest)).kind).toBe("approved");
      expect(await booked(orderNumber)).toMatchObject({ approvals: 1, refundedAmount: 9_900 });
      await shop.gets(3 * index + 3);
    }
  });

  test("another link key opens no window", async () => {
    useInstead({ dialect, linkKey: "another" });
    const call = await open({ call: "open_window" });
    const request = { returnUrl: RETURN, orderNumber: nextNumber() };
    await expect(opened(request)).rejects.toThrow("request_refused");
    expect(call.credential.value).toBe("");
  });
});
