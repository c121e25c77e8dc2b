/** The four examples of the vendor's guide, run by curl as they stand: only the host is replaced, and a token added. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { PORTONE_GUIDE } from "../../../src/simulator/portone/guide.ts";
import { startPortone } from "./support.ts";

const run = promisify(execFile);
const HOST = "https://api.iamport.kr";

const ONETIME = `curl -H "Content-Type: application/json" \\
     -X POST -d '{"merchant_uid":"order_id_8237352", "card_number":"1234-1234-1234-1234", "expiry":"2019-01", "birth":"123456", "amount":3000}' \\
     ${HOST}/subscribe/payments/onetime`;
const ISSUE = `curl -H "Content-Type: application/json" \\
     -X POST -d '{"card_number":"1234-1234-1234-1234", "expiry":"2025-12", "birth":"820213", "pwd_2digit":"00"}' \\
     ${HOST}/subscribe/customers/your-customer-unique-id`;
const ONETIME_SAVING = `curl -H "Content-Type: application/json" \\
     -X POST -d '{"customer_uid":"your-customer-unique-id", "merchant_uid":"order_id_8237352", "card_number":"1234-1234-1234-1234", "expiry":"2019-01", "birth":"123456", "amount":3000}' \\
     ${HOST}/subscribe/payments/onetime`;
const AGAIN = `curl -H "Content-Type: application/json" \\
     -X POST -d '{"customer_uid":"your-customer-unique-id", "merchant_uid":"order_id_8237352", "amount":3000}' \\
     ${HOST}/subscribe/payments/again`;

async function setUp() {
  const portone = await startPortone();
  const token = String((await portone.getToken()).response?.access_token);
  const curl = async (example: string, authorization: string | null = `Bearer ${token}`) => {
    const added =
      authorization === null ? "curl -s" : `curl -s -H "Authorization: ${authorization}"`;
    const line = example.replace("curl", added).replace(HOST, portone.base);
    const { stdout } = await run("bash", ["-c", `${line} -w '\\n%{http_code}'`]);
    const [body = "", status] = stdout.split("\n");
    return { status: Number(status), ...(JSON.parse(body) as Record<string, unknown>) };
  };
  return { portone, curl, token };
}

const PAID = {
  status: 200,
  code: 0,
  message: null,
  response: { status: "paid", amount: 3_000, merchant_uid: "order_id_8237352" },
};

describe("the guide's examples", () => {
  it("pay once by card", async () => {
    const { curl } = await setUp();
    expect(await curl(ONETIME)).toMatchObject(PAID);
  });

  it("save a card and pay by it", async () => {
    const { curl } = await setUp();
    expect(await curl(ISSUE)).toMatchObject({
      status: 200,
      code: 0,
      response: { customer_uid: "your-customer-unique-id", card_number: "123412******1234" },
    });
    expect(await curl(AGAIN)).toMatchObject(PAID);
  });

  it("save a card by paying with it", async () => {
    const { curl } = await setUp();
    expect(await curl(ONETIME_SAVING)).toMatchObject(PAID);
  });

  it("pay one after the other where one order number may be paid again", async () => {
    const { curl, portone } = await setUp();
    await portone.turn({ duplicateMerchantUid: "accept" });
    expect(await curl(ONETIME)).toMatchObject(PAID);
    expect(await curl(ISSUE)).toMatchObject({ code: 0 });
    expect(await curl(ONETIME_SAVING)).toMatchObject(PAID);
    expect(await curl(AGAIN)).toMatchObject(PAID);
  });

  it("work with a bare token", async () => {
    const { curl, token } = await setUp();
    expect(await curl(ONETIME, token)).toMatchObject(PAID);
  });

  it.each([
    ["once by card", ONETIME],
    ["a card", ISSUE],
    ["a card by paying", ONETIME_SAVING],
    ["by a saved card", AGAIN],
  ])("are Unauthorized without a token: %s", async (_what, example) => {
    const { curl, portone } = await setUp();
    expect(await curl(example, null)).toEqual({
      status: 401,
      code: -1,
      message: "Unauthorized",
      response: null,
    });
    expect((await portone.control.ledger()).body.entries).toEqual([]);
  });
});

it("the lines of the front page work, pasted together", async () => {
  const { portone } = await setUp();
  const { stdout } = await run("bash", ["-c", PORTONE_GUIDE.curlLines(portone.base)]);
  expect(stdout.split('"status":"paid"').length - 1).toBeGreaterThanOrEqual(5);
  expect(stdout).toContain('"cancel_amount":1000');
  expect(stdout).toContain("location: https://allerts.com/payments/complete?imp_uid=imp_");
  const { totals } = (await portone.control.ledger("?gateway=portone")).body;
  expect(totals).toMatchObject({ approvals: 4, approvedAmount: 10_004, refundedAmount: 1_000 });
});
