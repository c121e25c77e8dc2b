import mongoose from "mongoose";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Invoice } from "../../src/domain/invoice.ts";
import { type Link, openLink } from "../../src/cli/storm/link.ts";
import { type Database, createDatabase, openDatabase } from "../../src/stores/connection.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { type InvoiceStore, createInvoiceStore } from "../../src/stores/invoices.ts";
import { writeTogether } from "../../src/stores/joined-operations.ts";
import { claimed, given, paymentInvoice } from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const MANY = 30;

describe("joined writes of the stores", () => {
  let services: TestServices;
  let link: Link;
  let database: Database;
  let invoices: InvoiceStore;
  let updates = 0;

  beforeAll(async () => {
    services = await startTestServices({ redis: false });
    const url = new URL(services.mongoUrl);
    link = await openLink(Number(url.port));
    url.port = String(link.port);
    url.searchParams.set("monitorCommands", "true");
    database = createDatabase();
    await openDatabase(database, url.href);
    database.getClient().on("commandStarted", ({ commandName }) => {
      if (commandName === "update") updates += 1;
    });
    await createIndexes(database);
    invoices = createInvoiceStore(database);
  });
  beforeEach(() => void (updates = 0));
  afterAll(async () => {
    await database?.close();
    await link?.close();
    await services?.stop();
  });

  let count = 0;
  function openInvoices(): Promise<Invoice[]> {
    return Promise.all(
      Array.from({ length: MANY }, async () => {
        count += 1;
        const invoice = paymentInvoice({ id: `pay_${count}`, number: `N${count}` });
        expect(await invoices.insert(invoice)).toBe(true);
        return invoice;
      }),
    );
  }
  const claim = (invoice: Invoice) => invoices.claimAttempt(invoice, claimed(invoice));
  const tokenOf = async (id: string) => (await invoices.find(id))?.claim?.token;

  it("claim many in one round trip, each under its own token", async () => {
    const due = await openInvoices();
    updates = 0;
    const claims = (await Promise.all(due.map(claim))).map((one) => given(one));
    expect(updates).toBe(1);
    for (const one of claims) expect(await tokenOf(one.id)).toBe(one.claim?.token);
  });

  it("tell each claim whether it has won, where others were first for some", async () => {
    const due = await openInvoices();
    const others = due.filter((_one, index) => index % 3 === 0);
    await Promise.all(others.map(claim));
    const claims = await Promise.all(due.map(claim));
    expect(claims.map((one) => one === null)).toEqual(due.map((_one, index) => index % 3 === 0));
    for (const one of claims.filter((each) => each !== null)) {
      expect(await tokenOf(one.id)).toBe(one.claim?.token);
    }
  });

  it("give one of several claims on the same invoice in the same batch its way", async () => {
    const [due] = await openInvoices();
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(given(due))));
    const won = claims.filter((one) => one !== null);
    expect(won).toHaveLength(1);
    expect(await tokenOf(given(due).id)).toBe(won[0]?.claim?.token);
  });

  it("fail alone when an order number is taken", async () => {
    const due = await openInvoices();
    const [first, second, ...rest] = due.map((invoice) => claimed(invoice));
    await invoices.claimAttempt(given(due[0]), given(first));
    const taken = {
      ...given(second),
      attempts: [
        { ...given(second?.attempts[0]), orderNumber: given(first?.attempts[0]).orderNumber },
      ],
    };
    const settled = await Promise.allSettled([
      invoices.claimAttempt(given(due[1]), taken),
      ...rest.map((next, index) => invoices.claimAttempt(given(due[index + 2]), next)),
    ]);
    expect(settled[0]).toMatchObject({ status: "rejected", reason: { code: 11000 } });
    const others = settled.slice(1);
    expect(others.every((one) => one.status === "fulfilled" && one.value !== null)).toBe(true);
  });

  it("are read back by their ids when the answer is lost after the write", async () => {
    const due = await openInvoices();
    await claim(given(due[0]));
    const real = database.collection<{ _id: string }>("invoices");
    const losing = new Proxy(real, {
      get(target, name) {
        if (name !== "bulkWrite") return (target as never)[name];
        return async (...args: Parameters<typeof real.bulkWrite>) => {
          await target.bulkWrite(...args);
          throw new mongoose.mongo.MongoNetworkError("connection closed");
        };
      },
    });
    const answers = await writeTogether(
      { collection: losing },
      due.map(({ id, revision }) => ({
        filter: { _id: id, revision },
        set: { urgent: false, revision: revision + 1 },
        events: [],
      })),
    );
    expect(answers).toEqual(due.map((_one, index) => ({ answer: index !== 0 })));
  });

  it("find the database again when all connections broke in the same instant", async () => {
    const due = await openInvoices();
    const cut = link.cutAfterWrite(5_000);
    const settled = await Promise.allSettled(due.map(claim));
    expect(await cut).toBe(true);
    // Where the driver lost its heartbeat with them it is opened anew, which takes its time.
    const tokens = await vi.waitFor(() => Promise.all(due.map(({ id }) => tokenOf(id))), {
      timeout: 20_000,
      interval: 100,
    });
    expect(tokens.filter((token) => token === undefined)).toEqual([]);
    // Who was told of his claim was told the truth; who was not leaves it until its lease ends.
    const told = settled.map((one) =>
      one.status === "fulfilled" ? one.value?.claim?.token : null,
    );
    expect(told.filter((token, index) => token !== null && token !== tokens[index])).toEqual([]);
  });

  it("say which field no schema knows before anything is sent", async () => {
    const [due] = await openInvoices();
    updates = 0;
    const invoice = given(due);
    await expect(
      invoices.write(invoice, { ...invoice, urgent: false }, { setp: 1 }),
    ).rejects.toThrow(/no field setp/);
    expect(updates).toBe(0);
  });
});
