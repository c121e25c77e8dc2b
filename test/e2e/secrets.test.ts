import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

/** Planted values: none of them may be found anywhere afterwards. */
const CARD_NUMBERS = [
  "4000000000010001",
  "4000000000010118",
  "4000000000010415",
  "4242424242424242",
];
const HOLDER_ID = "8291746350";

const DIGIT_GROUPS = CARD_NUMBERS.map((number) => number.match(/.{4}/g)?.join("-") ?? number);

describe("planted card data", () => {
  let stage: TestStage;
  const answers: string[] = [];

  beforeAll(async () => {
    stage = await startTestStage({ LOG_LEVEL: "trace" });
  });
  afterAll(() => stage?.close());

  /** Every route and every kind of error, with card data in whatever place takes a text. */
  async function exercise(): Promise<void> {
    const register = async (changes: Record<string, unknown>) => {
      const answer = await stage.api("POST", "/billing/register", {
        ...TEST_CARD,
        birthDate: HOLDER_ID,
        expireDate: "3012",
        customerId: "secret",
        ...changes,
      });
      answers.push(answer.text);
      return answer;
    };
    const keys = [];
    for (const cardNumber of CARD_NUMBERS)
      keys.push((await register({ cardNumber })).body["billingKey"]);
    const [cardNumber] = CARD_NUMBERS;
    await register({ cardNumber, expireDate: "1301" });
    await register({ cardNumber, expireDate: cardNumber });
    await register({ cardNumber, cardPassword: cardNumber });
    await register({ cardNumber, unknownField: cardNumber });
    await register({ cardNumber: Number(cardNumber) });
    await register({ cardNumber: { $gt: cardNumber } });
    for (const billingKey of keys.filter((key) => typeof key === "string")) {
      const paid = await stage.api(
        "POST",
        "/billing/pay",
        { billingKey, amount: 9900, productName: "월간 구독" },
        { prefer: "wait=5" },
      );
      answers.push(paid.text);
    }
    for (const saveCard of [false, true]) {
      const paid = await stage.api("POST", "/billing/pay", {
        card: { cardNumber, expireDate: "3012", cardPassword: "12", birthDate: HOLDER_ID },
        saveCard,
        amount: 9900,
        productName: "단건 상품",
        customerId: "secret",
        customerName: "홍길동",
      });
      expect(paid.status, paid.text).toBe(200);
      answers.push(paid.text);
    }
    for (const path of ["pay", "subscribe", "cancel", "refund"]) {
      const answer = await stage.api("POST", `/billing/${path}`, {
        billingKey: cardNumber,
        cardNumber,
      });
      answers.push(answer.text);
    }
    const raw = await fetch(`${stage.apiUrl}/billing/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"cardNumber":"${cardNumber}",,}`,
    });
    answers.push(await raw.text());
    for (const path of [
      "/billing/subscriptions",
      "/billing/subscription/none",
      "/billing/payment/none",
    ]) {
      answers.push((await stage.api("GET", path)).text);
    }
    answers.push((await stage.api("GET", "/metrics")).text);
  }

  it("is found in no log, job, Redis key, database file, answer or metric", async () => {
    await exercise();
    const { redis } = stage.composition;
    const kept: string[] = [];
    for (const key of await redis.keys("*")) {
      kept.push(key, ((await redis.dumpBuffer(key)) ?? Buffer.alloc(0)).toString("latin1"));
    }
    const places = {
      answers: answers.join("\n"),
      logs: stage.lines.join("\n"),
      redis: kept.join("\n"),
      files: readFilesBelow(stage.stack.services?.folder ?? ""),
    };
    // The search itself is checked: each place has something in it.
    expect(places.answers.includes("400000******0001")).toBe(true);
    expect(places.files.includes("400000******0001")).toBe(true);
    expect(places.redis.includes("kiwoom-billing")).toBe(true);
    expect(places.logs.length).toBeGreaterThan(500);
    for (const [place, text] of Object.entries(places)) {
      for (const secret of [...CARD_NUMBERS, ...DIGIT_GROUPS, HOLDER_ID]) {
        expect(text.includes(secret), `${secret} in ${place}`).toBe(false);
      }
    }
  });

  it("leaves no billing key of the gateway outside the gateway", async () => {
    const ledger = await stage.simulator.ledger({ kind: "billing_key_issued" });
    const values = ledger.map((entry) => entry.billingKey ?? "");
    expect(values.length).toBeGreaterThan(2);
    const folder = stage.stack.services?.folder ?? "";
    const ours = readFilesBelow(folder, (path) => !path.includes("simulator"));
    for (const value of values) {
      expect(ours.includes(value)).toBe(false);
      expect(stage.lines.join("\n").includes(value)).toBe(false);
      expect(answers.join("\n").includes(value)).toBe(false);
    }
  });
});

/** Every file below a folder as one text, byte by byte. */
function readFilesBelow(folder: string, wanted: (path: string) => boolean = () => true): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(wanted)
    .map((path) => readFileSync(path, "latin1"))
    .join("\n");
}
