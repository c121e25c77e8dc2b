import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startSimulator, temporaryDir } from "./support.ts";

const fileIn = (dir: string): string => path.join(dir, "ledger.jsonl");

describe("ledger across a restart", () => {
  it("keeps keys, approvals, refunds, declines, tokens and encrypted data", async () => {
    const first = await startSimulator();
    const token = await first.client.freshToken();
    const approving = await first.client.billingKeyFor("4111111111111111");
    const declining = await first.client.billingKeyFor("4000000000010225");
    const revoked = await first.client.billingKeyFor("4111111111111111");
    await first.client.call("/Subscribe/billingkeycancel", {
      API_ID: "sim_merchant",
      BILLKEY: revoked,
    });
    const paid = await first.client.pay(approving, { ORDERNO: "BEFORE" });
    const { TID } = await first.client.approve(approving);
    await first.client.cancel({ tid: TID, amount: "9000" });
    expect((await first.client.pay(declining)).body.RESULTCODE).toBe("2001");
    const before = (await first.client.ledger()).body;
    await first.simulator.close();

    const { client } = await startSimulator({ dir: first.dir });
    expect((await client.ledger()).body).toEqual(before);
    expect((await client.decrypt(paid.body.ENC_DATA)).body.decryptData).toMatchObject({
      ORDERNO: "BEFORE",
    });
    const headers = { ApiKey: "sim_secret", TOKEN: token };
    const pay = await client.post("/Subscribe/payments", client.payBody(approving), headers);
    expect(pay.body.RESULTCODE).toBe("0000");
    expect((await client.pay(revoked)).body.RESULTCODE).toBe("E011");
    expect((await client.cancel({ tid: TID, amount: "901" })).body.cancel_code).toBe("E022");
    expect((await client.cancel({ tid: TID })).body.cancel_amt).toBe("900");
    // The second decline of "declines twice": the count went on from before the restart.
    expect((await client.pay(declining)).body.RESULTCODE).toBe("2001");
    expect((await client.pay(declining)).body.RESULTCODE).toBe("0000");
    await client.setSwitches({ cookiepay: { duplicateOrderNumber: "reject" } });
    expect((await client.pay(approving, { ORDERNO: "BEFORE" })).body.RESULTCODE).toBe("9002");
    const { entries } = (await client.ledger()).body as { entries: { seq: number }[] };
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, position) => position + 1));
  });

  it("remembers a request that the hang card swallowed", async () => {
    const first = await startSimulator();
    const billingKey = await first.client.billingKeyFor("4000000000010449");
    const swallowed = first.client.pay(billingKey).catch(() => "cut");
    while (!readFileSync(fileIn(first.dir), "utf8").includes("swallowed")) {
      await first.client.get("/health");
    }
    await first.simulator.close();
    expect(await swallowed).toBe("cut");

    const { client } = await startSimulator({ dir: first.dir });
    expect((await client.pay(billingKey)).body.RESULTCODE).toBe("0000");
  });

  it("processes nothing that still waited when it stopped", async () => {
    const { client, simulator, dir } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    await client.addFault({ match: { operation: "payments" }, effect: { delayMs: 600_000 } });
    const waiting = client.pay(billingKey).catch(() => "cut");
    await expect
      .poll(async () => (await client.get("/_sim/faults")).body.rules)
      .toMatchObject([{ hits: 1 }]);
    await simulator.close();
    expect(await waiting).toBe("cut");
    expect(readFileSync(fileIn(dir), "utf8")).not.toContain('"approval"');
  });
});

describe("ledger file", () => {
  it("never holds a card number, an expired password or a birth date", async () => {
    const { client, dir } = await startSimulator();
    await client.issue({ CARDPWD: "73", CARDAUTH: "771231" });
    await client.issue({ CARDNO: "4242424242424242", CARDPWD: "73", CARDAUTH: "771231" });
    const text = readFileSync(fileIn(dir), "utf8");
    expect(text).toContain("411111******1111");
    for (const secret of ["4111111111111111", "4242424242424242", '"73"', "771231"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("drops a last line that a kill left without its end, and nothing else", async () => {
    const first = await startSimulator();
    const billingKey = await first.client.billingKeyFor("4111111111111111");
    await first.simulator.close();
    appendFileSync(fileIn(first.dir), '{"seq":2,"kind":"appro');

    const second = await startSimulator({ dir: first.dir });
    expect((await second.client.ledger()).body.entries).toHaveLength(1);
    await second.client.approve(billingKey, { ORDERNO: "AFTER" });
    await second.simulator.close();

    const third = await startSimulator({ dir: first.dir });
    expect((await third.client.ledger()).body.entries).toMatchObject([
      { seq: 1 },
      { seq: 2, orderNumber: "AFTER" },
    ]);
  });

  it.each([
    ["a line that is not JSON", "{broken\n", "is not JSON"],
    ["a missing entry", '{"seq":2,"kind":"approval"}\n', "entry 1 is missing"],
    ["an unknown kind", '{"seq":1,"kind":"gift"}\n', "entry 1 is missing or out of order"],
  ])("is refused with %s in it", async (_what, text, message) => {
    const dir = temporaryDir();
    writeFileSync(fileIn(dir), text);
    await expect(startSimulator({ dir })).rejects.toThrow(message);
  });

  it("refuses to write beside another simulator, rather than mix two ledgers", async () => {
    const first = await startSimulator();
    const second = await startSimulator({ dir: first.dir });
    await first.client.issue();
    await expect(second.client.issue()).resolves.toMatchObject({
      status: 500,
      body: { message: expect.stringContaining("another process writes") as string },
    });
    expect(readFileSync(fileIn(first.dir), "utf8").trim().split("\n")).toHaveLength(1);
  });
});
