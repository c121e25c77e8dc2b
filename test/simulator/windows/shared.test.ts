import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import Fastify from "fastify";
import { createContext, runInContext } from "node:vm";
import iconv from "iconv-lite";
import { describe, expect, it, onTestFinished } from "vitest";
import { TEST_CARDS } from "../../../src/simulator/cards.ts";
import { openValue, sealValue } from "../../../src/simulator/sealed.ts";
import { parseFormBytes, readBodiesAsForms } from "../../../src/simulator/windows/form-bodies.ts";
import { createOpenWindows } from "../../../src/simulator/windows/open-windows.ts";
import {
  type PageReply,
  readWebAddress,
  sendPage,
  toMessagePage,
  toRedirect,
} from "../../../src/simulator/windows/reply-page.ts";
import { toPostingPage, toTellingPage } from "../../../src/simulator/windows/return-pages.ts";
import { readWindowChoice, toWindowPage } from "../../../src/simulator/windows/window-page.ts";
import { packed } from "../../support/packed.ts";
import { startSimulator } from "../support.ts";
import { fieldsOf, formOf, postForm } from "./support.ts";

const CONTENT = {
  title: "키움페이 결제창",
  action: "/_sim/x",
  windowId: "w-1",
  facts: { merchant: "M", goods: "<b>구독", amount: 9900, orderNumber: "P-1" },
  methods: ["KAKAOPAY", "CARD"].map((value) => ({ value, text: { ko: value, en: value } })),
  withoutCard: { ko: "지갑 머니", en: "The wallet's money" },
};

function assertStrict({ headers, text }: PageReply, runs: string[]): void {
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? "";
  const hash = createHash("sha256").update(style).digest("base64");
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain(`style-src 'sha256-${hash}'`);
  expect(policy.includes("script-src 'self'")).toBe(runs.length > 0);
  expect(policy).not.toMatch(/unsafe|frame-ancestors|form-action/);
  expect([...text.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes)).toEqual(
    runs.map((path) => ` src="${path}"`),
  );
  expect(text).not.toMatch(/ on[a-z]+=|style="|<link/);
}

describe("a payment window's page", () => {
  it("is a form in two languages that needs no script, with every button and test card", () => {
    const reply = toWindowPage(CONTENT);
    assertStrict(reply, ["/_sim/windows/press-once.js"]);
    for (const word of ["결제하기", "Pay", "거절되기", "닫기", "lose the way back", "9,900"]) {
      expect(reply.text).toContain(word);
    }
    expect(reply.text).toContain("&lt;b&gt;구독");
    expect(fieldsOf(reply.text)).toEqual({ window: "w-1" });
    expect(reply.text.match(/<button name="act" value="\w+"/g)).toHaveLength(4);
    for (const { id } of TEST_CARDS) expect(reply.text).toContain(`<option value="${id}">`);
    expect(reply.text).not.toMatch(/\d{16}/);
  });

  it("asks for a method only where there is a choice", () => {
    expect(toWindowPage(CONTENT).text.match(/type="radio"/g)).toHaveLength(2);
    const one = toWindowPage({ ...CONTENT, methods: CONTENT.methods.slice(0, 1) }).text;
    expect(one).not.toContain("radio");
    expect(fieldsOf(one)).toEqual({ window: "w-1", method: "KAKAOPAY" });
  });

  it("reads its form back, and refuses what is none of its own", () => {
    const form = { window: "w-1", act: "vanish", method: "CARD", card: "insufficient_funds" };
    expect(readWindowChoice(form)).toMatchObject({
      windowId: "w-1",
      act: "vanish",
      method: "CARD",
      card: { id: "insufficient_funds" },
    });
    expect(readWindowChoice({ act: "pay", card: "" })).toMatchObject({ card: null, method: "" });
    expect(() => readWindowChoice({ act: "steal" })).toThrow("act must be one of");
    expect(() => readWindowChoice({ act: "pay", card: "x" })).toThrow("card must be");
  });
});

describe("the ways back", () => {
  const fields = { res_cd: "0000", submit: "1", quote: `'"<>&` };

  it("a page posts a form to the merchant, by itself or by its button", () => {
    const url = "http://127.0.0.1:9/return?a=1&b=2";
    const reply = toPostingPage("T", { url, fields, charset: "euc-kr" });
    assertStrict(reply, ["/_sim/windows/post-form.js"]);
    expect(formOf(reply.text)).toEqual({ action: url, charset: "euc-kr" });
    expect(fieldsOf(reply.text)).toEqual(fields);
    expect(reply.text).toContain("<button>");
  });

  it("a page tells the page that opened it", () => {
    const reply = toTellingPage("T", { from: "payup", origin: "http://shop", result: fields });
    assertStrict(reply, ["/_sim/windows/tell-opener.js"]);
    const told = /data-result="([^"]*)"/.exec(reply.text)?.[1] ?? "";
    expect(told).toContain("&quot;res_cd&quot;:&quot;0000&quot;");
  });

  it("lead to an address, or end in a message", async () => {
    const app = Fastify();
    onTestFinished(() => app.close());
    readBodiesAsForms(app, "euc-kr");
    app.post<{ Body: Record<string, string> }>("/away", (request, reply) =>
      sendPage(reply, toRedirect(`http://shop/${request.body.to}`)),
    );
    app.post("/here", (_request, reply) =>
      sendPage(reply, toMessagePage("<T>", { ko: "끝", en: "The end", code: "9002" }, 400)),
    );
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    const away = await postForm(`${url}/away`, { to: "home", name: "똠" }, "euc-kr");
    expect([away.status, away.headers.get("location")]).toEqual([303, "http://shop/home"]);
    const here = await postForm(`${url}/here`, {});
    expect(here.status).toBe(400);
    const text = await here.text();
    for (const part of ["&lt;T&gt;", "끝", "The end", "9002"]) expect(text).toContain(part);
  });

  it("are addresses of the web and nothing else", () => {
    expect(readWebAddress("https://shop.kr/뒤로?x=가")).toMatch(/^https:\/\/shop\.kr\/%EB/);
    for (const text of ["javascript:alert(1)", "/return", "test", "", "data:text/html,x"]) {
      expect(readWebAddress(text)).toBeNull();
    }
  });
});

