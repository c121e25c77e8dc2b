/** The part of the contract for gateways that charge a card sent along. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type {
  CardDetails,
  ChargeRequest,
  GatewayAdapter,
  PaymentSource,
} from "../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  cutAnswer,
  dropConnection,
  startScriptedServer,
} from "../support/scripted-server.ts";

/** The wire of a charge whose card is sent along. */
export interface KeyInWire {
  /** Where the money moves. */
  path: string;
  /** Where it moves when the same call saves the card; exactly where the adapter declares that. */
  savePath?: string;
  /** Makes it decline such charges with this code and these words. */
  decline(server: ScriptedServer, decline: { code: string; message: string }): void;
}

interface KeyInFixtures extends KeyInWire {
  createAdapter(server: { baseUrl: string; callDeadlineMs: number }): GatewayAdapter;
  /** Approves on the paths of `KeyInWire` too; a saved card gets a key that is none of `secrets`. */
  approveEverything(server: ScriptedServer, echo?: EchoedCharge): void;
  declineCodes: { unmapped: string };
  secrets: readonly string[];
  /** The charge that is paid with the card. */
  charge: ChargeRequest;
}

interface EchoedCharge {
  orderNumber?: string;
  amount?: string;
  transactionId?: string;
}

/** A test card of the simulator, with details that nothing else in a result looks like. */
const CARD: CardDetails = {
  number: "4111111111111111",
  expiry: "3108",
  password: "47",
  holderId: "900307",
};
const GROUPED = CARD.number.replace(/(\d{4})(?=\d)/g, "$1-");

/** Runs this part for one gateway. */
export function describeKeyIn(name: string, fixtures: KeyInFixtures): void {
  describeCard(name, fixtures, { path: fixtures.path, save: false });
  if (fixtures.savePath === undefined) return;
  describeCard(name, fixtures, { path: fixtures.savePath, save: true });
}

function describeCard(
  name: string,
  fixtures: KeyInFixtures,
  { path, save }: { path: string; save: boolean },
): void {
  let server: ScriptedServer;
  let adapter: GatewayAdapter;
  let seen: unknown[] = [];

  beforeEach(async () => {
    seen = [];
    server = await startScriptedServer();
    fixtures.approveEverything(server);
    adapter = fixtures.createAdapter({ baseUrl: server.url, callDeadlineMs: 10_000 });
  });

  afterEach(async () => {
    adapter.close();
    await server.close();
    const text = JSON.stringify(seen);
    for (const secret of [...fixtures.secrets, CARD.number, GROUPED, CARD.holderId]) {
      expect(text).not.toContain(secret);
    }
  });

  async function charge(maySend = () => true) {
    const opened = await adapter.openCredential({ call: "charge", paidWith: "card", save });
    if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
    const source: PaymentSource = { kind: "card", card: CARD, save };
    const call = { credential: opened.credential, maySend };
    const outcome = await adapter.charge(call, { ...fixtures.charge, source });
    seen.push(outcome);
    return outcome;
  }

  /** Where the card's number arrived, however it was grouped. */
  const cardArrivedAt = (): string[] =>
    server.requests
      .filter(({ body }) => body.replaceAll("-", "").includes(CARD.number))
      .map((request) => request.path);

  describe(`${name}: a card that is ${save ? "charged and saved" : "charged"}`, () => {
    test("approves, and the card goes out once", async () => {
      const savedCard = { billingKey: expect.stringMatching(/./), cardName: expect.any(String) };
      expect(await charge()).toEqual({
        kind: "approved",
        transaction: expect.objectContaining({ approvedAt: new Date("2026-02-05T08:56:11Z") }),
        ...(save && { savedCard }),
      });
      expect(cardArrivedAt()).toEqual([path]);
    });

    test("declines without a trace of the card that the gateway's words repeat", async () => {
      const code = fixtures.declineCodes.unmapped;
      const details = [...Object.values(CARD), GROUPED];
      fixtures.decline(server, { code, message: `거절 ${details.join(" / ")} 끝` });
      const outcome = await charge();
      expect(outcome).toMatchObject({ kind: "declined", decline: { rawCode: code } });
      for (const detail of details) expect(JSON.stringify(outcome)).not.toContain(detail);
      expect(cardArrivedAt()).toHaveLength(1);
    });

    test.each([
      ["is dropped", dropConnection],
      ["is cut", cutAnswer],
      ["is an error", answerJson({}, 500)],
      ["is empty", answerJson({})],
    ])("is unknown when the answer %s, and is not sent again", async (_case, script) => {
      server.script(path, script);
      expect(await charge()).toMatchObject({ kind: "unknown", reason: expect.any(String) });
      expect(cardArrivedAt()).toHaveLength(1);
    });

    test.each<[string, EchoedCharge]>([
      ["another order number", { orderNumber: "T-OTHER-1" }],
      ["another amount", { amount: "99000" }],
      ["no transaction", { transactionId: "" }],
    ])("is unknown when the approval echoes %s", async (_case, echo) => {
      fixtures.approveEverything(server, echo);
      expect(await charge()).toMatchObject({ kind: "unknown" });
    });

    test("does not go out when the lease is spent", async () => {
      expect(await charge(() => false)).toMatchObject({ kind: "not_sent" });
      expect(cardArrivedAt()).toEqual([]);
    });
  });
}
