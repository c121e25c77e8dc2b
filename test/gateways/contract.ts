/** The suite that every adapter passes, whatever its gateway's wire looks like. */
import iconv from "iconv-lite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChargeRequest, Credential, GatewayAdapter } from "../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  cutAnswer,
  dripForever,
  dropConnection,
  findClosedUrl,
  hang,
  redirectTo,
  resetConnection,
  speakNoHttp,
  startScriptedServer,
} from "../support/scripted-server.ts";
import { CONTRACT_CHARGE, type EchoChanges, type GatewayFixtures } from "./contract-fixtures.ts";
import { describeKeyIn } from "./key-in-contract.ts";

/** Runs the contract for one gateway. */
export function describeGateway(name: string, fixtures: GatewayFixtures): void {
  const { paths } = fixtures;
  const request = { ...CONTRACT_CHARGE, ...(fixtures.source && { source: fixtures.source }) };
  const charging = { call: "charge", paidWith: request.source.kind } as const;
  const credentialPath = paths.credential ?? "";
  const credentialCalls = () => server.requests.filter((one) => one.path === credentialPath).length;
  let server: ScriptedServer;
  let adapter: GatewayAdapter;
  let closers: Array<() => unknown> = [];
  let seen: unknown[] = [];

  beforeEach(async () => {
    seen = [];
    server = await startScriptedServer();
    adapter = createAdapter({ baseUrl: server.url });
    closers.push(() => server.close());
    fixtures.approveEverything(server);
  });

  afterEach(async () => {
    for (const close of closers.toReversed()) await close();
    closers = [];
    const text = JSON.stringify(seen);
    for (const secret of fixtures.secrets) expect(text).not.toContain(secret);
  });

  function createAdapter(where: { baseUrl: string; callDeadlineMs?: number }): GatewayAdapter {
    const made = fixtures.createAdapter({ callDeadlineMs: 10_000, ...where });
    closers.push(() => made.close());
    return made;
  }

  async function credentialOf(from: GatewayAdapter): Promise<Credential> {
    const opened = await from.openCredential(charging);
    if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
    return opened.credential;
  }

  async function charge(
    changes: Partial<ChargeRequest> = {},
    how: { with?: GatewayAdapter; maySend?: () => boolean; credential?: Credential } = {},
  ) {
    const chosen = how.with ?? adapter;
    const credential = how.credential ?? (await credentialOf(chosen));
    const call = { credential, maySend: how.maySend ?? (() => true) };
    const outcome = await chosen.charge(call, { ...request, ...changes });
    seen.push(outcome);
    return outcome;
  }

  /** An adapter whose calls end soon, for gateways that do not. */
  const impatient = () => createAdapter({ baseUrl: server.url, callDeadlineMs: 2_000 });

  describe(`${name}: what a charge can end as`, () => {
    test("approves, with the gateway's transaction and its date", async () => {
      const outcome = await charge();
      expect(outcome).toMatchObject({ kind: "approved", transaction: { id: expect.any(String) } });
      expect(outcome.kind === "approved" && outcome.transaction.approvedAt).toEqual(
        new Date("2026-02-05T08:56:11Z"),
      );
      expect(fixtures.sentCharges(server)).toEqual([
        {
          orderNumber: CONTRACT_CHARGE.orderNumber,
          amount: "9900",
          productName: CONTRACT_CHARGE.productName,
          customerName: CONTRACT_CHARGE.customerName,
        },
      ]);
    });

    const kinds = ["hard", "soft", "merchant"] as const;
    test.each(
      kinds.flatMap((kind) => {
        const code = fixtures.declineCodes[kind];
        return code === null ? [] : [[kind, code] as const];
      }),
    )("declines: %s", async (kind, code) => {
      fixtures.declineCharges(server, { code, message: "거절" });
      expect(await charge()).toMatchObject({
        kind: "declined",
        decline: { kind, rawCode: code, rawMessage: "거절" },
      });
    });

    test("takes a code that nobody knows for a soft decline", async () => {
      const code = fixtures.declineCodes.unmapped;
      fixtures.declineCharges(server, { code, message: "거절" });
      expect(await charge()).toMatchObject({
        kind: "declined",
        decline: { code: "unrecognized", kind: "soft", rawCode: code },
      });
    });

    test("leaves a refusal undecided whose words are not definite", async () => {
      const code = fixtures.declineCodes.unmapped;
      for (const message of [
        "PG 통신 오류",
        "응답 시간 초과",
        "timeout",
        "중복된 주문번호입니다",
      ]) {
        fixtures.declineCharges(server, { code, message });
        expect(await charge()).toMatchObject({ kind: "unknown" });
      }
    });

    test("removes secrets that a decline's words repeat", async () => {
      const message = `거절 ${fixtures.secrets.join(" / ")} 끝`;
      fixtures.declineCharges(server, { code: fixtures.declineCodes.unmapped, message });
      const outcome = await charge();
      expect(outcome).toMatchObject({ kind: "declined" });
      expect(JSON.stringify(outcome)).toContain("[removed]");
    });
  });

  describe(`${name}: not sent`, () => {
    test("when nobody listens", async () => {
      const credential = await credentialOf(adapter);
      const lost = createAdapter({ baseUrl: await findClosedUrl() });
      expect(await charge({}, { with: lost, credential })).toMatchObject({ kind: "not_sent" });
      if (paths.credential === null) return;
      const opened = await lost.openCredential(charging);
      seen.push(opened);
      expect(opened.kind).toBe("not_sent");
    });

    describe.runIf(paths.credential !== null)("when there is a credential step", () => {
      test.each([
        ["answers an error", answerJson({}, 500)],
        ["answers with something else", answerText("<html>점검 중</html>")],
        ["drops the connection", dropConnection],
        ["redirects", redirectTo("/login", 302)],
        ["cuts its answer", cutAnswer],
      ])("which %s", async (_case, script) => {
        server.script(credentialPath, script);
        const opened = await adapter.openCredential(charging);
        seen.push(opened);
        expect(opened).toMatchObject({ kind: "not_sent", reason: expect.any(String) });
        expect(fixtures.sentCharges(server)).toHaveLength(0);
      });

      test("which never answers", async () => {
        server.script(credentialPath, hang);
        expect((await impatient().openCredential(charging)).kind).toBe("not_sent");
      });

      test("whose credential the gateway refuses: the next call does not get it", async () => {
        for (const refuse of fixtures.credentialRefusals) {
          fixtures.approveEverything(server);
          const first = await credentialOf(adapter);
          refuse(server);
          expect(await charge({}, { credential: first })).toMatchObject({ kind: "not_sent" });
          const asked = credentialCalls();
          await credentialOf(adapter);
          expect(credentialCalls()).toBe(asked + 1);
        }
        expect(fixtures.credentialRefusals.length).toBeGreaterThan(0);
      });
    });

    test("when the lease is spent: nothing arrives", async () => {
      expect(await charge({}, { maySend: () => false })).toMatchObject({ kind: "not_sent" });
      expect(fixtures.sentCharges(server)).toHaveLength(0);
    });

    test("when the lease is spent while a connection opens: nothing arrives", async () => {
      const credential = await credentialOf(adapter);
      const fresh = createAdapter({ baseUrl: server.url });
      const answers = [true, false];
      const maySend = () => answers.shift() ?? false;
      expect(await charge({}, { with: fresh, credential, maySend })).toMatchObject({
        kind: "not_sent",
      });
      expect(fixtures.sentCharges(server)).toHaveLength(0);
    });
  });

  describe(`${name}: unknown`, () => {
    test.each([
      ["drops the connection", dropConnection],
      ["resets the connection", resetConnection],
      ["cuts its answer", cutAnswer],
      ["speaks no HTTP", speakNoHttp],
      ["answers 500", answerJson({ RESULTCODE: "1012", RESULTMSG: "거절" }, 500)],
      ["answers 503 with a page", answerText("<html>503</html>", 503)],
      ["answers 403", answerJson({}, 403)],
      ["answers a page", answerText("<html>점검 중</html>")],
      ["answers nothing", answerText("")],
      ["answers JSON that is no object", answerJson(["0000"])],
      ["answers an empty object", answerJson({})],
      ["answers in another charset", answerText(Buffer.from([0x7b, 0xb0, 0xc5, 0xc0, 0xfd]))],
      ["redirects", redirectTo("/elsewhere", 307)],
    ])("when the charge step %s", async (_case, script) => {
      server.script(paths.charge, script);
      expect(await charge()).toMatchObject({ kind: "unknown", reason: expect.any(String) });
      expect(fixtures.sentCharges(server)).toHaveLength(1);
      expect(server.requests.map(({ path }) => path)).not.toContain("/elsewhere");
    });

    test.each([
      ["never answers", hang],
      ["drips its answer", dripForever],
    ])("when the charge step %s", async (_case, script) => {
      server.script(paths.charge, script);
      expect(await charge({}, { with: impatient() })).toMatchObject({ kind: "unknown" });
    });

    test.each<[string, EchoChanges]>([
      ["another order number", { orderNumber: "T-OTHER-1" }],
      ["another amount", { amount: "99000" }],
      ["an amount in other letters", { amount: "9,900" }],
      ["no order number", { orderNumber: "" }],
      ["no amount", { amount: "" }],
      ["no transaction", { transactionId: "" }],
      ...(fixtures.echoes ?? []).map((field): [string, EchoChanges] => [
        `another ${field}`,
        { [field]: "somebody-elses" },
      ]),
    ])("when the approval echoes %s", async (_case, echo) => {
      fixtures.approveEverything(server, echo);
      expect(await charge()).toMatchObject({ kind: "unknown" });
    });

    test("the answer in hand is read although the lease has run out since the charge was sent", async () => {
      const arrived = () => server.requests.some(({ path }) => path === paths.charge);
      const outcome = await charge({}, { maySend: () => !arrived() });
      expect(outcome.kind).toBe("approved");
    });

    describe.runIf(paths.read !== undefined)("when the answer cannot be made readable", () => {
      const read = paths.read ?? "";

      test.each([
        ["drops the connection", dropConnection],
        ["answers 500", answerJson({}, 500)],
        ["answers a page", answerText("<html></html>")],
        ["refuses", answerJson({ RESULTCODE: "E030", RESULTMSG: "실패" })],
        ["says that the token is bad", answerJson({ RESULTCODE: "E003", RESULTMSG: "TOKEN" })],
        ["answers 401", answerJson({ RESULTMSG: "token" }, 401)],
        ["redirects", redirectTo("/elsewhere", 302)],
      ])("since the step %s, it is evidence", async (_case, script) => {
        server.script(read, script);
        const outcome = await charge();
        expect(outcome).toMatchObject({ kind: "unknown", evidence: { value: expect.any(String) } });
      });

      test("since the step never answers, it is evidence", async () => {
        server.script(read, hang);
        const outcome = await charge({}, { with: impatient() });
        expect(outcome).toMatchObject({ kind: "unknown", evidence: { value: expect.any(String) } });
      });

      test("it is read later, and says then what it said", async () => {
        server.script(read, answerJson({}, 500));
        const outcome = await charge();
        if (outcome.kind !== "unknown" || !outcome.evidence) throw new Error("no evidence");
        const call = { credential: await credentialOf(adapter), maySend: () => true };
        const expected = {
          orderNumber: CONTRACT_CHARGE.orderNumber,
          amount: CONTRACT_CHARGE.amount,
        };

        const again = await adapter.readEvidence(call, outcome.evidence, expected);
        expect(again).toEqual({ ...again, kind: "unknown", evidence: outcome.evidence });
        fixtures.approveEverything(server);
        expect(await adapter.readEvidence(call, outcome.evidence, expected)).toMatchObject({
          kind: "approved",
        });
        const otherwise = { ...expected, amount: 1 };
        const mismatch = await adapter.readEvidence(call, outcome.evidence, otherwise);
        expect(mismatch.kind).toBe("unknown");
      });

      test("it is never called unsent when it is read later without a lease", async () => {
        const evidence = { kind: "enc_data", value: "sealed" };
        const call = { credential: await credentialOf(adapter), maySend: () => false };
        const expected = {
          orderNumber: CONTRACT_CHARGE.orderNumber,
          amount: CONTRACT_CHARGE.amount,
        };
        const outcome = await adapter.readEvidence(call, evidence, expected);
        expect(outcome).toMatchObject({ kind: "unknown", evidence });
      });
    });
  });

  test(`${name}: has a key-in part where it takes cards, and a saving one where it saves them`, () => {
    const { paysWith, savesWithCharge } = adapter.capabilities;
    expect(paysWith.includes("card")).toBe(fixtures.keyIn !== undefined);
    expect(savesWithCharge).toBe(fixtures.keyIn?.savePath !== undefined);
  });

  if (fixtures.keyIn)
    describeKeyIn(name, { ...fixtures, ...fixtures.keyIn, charge: CONTRACT_CHARGE });

  describe(`${name}: at the edges`, () => {
    test("cuts names between characters, and sends none that the gateway refuses", async () => {
      const family = "👨‍👩‍👧";
      const names = [
        "가".repeat(200),
        `${"가".repeat(18)}${family}${family}`,
        'A&B <상품> "1"',
        "\u0007 x",
      ];
      for (const productName of names) {
        const outcome = await charge({ productName, customerName: productName });
        expect(outcome.kind).toBe("approved");
      }
      const sent = fixtures.sentCharges(server);
      expect(sent).toHaveLength(names.length);
      for (const [index, { productName, customerName }] of sent.entries()) {
        expect(productName.length).toBeLessThanOrEqual(fixtures.nameLengthMax.productName);
        expect(customerName.length).toBeLessThanOrEqual(fixtures.nameLengthMax.customerName);
        expect(names[index]?.startsWith(customerName) || index >= 2).toBe(true);
        expect(`${productName}${customerName}`).not.toMatch(/[\p{Cc}\p{Cs}&]/u);
        expect(customerName).not.toMatch(/\u200d$/);
      }
    });

    test("sends the smallest and the highest amount as they are", async () => {
      for (const amount of [1, 9_999_999_999]) {
        expect((await charge({ amount })).kind).toBe("approved");
      }
      expect(fixtures.sentCharges(server).map(({ amount }) => amount)).toEqual(["1", "9999999999"]);
    });

    test("sends Korean names as they are, and none that its charset cannot hold", async () => {
      const takesAll = adapter.capabilities.nameCharset === "utf-8";
      const korean = "똠방각하 뷁 힣";
      expect((await charge({ productName: korean })).kind).toBe("approved");
      expect((await charge({ productName: "구독 😀 ʼn" })).kind).toBe("approved");
      const [first, second] = fixtures.sentCharges(server);
      expect(first?.productName).toBe(korean);
      expect(second?.productName).toMatch(takesAll ? /^구독 😀 ʼn$/ : /^구독/);
      if (takesAll) return;
      const sent = second?.productName ?? "";
      expect(iconv.decode(iconv.encode(sent, "cp949"), "cp949")).toBe(sent);
      expect(sent).not.toContain("?");
    });

    test("keeps fifty calls at once apart", async () => {
      const numbers = Array.from({ length: 50 }, (_, index) => `T-4F2K9QX1-${index}`);
      const outcomes = await Promise.all(
        numbers.map((orderNumber, index) => charge({ orderNumber, amount: 1_000 + index })),
      );
      expect(outcomes.filter(({ kind }) => kind === "approved")).toHaveLength(50);
      const credentials = fixtures.credentialPerCall === true ? 50 : 1;
      expect(credentialCalls()).toBe(paths.credential === null ? 0 : credentials);
      expect(new Set(fixtures.sentCharges(server).map((sent) => sent.orderNumber)).size).toBe(50);
    });

    test("tells how long a call can take and when its credential ends", async () => {
      const credential = await credentialOf(adapter);
      expect(adapter.callDeadlineMs).toBe(10_000);
      expect(credential.endsAt.getTime()).toBeGreaterThan(Date.now() + adapter.callDeadlineMs);
    });
  });
}