describe("the scripts for browsers", () => {
  it.each(["post-form", "tell-opener"])(
    "%s is served, and packed with the sources",
    async (name) => {
      const { client } = await startSimulator();
      const response = await fetch(`${client.base}/_sim/windows/${name}.js`);
      expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
      const text = await response.text();
      expect(text).toBe(readFileSync(`src/simulator/windows/browser/${name}.js`, "utf8"));
      const place = packed(`src/simulator/windows/browser/${name}.js`);
      expect(existsSync(place) && readFileSync(place, "utf8")).toBe(text);
    },
  );

  it.each([
    ["/sdk/v1/latest/kiwoompayEnc.js", "KiwoomPaySDK"],
    ["/plugin/payplus_web.jsp", "KCP_Pay_Execute"],
  ])("%s stands in for the real one", async (path, defines) => {
    const { client } = await startSimulator();
    const response = await fetch(client.base + path);
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const text = await response.text();
    expect(text).toContain(`window.${defines} =`);
    expect(text).toContain("window.simulatorWindows ??=");
  });

  it("tell the page around a window, and only that of the origin", () => {
    const told: unknown[] = [];
    const parent = { postMessage: (...message: unknown[]) => told.push(message) };
    const dataset = { from: "payup", origin: "http://shop", result: '{"res_cd":"3001"}' };
    const window = { opener: null, parent };
    const document = { getElementById: () => ({ dataset }) };
    const script = readFileSync("src/simulator/windows/browser/tell-opener.js", "utf8");
    runInContext(script, createContext({ window, document, JSON }));
    expect(told).toEqual([[{ from: "payup", result: { res_cd: "3001" } }, "http://shop"]]);
  });
});

describe("a browser's form", () => {
  it("is read byte by byte, in its charset", () => {
    const escaped = [...iconv.encode("똠 구독", "cp949")]
      .map((byte) => `%${byte.toString(16)}`)
      .join("");
    expect(parseFormBytes(Buffer.from(`a=1+2&b=${escaped}&c=`), "euc-kr")).toEqual({
      a: "1 2",
      b: "똠 구독",
      c: "",
    });
    expect(parseFormBytes(Buffer.from("b=%EA%B5%AC"), "utf-8")).toEqual({ b: "구" });
  });

  it("is nothing where it cannot be read, or says one thing twice", () => {
    for (const text of ["a=%ff%ff", "a=1&a=2"]) {
      expect(parseFormBytes(Buffer.from(text), "euc-kr")).toBeUndefined();
    }
  });
});

describe("what is sealed", () => {
  it("opens for its own purpose and key, and not where it was changed", () => {
    const seal = { key: Buffer.alloc(32, 1), purpose: "A" };
    const text = sealValue({ amount: 1 }, seal);
    expect(openValue(text, seal)).toEqual({ amount: 1 });
    const changed = `${text.slice(0, -5)}AAAA=`;
    expect(openValue(text, { ...seal, purpose: "B" })).toBeNull();
    expect(openValue(text, { ...seal, key: Buffer.alloc(32, 2) })).toBeNull();
    expect([openValue(changed, seal), openValue("", seal)]).toEqual([null, null]);
  });
});

describe("an open window", () => {
  it("is used once", () => {
    const windows = createOpenWindows<string>();
    const [one, other] = [windows.open("A"), windows.open("B")];
    expect(one).not.toBe(other);
    expect([windows.take(one), windows.take(one), windows.take("?")]).toEqual([
      "A",
      undefined,
      undefined,
    ]);
    expect(windows.take(other)).toBe("B");
  });
});
