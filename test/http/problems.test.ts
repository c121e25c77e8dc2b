import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BillingError, ERROR_CODES, type ErrorCode } from "../../src/domain/errors.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { PROBLEMS, type ProblemCode, problemType } from "../../src/http/problems.ts";
import type { InvoiceStore } from "../../src/stores/invoices.ts";
import {
  GOOD_BODIES,
  createCollectingLogger,
  createTestApp,
  createTestDeps,
  send,
} from "./support.ts";

const CODES = Object.keys(PROBLEMS) as ProblemCode[];
const HANGUL = /[가-힣]/;

describe("the table of problems", () => {
  it.each(CODES)("tells %s in both languages", (code) => {
    const { title, cause, fix, detail } = PROBLEMS[code];
    for (const text of [title, cause, fix, detail]) {
      expect(text.en).not.toMatch(HANGUL);
      expect(text.en).not.toBe("");
      expect(HANGUL.test(text.ko) || /^\{\w+\}$/.test(text.ko)).toBe(true);
      // Places that are filled in are the same ones in both languages.
      expect(placesOf(text.ko)).toEqual(placesOf(text.en));
    }
    expect(placesOf(detail.en).every((place) => place in PROBLEMS[code].example)).toBe(true);
    expect(PROBLEMS[code].status).toBeGreaterThanOrEqual(400);
  });
});

function placesOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
}

describe("an answer that is a problem", () => {
  let app: HttpApp;
  let thrown: unknown = null;
  const collected = createCollectingLogger();

  beforeAll(async () => {
    app = await createTestApp({
      log: collected.log,
      invoices: { find: () => Promise.reject(thrown) } as unknown as InvoiceStore,
    });
  });

  afterAll(() => app.close());

  function get(headers: Record<string, string> = {}) {
    return send(app, { method: "GET", url: "/billing/payment/pay_1", headers });
  }

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])("tells %s by its code", async (code) => {
    thrown = new BillingError(code, PROBLEMS[code].example, "/amount");
    const answer = await get();
    expect(answer.status).toBe(PROBLEMS[code].status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.body).toMatchObject({
      type: problemType(code),
      code,
      status: answer.status,
      title: PROBLEMS[code].title.en,
    });
    expect(answer.body.detail).not.toMatch(/[{}?]/);
    expect(answer.body.errors).toEqual([{ pointer: "/amount", expected: PROBLEMS[code].fix.en }]);
    expect(answer.body.requestId).toBe(answer.headers["x-request-id"]);
    const page = await send(app, { method: "GET", url: answer.body.type });
    expect(page.status).toBe(200);
  });

  it("speaks Korean where that is preferred", async () => {
    thrown = new BillingError("REFUND_TOO_LARGE", { amount: 9900, left: 4900 });
    const answer = await get({ "accept-language": "ko-KR,ko;q=0.9,en-US;q=0.8" });
    expect(answer.headers["content-language"]).toBe("ko");
    expect(answer.body.title).toBe("환불 가능 금액을 넘었습니다");
    expect(answer.body.detail).toBe("요청 금액은 9900원이며 환불 가능한 금액은 4900원입니다.");
  });

  it.each([
    ["en-US,en;q=0.9,ko;q=0.8", "en"],
    ["ko;q=0,en", "en"],
    ["fr", "en"],
    ["ko", "ko"],
    ["*;q=0.1,ko;q=0.5", "ko"],
    [",;q=,ko-KR;q=9", "ko"],
  ])("reads Accept-Language %s as %s", async (header, language) => {
    thrown = new BillingError("NOT_FOUND", { id: "x" });
    expect((await get({ "accept-language": header })).headers["content-language"]).toBe(language);
  });

  it("tells a refused card why, in the reader's language", async () => {
    thrown = new BillingError("CARD_REFUSED", { reason: "limit_exceeded" });
    expect((await get()).body.decline).toEqual({
      code: "limit_exceeded",
      message: "The card's limit is used up.",
    });
    const korean = await get({ "accept-language": "ko" });
    expect(korean.body.detail).toBe("카드 한도를 초과했습니다.");
  });

  it("says when to come back while the database is away", async () => {
    thrown = Object.assign(new Error("connect ECONNREFUSED"), { name: "MongoNetworkError" });
    const answer = await get();
    expect(answer.status).toBe(503);
    expect(answer.body.code).toBe("DATABASE_UNAVAILABLE");
    expect(answer.headers["retry-after"]).toBe("5");
  });

  it("gives nothing away of an unexpected error, and logs where it was", async () => {
    thrown = new TypeError("secret detail");
    collected.lines.length = 0;
    const answer = await get();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain("secret detail");
    const line = collected.lines.find((one) => one.level === "error");
    expect(line?.fields).toMatchObject({ requestId: answer.body.requestId });
  });

  it("is a problem even where something that is no error was thrown", async () => {
    thrown = "a text";
    expect((await get()).body.code).toBe("INTERNAL");
  });

  it("never repeats a value longer than 80 characters", async () => {
    const url = `/${"x".repeat(2000)}`;
    const answer = await send(app, { method: "GET", url });
    expect(answer.text).not.toContain("x".repeat(81));
    thrown = new BillingError("NOT_FOUND", { id: "y".repeat(500) });
    expect((await get()).text).not.toContain("y".repeat(81));
  });
});

