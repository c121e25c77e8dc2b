import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DIALECTS } from "../../src/simulator/dialects.ts";
import { TEST_CARDS } from "../../src/simulator/cards.ts";
import { PLAIN_EFFECTS } from "../../src/simulator/effects.ts";
import { CARD_TABLE, DECLINE_TABLE, EFFECT_TABLE, toMarkdown } from "../../src/simulator/guide.ts";
import { startSimulator } from "./support.ts";

describe("front page", () => {
  it("shows every test card, the rules in force and what was not understood", async () => {
    const { client } = await startSimulator();
    await client.addFault({ id: "<my rule>", effect: "drop", match: { buyerId: "b" } });
    await client.issue({ "<b>": "x" });
    const response = await fetch(`${client.base}/`);
    const text = await response.text();
    for (const { number } of TEST_CARDS) {
      expect(text).toContain(number.replaceAll(/(\d{4})(?=\d)/g, "$1 "));
    }
    expect(text).toContain("&lt;my rule&gt;");
    expect(text).toContain("&lt;b&gt;");
    expect(text).not.toContain("<b>");
    expect(text).toContain(`BASE=${client.base}`);
    expect(text).toContain('href="/_sim/ledger.html"');
  });

  it.each(["/", "/_sim/ledger.html"])("%s allows no script and its own style only", async (at) => {
    const { client } = await startSimulator();
    const response = await fetch(client.base + at);
    const text = await response.text();
    const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(text).not.toMatch(/<script|<link|src=|@import|url\(|style="/);
  });
});

describe("ledger page", () => {
  it("shows totals and entries, newest first, in both languages and escaped", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    await client.pay(billingKey, { ORDERNO: "<i>OLD", AMOUNT: "1000" });
    await client.pay(billingKey, { ORDERNO: "NEW", AMOUNT: "2000" });
    const text = await (await fetch(`${client.base}/_sim/ledger.html`)).text();
    expect(text).toContain("승인 approval");
    expect(text).toContain("3,000");
    expect(text.indexOf("NEW")).toBeLessThan(text.indexOf("&lt;i&gt;OLD"));
    expect(text).not.toContain("<i>");
  });

  it("filters with the same words as the query, and leads to older entries", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4000000000010118");
    for (let payment = 0; payment < 205; payment += 1) await client.pay(billingKey);
    const newest = await (await fetch(`${client.base}/_sim/ledger.html?kind=decline&from=`)).text();
    expect(newest.split("거절 decline")).toHaveLength(201);
    const older = /\/_sim\/ledger\.html\?before=[^"]*/.exec(newest)?.[0].replaceAll("&amp;", "&");
    const rest = await (await fetch(client.base + (older ?? ""))).text();
    expect(rest.split("거절 decline")).toHaveLength(6);
    expect(rest).not.toContain("Older");
    expect((await fetch(`${client.base}/_sim/ledger.html?colour=red`)).status).toBe(400);
  });
});

describe("documentation", () => {
  const docs = readFileSync("docs/simulator.md", "utf8");

  it.each([
    ["cards", CARD_TABLE],
    ["decline codes", DECLINE_TABLE],
    ["effects", EFFECT_TABLE],
  ] as const)("holds the present table of %s", (_what, guide) => {
    expect(docs).toContain(toMarkdown(guide));
  });

  it("explains every effect", () => {
    const written = EFFECT_TABLE.rows.map(([name]) => name);
    expect(PLAIN_EFFECTS.filter((name) => !written.includes(`"${name}"`))).toEqual([]);
  });

  it("names every operation that a rule can match", () => {
    const names = DIALECTS.flatMap(({ catalogue }) => catalogue.names);
    const missing = names.filter((name) => !docs.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});
