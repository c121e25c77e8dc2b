import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CommandContext } from "../../src/cli/command.ts";
import { verifyCommand } from "../../src/cli/verify.ts";
import { INDEXES } from "../../src/stores/indexes.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";

describe("billing verify", () => {
  let core: Core;
  let invoiceId: string;

  beforeAll(async () => {
    core = await startCore(PATIENT);
    await core.setClock(new Date("2026-01-10T01:00:00Z"));
    const subscription = await core.subscribe(await core.register("verify-1"), {
      firstCharge: "now",
    });
    invoiceId = `${subscription.id}-p0`;
    await core.sweep();
    await core.charge(invoiceId);
    await core.sweep();
  }, 120_000);
  afterAll(() => core?.close());

  async function run(args: string[], changes: Record<string, string> = {}) {
    const said = { out: "", err: "" };
    const context: CommandContext = {
      args,
      env: {
        MONGODB_URI: core.composition.config.mongoUrl ?? "",
        GATEWAYS: "cookiepay",
        COOKIEPAY_API_URL: core.simulatorUrl,
        ...changes,
      },
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      isTerminal: false,
    };
    return { status: await verifyCommand.run(context), ...said };
  }

  const damage = (refundable: number) =>
    core.composition.database
      .collection<{ _id: string }>("invoices")
      .updateOne({ _id: invoiceId }, { $set: { refundable } });

  it("ends well where nothing is wrong, and says what it compared within which bounds", async () => {
    const { status, out, err } = await run([]);
    expect(status, out).toBe(0);
    expect(err).toBe("");
    expect(out).toContain("Nothing is wrong.");
    expect(out).toMatch(/2026-01-10 +cookiepay\/default +1 +9900 +1 +9900/);
    expect(out).toContain("unknown charge or refund 900 s");
  });

  it("lists what is wrong: what, where, since when, what to do; and ends with 1", async () => {
    await damage(1);
    const english = await run(["--no-gateway"]);
    expect(english.status).toBe(1);
    expect(english.out).toContain("[refund-balance]: 1");
    expect(english.out).toContain("What to do: Recompute refundable");
    expect(english.out).toContain(invoiceId);
    expect(english.out).toContain("captured 9900, refundable 1, reserved 0, refunded 0");
    expect((await run(["--no-gateway", "--lang", "ko"])).out).toContain("조치: ");
    const json = await run(["--no-gateway", "--json"]);
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      findings: [{ check: "refund-balance", documentId: invoiceId }],
      gateways: null,
    });
    await damage(9900);
  });

  it("ends with 1 where the gateway cannot be asked", async () => {
    const { status, out } = await run(["--days", "1"], { COOKIEPAY_API_URL: "http://127.0.0.1:9" });
    expect(status).toBe(1);
    expect(out).toContain("Could not be compared");
    expect(out).not.toContain("Nothing is wrong.");
  });

  it("makes no index that is missing, but says so", async () => {
    const { database } = core.composition;
    await database.collection("invoices").dropIndex("number");
    const { status, out } = await run(["--no-gateway"]);
    expect(status).toBe(1);
    expect(out).toContain("invoices.number");
    const left = await database.collection("invoices").listIndexes().toArray();
    expect(left.some(({ name }) => name === "number")).toBe(false);
    expect(INDEXES.some(({ name }) => name === "number")).toBe(true);
  });

  it.each([
    ["--days", "0"],
    ["--days", "x"],
    ["--from", "2026-02-30"],
    ["--lang", "fr"],
  ])("refuses %s %s", async (...args) => {
    await expect(run(args)).rejects.toThrow(args[0]);
  });

  it("needs a database", async () => {
    await expect(run([], { MONGODB_URI: "" })).rejects.toThrow("MONGODB_URI");
  });
});
