import mongoose from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordUntilWritten } from "../../src/billing/record-until-written.ts";
import { closeAbsent } from "../../src/domain/ask-rules.ts";
import { expireClaim } from "../../src/domain/claim-rules.ts";
import { withEvent } from "../../src/domain/events.ts";
import { LATE_ANSWER } from "../../src/domain/late-rules.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import { systemBusinessClock, systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { openDatabase } from "../../src/stores/connection.ts";
import { createEventStore } from "../../src/stores/events.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { type InvoiceStore, createInvoiceStore } from "../../src/stores/invoices.ts";
import { findStored } from "../../src/stores/revisioned.ts";
import {
  LEASE_MS,
  POLICY,
  START,
  after,
  claimed,
  given,
  paymentInvoice,
  recordingAt,
} from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const WRITES = new Set(["insert", "update", "delete", "findAndModify"]);

describe("the writes of the stores", () => {
  let services: TestServices;
  let database: mongoose.Connection;
  let invoices: InvoiceStore;
  const sent: { name: string; command: Record<string, unknown> }[] = [];

  beforeAll(async () => {
    services = await startTestServices({ redis: false });
    database = mongoose.createConnection();
    await openDatabase(database, `${services.mongoUrl}${separator(services)}monitorCommands=true`);
    database.getClient().on("commandStarted", (event) => {
      sent.push({ name: event.commandName, command: event.command });
    });
    await createIndexes(database);
    invoices = createInvoiceStore(database);
  });
  afterAll(async () => {
    await database?.close();
    await services?.stop();
  });

  let count = 0;
  async function insertInvoice() {
    count += 1;
    const invoice = paymentInvoice({ id: `pay_${count}`, number: `N${count}` });
    expect(await invoices.insert(invoice)).toBe(true);
    return invoice;
  }

  it("wait until a majority has them in its journal", async () => {
    const invoice = await insertInvoice();
    await invoices.write(invoice, { ...invoice, urgent: false });
    await createEventStore(database).relayOutboxes(10);
    const writes = sent.filter(({ name }) => WRITES.has(name));
    expect(new Set(writes.map(({ name }) => name))).toEqual(new Set(["insert", "update"]));
    for (const { command } of writes) {
      expect(command["writeConcern"]).toMatchObject({ w: "majority", j: true });
    }
  });

  it("read from the primary", async () => {
    sent.length = 0;
    await invoices.find("pay_1");
    expect(sent.map(({ name }) => name)).toEqual(["find"]);
    const preference = sent[0]?.command["$readPreference"] as { mode?: string } | undefined;
    expect(preference?.mode ?? "primary").toBe("primary");
  });

  it("let one of many that read the same revision through", async () => {
    const invoice = await insertInvoice();
    const tried = await Promise.all(
      Array.from({ length: 20 }, (_none, worker) =>
        invoices.write(invoice, { ...invoice, deferrals: worker + 1 }),
      ),
    );
    expect(tried.filter((written) => written !== null)).toHaveLength(1);
  });

  it("refuse a claim whose step and an outcome whose token is not there any more", async () => {
    const invoice = await insertInvoice();
    // The revision is the same, as a database restored from elsewhere might have it.
    await database
      .collection<{ _id: string }>("invoices")
      .updateOne({ _id: invoice.id }, { $set: { step: "call", claim: { token: "other" } } });
    expect(await invoices.claimAttempt(invoice, { ...invoice, urgent: false })).toBeNull();
    expect(await invoices.recordOutcome(invoice, { ...invoice, urgent: false })).toBeNull();
  });

  it("keep an approval that comes after a person has closed its attempt", async () => {
    const due = await insertInvoice();
    const out = given(await invoices.claimAttempt(due, claimed(due)));
    const asking = given(await invoices.write(out, given(expireClaim(out, after(LEASE_MS + 1)))));
    await invoices.write(asking, closeAbsent(asking, POLICY, recordingAt(LEASE_MS + 2)));
    const transaction = { id: "T9", approvedAt: after(1).business };
    const kept = await recordUntilWritten(
      {
        invoices,
        log: createLogger({ level: "silent", name: "test" }),
        random: () => 0,
        clock: systemClock,
        businessClock: systemBusinessClock,
      },
      out,
      { kind: "approved", transaction },
      (invoice, recording) =>
        recordOutcome(
          invoice,
          { token: out.claim?.token ?? "", outcome: { kind: "approved", transaction } },
          POLICY,
          recording,
        ),
    );
    expect(kept.attempts[0]).toMatchObject({ state: "absent", evidence: [{ kind: LATE_ANSWER }] });
    expect(kept.recheckAt).not.toBeNull();
  });

  it("throw before anything is sent where a filter or a field is misspelt", async () => {
    const invoice = await insertInvoice();
    sent.length = 0;
    await expect(
      invoices.write(invoice, { ...invoice, urgent: false }, { setp: "charge" }),
    ).rejects.toThrow(/setp/);
    await expect(
      invoices.write(invoice, Object.assign({ ...invoice }, { urgnet: true })),
    ).rejects.toThrow(/urgnet/);
    expect(sent.filter(({ name }) => WRITES.has(name))).toEqual([]);
    await expect(database.model("Invoice").find({ setp: "charge" }).lean()).rejects.toThrow(/setp/);
    for (const misspelt of ["setp", "refunds.ids"]) {
      const finding = findStored(database.model("Invoice"), { [misspelt]: "charge" }, { limit: 1 });
      await expect(finding).rejects.toThrow(misspelt);
    }
    expect(sent.filter(({ name }) => name === "find")).toEqual([]);
  });

  it("relay events once, beside writes that stand on what was there before", async () => {
    const invoice = await insertInvoice();
    const events = createEventStore(database);
    await events.relayOutboxes(100);
    const at = { business: START, operational: START };
    const told = withEvent(invoice, { type: "payment.tested", actor: "api", at });
    // No claim loses against the relay, and nothing that was told comes back.
    expect(await invoices.write(invoice, told)).not.toBeNull();
    const read = await invoices.find(invoice.id);
    expect(read?.outbox.map(({ type }) => type)).toEqual(["payment.tested"]);
    await events.relayOutboxes(100);
    await events.relayOutboxes(100);
    expect((await invoices.find(invoice.id))?.outbox).toEqual([]);
    const stored = await database
      .collection("events")
      .find({ documentId: invoice.id })
      .sort({ number: 1 })
      .toArray();
    expect(stored.map(({ type }) => type)).toEqual(["payment.requested", "payment.tested"]);
  });

  it("leave an event where it is that could not be copied", async () => {
    const events = createEventStore(database);
    await events.relayOutboxes(100);
    const invoice = await insertInvoice();
    // An index that cannot hold this event: two of its fields are arrays.
    const copies = database.collection("events");
    const index = await copies.createIndex({ "data.one": 1, "data.other": 1 });
    await database
      .collection<{ _id: string }>("invoices")
      .updateOne({ _id: invoice.id }, { $set: { "outbox.0.data": { one: [1], other: [2] } } });
    await expect(events.relayOutboxes(100)).rejects.toThrow(/parallel arrays/);
    expect((await invoices.find(invoice.id))?.outbox).toHaveLength(1);
    await copies.dropIndex(index);
    await events.relayOutboxes(100);
    expect((await invoices.find(invoice.id))?.outbox).toEqual([]);
    expect(await copies.countDocuments({ documentId: invoice.id })).toBe(1);
  });
});

function separator(services: TestServices): string {
  return services.mongoUrl.includes("?") ? "&" : "?";
}
