import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGateways } from "../../src/compose-gateways.ts";
import { testPagesOf } from "../../src/compose-test-pages.ts";
import { loadConfig } from "../../src/config.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import {
  type EasypayResultView,
  easypayResultHeaders,
  easypayResultPage,
} from "../../src/http/pages/easypay-result-page.ts";
import { OFFERED_CARDS } from "../../src/http/pages/test-cards.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { TEST_CARDS } from "../../src/simulator/cards.ts";
import { createTestApp, createTestDeps, send } from "./support.ts";

const SIMULATOR = "http://127.0.0.1:4000";
const SIMULATED = {
  COOKIEPAY_API_URL: SIMULATOR,
  KIWOOM_TEST_API_URL: SIMULATOR,
  PORTONE_API_URL: SIMULATOR,
  PAYUP_API_URL: SIMULATOR,
};
const REAL = {
  COOKIEPAY_API_URL: "https://sandbox.cookiepayments.com",
  KIWOOM_TEST_API_URL: "https://apitest.kiwoompay.co.kr",
  PORTONE_API_URL: "https://api.iamport.kr",
  PAYUP_API_URL: "https://api.testpayup.co.kr",
};
const PAGES = ["/test.html", "/test-pay.html", "/test-refund.html", "/easypay/sdk-example"];
const API_KEY = "key-of-sixteen-characters";

function appOf(settings: Record<string, string>, changes: { apiKeys?: string[] } = {}) {
  const config = loadConfig({ ...SIMULATED, ...settings });
  const deps = createTestDeps();
  return createTestApp({
    config: { ...deps.config, ...changes },
    gateways: createGateways(config, systemClock),
    testPages: testPagesOf(config),
  });
}

describe("the pages for trying things out", () => {
  let app: HttpApp;

  beforeAll(async () => {
    app = await appOf({});
  });
  afterAll(() => app.close());

  const get = (url: string, headers: Record<string, string> = {}) =>
    send(app, { method: "GET", url, headers });

  it.each(PAGES)("%s runs nothing but our own files and is in no frame", async (url) => {
    const page = await get(url);
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["cache-control"]).toBe("no-store");
    const policy = String(page.headers["content-security-policy"]).split("; ");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.find((one) => one.startsWith("script-src"))).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc="\/assets\/)|<style|\sstyle=|\son\w+=/);
    expect(page.text).not.toMatch(/<form(?![^>]*method="post")/);
    expect(page.text).toMatch(/<button type="submit" disabled>/);
  });

  it.each(PAGES.slice(0, 3))("%s takes nothing from elsewhere", async (url) => {
    const page = await get(url);
    expect(page.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    expect(page.headers["referrer-policy"]).toBe("no-referrer");
  });

  it("has the window's example take scripts, frames and forms from the simulator alone", async () => {
    const page = await get("/easypay/sdk-example");
    const policy = String(page.headers["content-security-policy"]).split("; ");
    for (const directive of ["script-src", "frame-src", "form-action", "connect-src"]) {
      expect(policy).toContain(`${directive} 'self' ${SIMULATOR}`);
    }
    expect(page.headers["cross-origin-opener-policy"]).toBe("same-origin-allow-popups");
  });

  it.each(PAGES)("%s speaks the language that is asked for", async (url) => {
    const told = async (address: string, accept?: string) => {
      const page = await get(address, accept === undefined ? {} : { "accept-language": accept });
      const [, language] = /<html lang="(\w+)">/.exec(page.text) ?? [];
      expect(page.headers["content-language"]).toBe(language);
      return { language, isKorean: /<h1>[^<]*[가-힣]/.test(page.text) };
    };
    const korean = { language: "ko", isKorean: true };
    const english = { language: "en", isKorean: false };
    expect(await told(url)).toEqual(english);
    expect(await told(url, "ko-KR,ko;q=0.9,en;q=0.8")).toEqual(korean);
    expect(await told(`${url}?lang=en`, "ko")).toEqual(english);
    expect(await told(`${url}?lang=ko&billingKey=key_1`)).toEqual(korean);
    expect(await told(`${url}?lang=fr`)).toEqual(english);
  });

  it.each(PAGES)("%s labels every field, with a place for what is wrong with it", async (url) => {
    const { text } = await get(url);
    const ids = [...text.matchAll(/<(?:input|select)[^>]*\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids) {
      expect(text).toContain(`<label for="${id}">`);
      expect(text).toContain(`id="${id}-fault" role="alert"`);
    }
  });

  it("names every gateway that saves cards, the default one first", async () => {
    const { text } = await get("/test.html?lang=en");
    const offered = [...text.matchAll(/<option value="(\w+)">([^<]+)</g)].map(([, , name]) => name);
    expect(offered).toEqual([
      "cookiepay (simulator)",
      "kiwoompay (simulator)",
      "portone (simulator)",
    ]);
    expect(text).toContain("no money moves");
  });

  it("offers the simulator's own test cards, all of them", async () => {
    expect(OFFERED_CARDS.map(({ number }) => number).sort()).toEqual(
      TEST_CARDS.map(({ number }) => number).sort(),
    );
    const { text } = await get("/test.html");
    const buttons = [...text.matchAll(/data-card="(\d+)"/g)].map(([, number]) => number);
    expect(buttons).toEqual(OFFERED_CARDS.map(({ number }) => number));
  });

  it("asks for an API key only where one is needed", async () => {
    const keyed = await appOf({}, { apiKeys: [API_KEY] });
    for (const url of PAGES) {
      expect((await get(url)).text).not.toContain('id="apiKey"');
      const page = await send(keyed, { method: "GET", url });
      expect(page.text).toContain('type="password" id="apiKey"');
      expect(page.text).not.toContain(API_KEY);
    }
    await keyed.close();
  });

  it("gives scripts and style under an ETag, as long as nobody has them", async () => {
    const { text } = await get("/test.html");
    const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file);
    expect(files).toEqual(["/assets/page.css", "/assets/save-card.js"]);
    for (const url of files) {
      const first = await get(url ?? "");
      expect(first.status).toBe(200);
      expect(first.headers["content-type"]).toMatch(/^text\/(?:css|javascript); charset=utf-8$/);
      expect(first.headers["cache-control"]).toBe("no-cache");
      const again = await get(url ?? "", { "if-none-match": String(first.headers["etag"]) });
      expect([again.status, again.text]).toEqual([304, ""]);
    }
    for (const other of ["/assets/", "/assets/tsconfig.json", "/assets/..%2froutes%2fassets.ts"]) {
      expect((await get(other)).status).toBe(404);
    }
  });

  it("is found from the front page", async () => {
    const front = await get("/");
    expect(front.body["links"]).toMatchObject({ tryIt: "/test.html" });
  });

  it("is in no documentation", async () => {
    const { text } = await get("/docs/json");
    for (const url of [...PAGES, "/assets"]) expect(text).not.toContain(`"${url}`);
  });
});

