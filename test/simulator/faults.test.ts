import { describe, expect, it, vi } from "vitest";
import { type Client, startSimulator } from "./support.ts";

interface WireEnd {
  readonly status: number | "none";
  readonly text: string;
}

/** Sends a payment and tells how it ended on the wire. */
async function sendPayment(
  client: Client,
  body: object,
  signal: AbortSignal | null = null,
): Promise<WireEnd> {
  const TOKEN = await client.freshToken();
  try {
    const response = await fetch(`${client.base}/Subscribe/payments`, {
      method: "POST",
      headers: { "content-type": "application/json", ApiKey: "sim_secret", TOKEN },
      body: JSON.stringify(body),
      signal,
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: "none", text: signal?.aborted ? "silent" : "dropped" };
  }
}

/** Sends a payment that is to stay unanswered: gives up after the rule struck and others were served. */
async function sendIntoSilence(client: Client, body: object, ruleId: string): Promise<WireEnd> {
  const abort = new AbortController();
  const end = sendPayment(client, body, abort.signal);
  const hasStruck = async (): Promise<boolean> => {
    const { rules } = (await client.get("/_sim/faults")).body as {
      rules: { id: string; hits: number }[];
    };
    return rules.some(({ id, hits }) => id === ruleId && hits > 0);
  };
  await vi.waitUntil(hasStruck, { timeout: 10_000 });
  for (let round = 0; round < 10; round += 1) await client.get("/health");
  abort.abort();
  return end;
}

async function withKey() {
  const started = await startSimulator();
  const billingKey = await started.client.billingKeyFor("4111111111111111");
  return { ...started, billingKey };
}

describe("fault effects on a payment", () => {
  it.each([
    ["commit_then_drop", { status: "none", text: "dropped" }, 1],
    ["commit_then_500", { status: 500 }, 1],
    ["commit_then_garbage", { status: 200, text: '{"RESULTCODE":"00' }, 1],
    ["drop", { status: "none", text: "dropped" }, 0],
    ["http_500", { status: 500 }, 0],
    ["garbage", { status: 200, text: '{"RESULTCODE":"00' }, 0],
    ["unavailable", { status: 503 }, 0],
  ])("%s ends as it says, with the approvals it says", async (effect, wire, approvals) => {
    const { client, billingKey } = await withKey();
    await client.addFault({ match: { operation: "payments" }, effect });
    const body = client.payBody(billingKey, { ORDERNO: "X" });
    expect(await sendPayment(client, body)).toMatchObject(wire);
    expect(await approvalFaults(client)).toEqual(approvals === 1 ? [effect] : []);
  });

  it.each([
    ["commit_then_hang", 1],
    ["hang", 0],
  ])("%s never answers, with the approvals it says", async (effect, approvals) => {
    const { client, billingKey } = await withKey();
    await client.addFault({ id: "rule", match: { operation: "payments" }, effect });
    const body = client.payBody(billingKey, { ORDERNO: "X" });
    expect(await sendIntoSilence(client, body, "rule")).toEqual({ status: "none", text: "silent" });
    expect(await approvalFaults(client)).toEqual(approvals === 1 ? [effect] : []);
  });

  it("declines with the code of the rule", async () => {
    const { client, billingKey } = await withKey();
    await client.addFault({ match: { operation: "payments" }, effect: { decline: "3333" } });
    expect((await client.pay(billingKey)).body).toEqual({
      RESULTCODE: "3333",
      RESULTMSG: "승인거절",
    });
    const { entries } = (await client.ledger("?kind=decline")).body;
    expect(entries).toMatchObject([{ code: "3333", fault: "decline" }]);
  });

  it("gives ENC_DATA that nothing decrypts, though the payment stands", async () => {
    const { client, billingKey } = await withKey();
    await client.addFault({ match: {}, effect: "break_enc_data", times: 1 });
    const paid = await client.pay(billingKey);
    expect(paid.body.RESULTCODE).toBe("0000");
    for (let time = 0; time < 3; time += 1) {
      expect((await client.decrypt(paid.body.ENC_DATA)).body.RESULTCODE).toBe("E030");
    }
    expect((await client.ledger("?kind=approval&fault=break_enc_data")).body.entries).toHaveLength(
      1,
    );
  });

  it.each([
    ["once, by the word alone", "decrypt_fails", 1],
    ["as often as it says", { decryptFails: 3 }, 3],
  ])("lets the decrypt call fail %s, then work", async (_what, effect, times) => {
    const { client, billingKey } = await withKey();
    await client.addFault({ match: { operation: "payments" }, effect, nth: 1 });
    const paid = await client.pay(billingKey, { ORDERNO: "X" });
    for (let time = 0; time < times; time += 1) {
      expect((await client.decrypt(paid.body.ENC_DATA)).body.RESULTCODE).toBe("E030");
    }
    const opened = await client.decrypt(paid.body.ENC_DATA);
    expect(opened.body.decryptData).toMatchObject({ ORDERNO: "X" });
  });

  it("processes only after delayMs, and before replyDelayMs", async () => {
    const { client, billingKey } = await withKey();
    await client.addFault(
      { id: "late", match: { orderNumber: "LATE" }, effect: { delayMs: 600_000 } },
      { id: "slow", match: { orderNumber: "SLOW" }, effect: { replyDelayMs: 600_000 } },
    );
    const late = client.payBody(billingKey, { ORDERNO: "LATE" });
    expect((await sendIntoSilence(client, late, "late")).text).toBe("silent");
    const slow = client.payBody(billingKey, { ORDERNO: "SLOW" });
    expect((await sendIntoSilence(client, slow, "slow")).text).toBe("silent");
    const { entries } = (await client.ledger("?kind=approval")).body;
    expect(entries).toMatchObject([{ orderNumber: "SLOW" }]);
  });

  it("approves late, even when the client has gone", async () => {
    const { client, billingKey } = await withKey();
    const match = { orderNumber: "LATE" };
    await client.addFault({ id: "late", match, effect: { delayMs: 1000 } });
    await sendIntoSilence(client, client.payBody(billingKey, { ORDERNO: "LATE" }), "late");
    await expect
      .poll(async () => (await client.ledger("?orderNumber=LATE")).body.entries, {
        timeout: 10_000,
      })
      .toMatchObject([{ kind: "approval" }]);
  });

  it("refuses the token of a call, and the request for one", async () => {
    const { client, billingKey } = await withKey();
    await client.addFault(
      { match: { operation: "payments" }, times: 1, effect: "token_refused" },
      { match: { operation: "token" }, times: 1, effect: "token_refused" },
    );
    expect((await client.pay(billingKey)).body.RESULTCODE).toBe("E003");
    expect((await client.pay(billingKey)).body.RESULTCODE).toBe("0000");
    const token = { pay2_id: "sim_merchant", pay2_key: "sim_secret" };
    expect((await client.post("/payAuth/token", token)).body.RTN_CD).toBe("E002");
    expect((await client.post("/payAuth/token", token)).body.RTN_CD).toBe("0000");
  });

  it("spoils the reply of a decline as well", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4000000000010118");
    await client.addFault({ match: { operation: "payments" }, effect: "commit_then_drop" });
    const end = await sendPayment(client, client.payBody(billingKey));
    expect(end.text).toBe("dropped");
    const { entries } = (await client.ledger("?kind=decline")).body;
    expect(entries).toMatchObject([{ code: "2001", fault: "commit_then_drop" }]);
  });

  it("reaches cancels, billing keys and look-ups too", async () => {
    const { client, billingKey } = await withKey();
    const { TID } = await client.approve(billingKey);
    await client.addFault(
      {
        match: { operation: "cancel", buyerId: "customer-1" },
        effect: "commit_then_500",
        times: 1,
      },
      { match: { operation: "billkeygen" }, effect: "commit_then_500" },
      { match: { operation: "paycert", transactionId: TID }, effect: "http_500" },
    );
    await expect(client.cancel({ tid: TID })).rejects.toThrow("not valid JSON");
    await expect(client.issue()).rejects.toThrow("not valid JSON");
    await expect(client.call("/api/paycert", { tid: TID })).rejects.toThrow("not valid JSON");
    expect((await client.ledger("?kind=refund")).body.entries).toMatchObject([
      { amount: 9900, fault: "commit_then_500" },
    ]);
    expect((await client.ledger("?kind=billing_key_issued")).body.entries).toHaveLength(2);
  });
});