describe("validation problems", () => {
  let app: HttpApp;

  beforeAll(async () => {
    app = await createTestApp();
  });

  afterAll(() => app.close());

  function post(url: string, payload: object, language = "en") {
    return send(app, {
      method: "POST",
      url,
      headers: { "accept-language": language },
      payload,
    });
  }

  const SECRETS = {
    cardNumber: "4999999999999998",
    expireDate: "9988",
    cardPassword: "797",
    birthDate: "987654321",
  };

  it.each(["en", "ko"])("never echo a secret field (%s)", async (language) => {
    const good = GOOD_BODIES["/billing/register"];
    const answer = await post("/billing/register", { ...good, ...SECRETS }, language);
    expect(answer.body.errors).toHaveLength(4);
    for (const secret of Object.values(SECRETS)) expect(answer.text).not.toContain(secret);
    const asName = await post("/billing/register", { ...good, [SECRETS.cardNumber]: 1 }, language);
    expect(asName.text).not.toContain(SECRETS.cardNumber);
  });

  it("speak Korean only, where Korean is asked for", async () => {
    const answer = await post("/billing/pay", { amount: "9900", amont: 1 }, "ko");
    expect(answer.body.title).toBe("요청 값이 올바르지 않습니다");
    for (const { expected } of answer.body.errors ?? []) {
      expect(expected).toMatch(HANGUL);
      expect(expected).not.toMatch(/\b(?:required|must|not a|did you|characters)\b/);
    }
  });

  it.each([
    ["홍😀", "😀", "U+1F600"],
    ["café", "é", "U+00E9"],
    ["a\u200Bb", "", "U+200B"],
    ["줄\n바꿈", "", "U+000A"],
    ["\ud800", "", "U+D800"],
  ])("name the character of %j that gateways cannot take", async (customerName, shown, point) => {
    const body = { ...GOOD_BODIES["/billing/register"], customerName };
    const answer = await post("/billing/register", body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toHaveLength(1);
    expect(answer.body.errors?.[0]?.expected).toContain(shown);
    expect(answer.body.errors?.[0]?.expected).toContain(point);
  });

  it("tell a body in EUC-KR that it is not UTF-8", async () => {
    const body = JSON.stringify({ ...GOOD_BODIES["/billing/register"], customerName: "NAME" });
    const [head = "", tail = ""] = body.split("NAME");
    const bytes = Buffer.concat([
      Buffer.from(head),
      Buffer.from([0xc8, 0xab, 0xb1, 0xe6]),
      Buffer.from(tail),
    ]);
    const answer = await send(app, {
      method: "POST",
      url: "/billing/register",
      headers: { "content-type": "application/json" },
      payload: bytes,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("MALFORMED_BODY");
    expect(PROBLEMS.MALFORMED_BODY.fix.en).toContain("UTF-8");
  });

  it("list at most twenty faults", async () => {
    const junk = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`f${n}`, 1]));
    expect((await post("/billing/pay", junk)).body.errors).toHaveLength(20);
  });
});

describe("the pages of problems", () => {
  it("explain cause, fix and example as a page and as JSON", async () => {
    const app = await createTestApp(createTestDeps());
    for (const code of CODES) {
      const url = problemType(code);
      const json = await send(app, { method: "GET", url, headers: { "accept-language": "ko" } });
      expect(json.body).toMatchObject({ code, title: PROBLEMS[code].title.ko });
      expect(json.text).not.toContain("undefined");
      const page = await send(app, { method: "GET", url, headers: { accept: "text/html" } });
      expect(page.headers["content-type"]).toContain("text/html");
      expect(page.text).toContain(code);
    }
    const list = await send(app, { method: "GET", url: "/problems" });
    expect(list.body).toHaveLength(CODES.length);
    expect((await send(app, { method: "GET", url: "/problems/nope" })).status).toBe(404);
    expect((await send(app, { method: "GET", url: "/problems/to-string" })).status).toBe(404);
    await app.close();
  });
});