describe("with real gateways", () => {
  it("says so, offers no test card and names whose windows may open", async () => {
    const app = await appOf(REAL);
    const register = await send(app, { method: "GET", url: "/test.html?lang=en" });
    expect(register.text).toContain("money may move");
    expect(register.text).not.toContain("data-card");
    const example = await send(app, { method: "GET", url: "/easypay/sdk-example" });
    expect(example.headers["content-security-policy"]).toContain(
      "script-src 'self' https://*.kiwoompay.co.kr https://*.iamport.kr https://*.kcp.co.kr;",
    );
    await app.close();
  });
});

describe("in production", () => {
  it("there are no such pages", async () => {
    const config = { ...loadConfig(REAL), environment: "production" as const };
    const app = await createTestApp({ testPages: testPagesOf(config) });
    for (const url of PAGES) {
      const answer = await send(app, { method: "GET", url });
      expect(answer.status).toBe(404);
      expect(answer.body.code).toBe("ROUTE_NOT_FOUND");
    }
    expect((await send(app, { method: "GET", url: "/" })).text).not.toContain("test.html");
    await app.close();
  });
});

describe("the page after a payment window", () => {
  const PAID: EasypayResultView = {
    status: "paid",
    amount: 9900,
    productName: "<b>구독</b>",
    orderId: "ORDER-1",
    reason: null,
    virtualAccount: null,
    refreshSeconds: null,
    continueUrl: null,
  };

  it("tells what was paid, in both languages, and escapes what the shop wrote", () => {
    const korean = easypayResultPage(PAID, "ko");
    expect(korean).toContain("결제가 완료되었습니다");
    expect(korean).toContain("<dd>9,900원</dd>");
    expect(korean).toContain("&lt;b&gt;구독&lt;/b&gt;");
    expect(korean).not.toContain("http-equiv");
    expect(korean).not.toContain("target=");
    expect(easypayResultPage(PAID, "en")).toContain("<dd>9,900 won</dd>");
  });

  it("asks again by itself while the payment is confirmed", () => {
    const page = easypayResultPage({ ...PAID, status: "confirming", refreshSeconds: 3 }, "ko");
    expect(page).toContain('<meta http-equiv="refresh" content="3">');
    expect(page).toContain("다시 결제하지 마세요");
  });

  it("says where a deposit is waited for, and why a payment failed", () => {
    const virtualAccount = {
      bankName: "국민은행",
      accountNumber: "123-456",
      holder: "키움페이",
      endsAt: "3월 15일",
    };
    const pending = easypayResultPage({ ...PAID, status: "pending", virtualAccount }, "ko");
    for (const fact of Object.values(virtualAccount)) expect(pending).toContain(`<dd>${fact}</dd>`);
    const failed = easypayResultPage({ ...PAID, status: "failed", reason: "잔액부족" }, "en");
    expect(failed).toContain("Nothing was charged");
    expect(failed).toContain("<dd>잔액부족</dd>");
    expect(easypayResultPage({ ...PAID, status: "expired" }, "en")).toContain(
      "time to pay is over",
    );
  });

  it("goes on to the shop in the whole window, and may stand in the shop's frame", () => {
    const page = easypayResultPage({ ...PAID, continueUrl: "https://shop.example/?a=1&b=2" }, "en");
    expect(page).toContain('href="https://shop.example/?a=1&amp;b=2" target="_top"');
    expect(page).toContain('src="/assets/leave-frame.js"');
    expect(easypayResultHeaders("en")["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; style-src 'self'; base-uri 'none'; frame-ancestors *",
    );
  });
});
