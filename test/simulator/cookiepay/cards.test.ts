import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import {
  TEST_CARDS,
  type TestCard,
  findCardByNumber,
  isLuhnValid,
} from "../../../src/simulator/cards.ts";
import { type Client, startSimulator } from "../support.ts";

/** What one payment looked like from outside, in one word or code. */
async function observe(client: Client, billingKey: string): Promise<string> {
  const paid = await client.pay(billingKey).catch(() => null);
  if (!paid) return "no answer";
  if (paid.body.RESULTCODE !== "0000") return String(paid.body.RESULTCODE);
  const opened = await client.decrypt(paid.body.ENC_DATA);
  return opened.body.RESULTCODE === "0000" ? "approved" : "sealed for ever";
}

const ok = "approved";
const DECLINING: Readonly<Record<string, string>> = {
  insufficient_funds: "2001",
  limit_exceeded: "2002",
  lost_or_stolen: "2003",
  issuer_down: "2004",
  merchant_limit: "2005",
};

/** What four payments in a row must look like, and how many approvals the ledger must hold. */
function expected(card: TestCard): { seen: readonly string[]; approvals: number } {
  const code = DECLINING[card.id];
  if (code) return { seen: [code, code, code, code], approvals: 0 };
  const byId: Readonly<Record<string, { seen: readonly string[]; approvals: number }>> = {
    always_approves: { seen: [ok, ok, ok, ok], approvals: 4 },
    approves: { seen: [ok, ok, ok, ok], approvals: 4 },
    approves_slowly: { seen: [ok, ok, ok, ok], approvals: 4 },
    declines_1_then_approves: { seen: ["2001", ok, "2001", ok], approvals: 2 },
    declines_2_then_approves: { seen: ["2001", "2001", ok, "2001"], approvals: 1 },
    declines_3_then_approves: { seen: ["2001", "2001", "2001", ok], approvals: 1 },
    commit_then_drop: { seen: ["no answer", ok, "no answer", ok], approvals: 4 },
    commit_then_500: { seen: ["no answer", ok, "no answer", ok], approvals: 4 },
    break_enc_data: { seen: ["sealed for ever", ok, "sealed for ever", ok], approvals: 4 },
  };
  const found = byId[card.id];
  if (!found) throw new Error(`no expectation for the card ${card.id}`);
  return found;
}

describe("test cards", () => {
  const answering = TEST_CARDS.filter(({ id }) => id !== "hang");

  it.each(answering.map((card) => [card.id, card] as const))(
    "%s does at four payments what its row says",
    async (_id, card) => {
      const { client } = await startSimulator();
      const billingKey = await client.billingKeyFor(card.number);
      const seen: string[] = [];
      for (let payment = 0; payment < 4; payment += 1) seen.push(await observe(client, billingKey));
      const { approvals, seen: wanted } = expected(card);
      expect(seen).toEqual(wanted);
      const { totals } = (await client.ledger(`?billingKey=${billingKey}`)).body;
      expect(totals).toMatchObject({ approvals, declines: seen.filter(isCode).length });
    },
  );

  it("hang never answers the odd payment requests and approves nothing by them", async () => {
    const { client, dir } = await startSimulator();
    const billingKey = await client.billingKeyFor("4000000000010449");
    for (const request of [1, 2, 3, 4]) {
      const isOdd = request % 2 === 1;
      const abort = new AbortController();
      const TOKEN = await client.freshToken();
      const answer = fetch(`${client.base}/Subscribe/payments`, {
        method: "POST",
        headers: { "content-type": "application/json", ApiKey: "sim_secret", TOKEN },
        body: JSON.stringify(client.payBody(billingKey)),
        signal: abort.signal,
      }).then(
        () => "answered",
        () => "no answer",
      );
      if (isOdd) {
        await waitForSwallowed(dir, (request + 1) / 2);
        abort.abort();
      }
      expect(await answer).toBe(isOdd ? "no answer" : "answered");
    }
    const { totals } = (await client.ledger(`?billingKey=${billingKey}`)).body;
    expect(totals).toMatchObject({ approvals: 2, declines: 0 });
  });

  it("keeps the count of each billing key apart", async () => {
    const { client } = await startSimulator();
    const first = await client.billingKeyFor("4000000000010217");
    const second = await client.billingKeyFor("4000000000010217");
    expect(await observe(client, first)).toBe("2001");
    expect(await observe(client, second)).toBe("2001");
    expect(await observe(client, first)).toBe(ok);
  });

  it("all have a valid check digit and numbers of their own", () => {
    expect(TEST_CARDS.every(({ number }) => isLuhnValid(number))).toBe(true);
    expect(new Set(TEST_CARDS.map(({ number }) => number)).size).toBe(TEST_CARDS.length);
    expect(TEST_CARDS.every((card) => findCardByNumber(card.number) === card)).toBe(true);
  });
});

describe("card numbers at issue", () => {
  it("answers 1012 to a number that is no test card, and keeps no more than its last digits", async () => {
    const { client } = await startSimulator();
    const answer = await client.issue({ CARDNO: "4242424242424242" });
    expect(answer.body).toEqual({ RESULTCODE: "1012", RESULTMSG: "미등록된 발급카드 거래불가" });
    const { entries } = (await client.ledger()).body;
    expect(entries).toMatchObject([{ kind: "decline", code: "1012", cardLast4: "4242" }]);
    expect(JSON.stringify(entries)).not.toContain("42424242");
  });

  it("answers 2006 when the check digit is wrong", async () => {
    const { client } = await startSimulator();
    const answer = await client.issue({ CARDNO: "4111111111111112" });
    expect(answer.body.RESULTCODE).toBe("2006");
  });
});

describe("card expiry", () => {
  it.each([
    ["the month that just ended", "2602", "2015"],
    ["the present month", "2603", "0000"],
    ["month and year exchanged", "1228", "2015"],
    ["a month that does not exist", "2813", "2015"],
  ])("judges %s by business time at issue", async (_what, expiry, code) => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-31T14:59:59Z");
    const answer = await client.issue({ CARDNO: "4000000000010001", EXPIREDT: expiry });
    expect(answer.body.RESULTCODE).toBe(code);
  });

  it("ends a billing key on the first of the next month in Korea", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-31T14:59:59Z");
    const issued = await client.issue({
      CARDNO: "4000000000010001",
      EXPIREDT: "2603",
      ENC_YN: "N",
    });
    const billingKey = String(issued.body.BILLKEY);
    expect(await observe(client, billingKey)).toBe(ok);
    await client.setClock("2026-03-31T15:00:00Z");
    expect((await client.pay(billingKey)).body).toEqual({
      RESULTCODE: "2015",
      RESULTMSG: "카드유효기간오류",
    });
  });

  it("does not matter to 4111 1111 1111 1111", async () => {
    const { client } = await startSimulator();
    const issued = await client.issue({ EXPIREDT: "0001", ENC_YN: "N" });
    expect(await observe(client, String(issued.body.BILLKEY))).toBe(ok);
  });
});

function isCode(seen: string): boolean {
  return /^\d{4}$/.test(seen);
}

/** Waits until the request was taken in; the ledger's answers show nothing of it by design. */
async function waitForSwallowed(dir: string, times: number): Promise<void> {
  const notes = (): number =>
    readFileSync(path.join(dir, "ledger.jsonl"), "utf8").split('"swallowed"').length - 1;
  await vi.waitUntil(() => notes() === times, { timeout: 10_000 });
}