describe("fault rules", () => {
  it("strike only where everything that they name holds", async () => {
    const { client, billingKey } = await withKey();
    const other = await client.billingKeyFor("4111111111111111");
    const effect = { decline: "2001" };
    const codes = async (fields: Record<string, unknown>, key = billingKey) =>
      (await client.pay(key, fields)).body.RESULTCODE;
    const cases = [
      { match: { buyerId: "B" }, hit: { BUYERID: "B" }, miss: { BUYERID: "C" } },
      { match: { orderNumber: "O" }, hit: { ORDERNO: "O" }, miss: { ORDERNO: "P" } },
      { match: { amount: 500 }, hit: { AMOUNT: "500" }, miss: { AMOUNT: "501" } },
      {
        match: { amount: 7, buyerId: "B" },
        hit: { AMOUNT: "7", BUYERID: "B" },
        miss: { AMOUNT: "7" },
      },
      { match: { gateway: "cookiepay", buyerId: "B" }, hit: { BUYERID: "B" }, miss: {} },
    ];
    for (const { match, hit, miss } of cases) {
      await client.addFault({ match, effect });
      expect(await codes(hit)).toBe("2001");
      expect(await codes(miss)).toBe("0000");
      await fetch(`${client.base}/_sim/faults`, { method: "DELETE" });
    }
    await client.addFault({ match: { billingKey }, effect });
    expect(await codes({})).toBe("2001");
    expect(await codes({}, other)).toBe("0000");
  });

  it("hold between two business instants, the last day included", async () => {
    const { client, billingKey } = await withKey();
    await client.addFault({
      match: { from: "2026-03-02", until: "2026-03-03" },
      effect: { decline: "2004" },
    });
    const at = async (now: string) => {
      await client.setClock(now);
      return (await client.pay(billingKey)).body.RESULTCODE;
    };
    expect(await at("2026-03-01T14:59:59.999Z")).toBe("0000");
    expect(await at("2026-03-01T15:00:00Z")).toBe("2004");
    expect(await at("2026-03-03T14:59:59.999Z")).toBe("2004");
    expect(await at("2026-03-03T15:00:00Z")).toBe("0000");
  });

  it("count requests per rule for nth and times, and list how often they struck", async () => {
    const { client, billingKey } = await withKey();
    const match = { operation: "payments" };
    await client.addFault(
      { id: "second", match, nth: 2, effect: { decline: "2002" } },
      { id: "two", match, times: 2, effect: { decline: "2003" } },
    );
    const seen: unknown[] = [];
    for (let payment = 0; payment < 5; payment += 1) {
      seen.push((await client.pay(billingKey)).body.RESULTCODE);
    }
    expect(seen).toEqual(["2003", "2002", "2003", "0000", "0000"]);
    expect((await client.get("/_sim/faults")).body.rules).toMatchObject([
      { id: "second", nth: 2, effect: { decline: "2002" }, matched: 5, hits: 1 },
      { id: "two", times: 2, matched: 5, hits: 2 },
    ]);
  });

  it("count a request for every rule that matches it, so that each nth is the nth request", async () => {
    const { client, billingKey } = await withKey();
    const match = { operation: "payments" };
    await client.addFault(
      { match, nth: 1, effect: { decline: "2001" } },
      { match, nth: 2, effect: { decline: "2002" } },
      { match, nth: 3, effect: { decline: "2003" } },
    );
    const seen: unknown[] = [];
    for (let payment = 0; payment < 4; payment += 1) {
      seen.push((await client.pay(billingKey)).body.RESULTCODE);
    }
    expect(seen).toEqual(["2001", "2002", "2003", "0000"]);
  });

  it("draw the same order numbers for the same seed, and others for another", async () => {
    const [first, again, other] = [await drawn("a"), await drawn("a"), await drawn("b")];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.length).toBeGreaterThan(30);
    expect(first.length).toBeLessThan(90);
  });

  it.each([
    ["an unknown field", { match: {}, effekt: "drop" }, "rules[0] has no field"],
    [
      "an unknown condition",
      { match: { order: "x" }, effect: "drop" },
      "rules[0].match has no field",
    ],
    [
      "an unknown operation",
      { match: { operation: "pay" }, effect: "drop" },
      "must be one of token",
    ],
    ["an unknown effect", { effect: "explode" }, "must be one of hang"],
    ["no effect", { match: {} }, "rules[0].effect must be"],
    ["two effects", { effect: { delayMs: 1, decline: "1" } }, "exactly one of"],
    ["success as a decline", { effect: { decline: "0000" } }, "not the code of success"],
    ["an endless delay", { effect: { delayMs: 1e9 } }, "whole number from 1 to 600000"],
    ["a probability above 1", { probability: 2, effect: "drop" }, "number from 0 to 1"],
    ["a seed alone", { seed: "x", effect: "drop" }, "together with a probability"],
    ["nth 0", { nth: 0, effect: "drop" }, "rules[0].nth must be"],
    ["a bad day", { match: { from: "2026-02-30" }, effect: "drop" }, "must be a day"],
    [
      "an effect that cannot happen",
      { match: { operation: "decrypt" }, effect: "token_refused" },
      "cannot happen to decrypt",
    ],
  ])("are refused with %s, in words", async (_what, rule, message) => {
    const { client } = await startSimulator();
    const answer = await client
      .addFault({ effect: "drop" }, rule)
      .then(() => client.addFault(rule));
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
    expect((await client.get("/_sim/faults")).body.rules).toEqual([]);
  });

  it("are refused under an id that is in use", async () => {
    const { client } = await startSimulator();
    await client.addFault({ id: "one", effect: "drop" });
    const twice = await client.addFault({ id: "one", effect: "hang" });
    expect(twice.status).toBe(400);
    expect(twice.body.message).toContain('"one" is in use');
  });
});

/** The faults of the approvals under the order number X. */
async function approvalFaults(client: Client): Promise<readonly unknown[]> {
  const { entries } = (await client.ledger("?kind=approval&orderNumber=X")).body;
  return (entries as { fault: unknown }[]).map(({ fault }) => fault);
}

/** Which of 200 order numbers this seed draws. */
async function drawn(seed: string): Promise<readonly number[]> {
  const { client, billingKey } = await withKey();
  await client.addFault({ probability: 0.3, seed, effect: { decline: "2001" } });
  const hits: number[] = [];
  for (let order = 0; order < 200; order += 1) {
    const { body } = await client.pay(billingKey, { ORDERNO: `SEED-${order}` });
    if (body.RESULTCODE === "2001") hits.push(order);
  }
  return hits;
}
