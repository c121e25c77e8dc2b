/** The part of the contract for gateways that can list their transactions. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import {
  type Script,
  type ScriptedServer,
  answerJson,
  answerText,
  cutAnswer,
  dropConnection,
  hang,
  redirectTo,
  startScriptedServer,
} from "../support/scripted-server.ts";

/** A payment as the gateway is made to list it. */
export interface ListedPayment {
  orderNumber: string;
  transactionId: string;
  amount: number;
  /** Calendar day in Korea. */
  on: string;
  refunded: boolean;
}

export interface ListingFixtures {
  createAdapter(server: { baseUrl: string; callDeadlineMs: number }): GatewayAdapter;
  /** Makes the server give out credentials. */
  giveCredentials(server: ScriptedServer): void;
  /** What must never be seen in a result. */
  secrets: readonly string[];
  /** Where the list comes from. */
  path: string;
  /** Makes the server list these, and nothing else. */
  list(server: ScriptedServer, payments: readonly ListedPayment[]): void;
}

/** Runs this part for one gateway. */
export function describeListing(name: string, fixtures: ListingFixtures): void {
  describe(`${name}: listing transactions`, () => {
    let server: ScriptedServer;
    let adapter: GatewayAdapter;
    const { path } = fixtures;
    const list: ListingFixtures["list"] = (on, payments) => fixtures.list(on, payments);

    beforeEach(async () => {
      server = await startScriptedServer();
      fixtures.giveCredentials(server);
      adapter = fixtures.createAdapter({ baseUrl: server.url, callDeadlineMs: 10_000 });
    });

    afterEach(async () => {
      adapter.close();
      await server.close();
    });

    const DAYS = { fromOn: "2026-02-05", untilOn: "2026-02-06" };
    const payment = (changes: Partial<ListedPayment> = {}): ListedPayment => ({
      orderNumber: "T-1",
      transactionId: "TX-1",
      amount: 9_900,
      on: "2026-02-05",
      refunded: false,
      ...changes,
    });

    async function listTransactions(
      request = DAYS,
      how: { with?: GatewayAdapter; maySend?: () => boolean } = {},
    ) {
      const opened = await adapter.openCredential({ call: "read" });
      if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
      const call = { credential: opened.credential, maySend: how.maySend ?? (() => true) };
      const result = await (how.with ?? adapter).listTransactions(call, request);
      for (const secret of fixtures.secrets) expect(JSON.stringify(result)).not.toContain(secret);
      return result;
    }

    test("is declared", () => {
      expect(adapter.capabilities.listTransactions).toBe(true);
    });

    test("tells approvals and refunds of every day of the range, each once", async () => {
      list(server, [
        payment(),
        payment({ orderNumber: "T-2", transactionId: "TX-2", amount: 1, refunded: true }),
        payment({ orderNumber: "T-1", transactionId: "TX-3", on: "2026-02-06" }),
        payment({ orderNumber: "T-4", transactionId: "TX-4", on: "2026-02-07" }),
      ]);
      const result = await listTransactions();
      if (result.kind !== "listed") throw new Error(result.reason);
      const approvals = result.transactions.filter((one) => one.kind === "approval");
      expect(approvals).toMatchObject([
        { orderNumber: "T-1", transactionId: "TX-1", amount: 9_900, at: expect.any(Date) },
        { orderNumber: "T-2", transactionId: "TX-2", amount: 1 },
        { orderNumber: "T-1", transactionId: "TX-3", amount: 9_900 },
      ]);
      const refunds = result.transactions.filter((one) => one.kind === "refund");
      expect(refunds).toMatchObject([{ orderNumber: "T-2", transactionId: "TX-2" }]);
    });

    test("is empty only where the gateway says that there is nothing", async () => {
      list(server, []);
      expect(await listTransactions()).toEqual({ kind: "listed", transactions: [] });
    });

    test.each([
      ["drops the connection", dropConnection],
      ["cuts its answer", cutAnswer],
      ["answers an error", answerJson([], 500)],
      ["answers a page", answerText("<html>점검 중</html>")],
      ["answers nothing", answerText("")],
      ["answers an empty object", answerJson({})],
      ["redirects", redirectTo("/elsewhere", 307)],
    ])("fails, and is not empty, when the gateway %s", async (_case, script) => {
      server.script(path, script);
      expect(await listTransactions()).toMatchObject({
        kind: "failed",
        reason: expect.any(String),
      });
    });

    test("fails when one day of several cannot be had", async () => {
      let asked = 0;
      const catching = {
        ...server,
        script: (where: string, answer: Script) =>
          server.script(where, (request, response) => {
            asked += 1;
            (asked === 2 ? dropConnection : answer)(request, response);
          }),
      };
      list(catching, [payment()]);
      const result = await listTransactions({ fromOn: "2026-02-05", untilOn: "2026-02-07" });
      // A gateway that lists the range in one answer has no second day to lose.
      expect(result.kind).toBe(asked >= 2 ? "failed" : "listed");
    });

    test("fails at its deadline, which holds for all days together", async () => {
      server.script(path, hang);
      const impatient = fixtures.createAdapter({ baseUrl: server.url, callDeadlineMs: 2_000 });
      expect(await listTransactions(DAYS, { with: impatient })).toMatchObject({ kind: "failed" });
      impatient.close();
    });

    test("asks nothing when it may not send", async () => {
      expect(await listTransactions(DAYS, { maySend: () => false })).toMatchObject({
        kind: "failed",
      });
      expect(server.bodiesAt(path)).toHaveLength(0);
    });

    test.each([
      ["ends before it begins", { fromOn: "2026-02-06", untilOn: "2026-02-05" }],
      ["is far too long", { fromOn: "2025-02-06", untilOn: "2026-02-05" }],
      ["names no days", { fromOn: "2026-02-30", untilOn: "2026-03-01" }],
    ])("asks nothing when the range %s", async (_case, range) => {
      expect(await listTransactions(range)).toMatchObject({ kind: "failed" });
      expect(server.bodiesAt(path)).toHaveLength(0);
    });
  });
}
