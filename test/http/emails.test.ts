import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppDeps } from "../../src/http/app-deps.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import {
  CUSTOMER_KINDS,
  type Message,
  OPERATOR_KINDS,
  newMessage,
} from "../../src/domain/message.ts";
import { EXAMPLE_FACTS } from "../../src/notify/example-facts.ts";
import { renderMail } from "../../src/notify/render-mail.ts";
import { createTestApp, send } from "./support.ts";

const RIGHT = `Basic ${Buffer.from("admin:correct horse battery").toString("base64")}`;
const MERCHANT = { name: "키움 서점", contact: "", zone: "Asia/Seoul" };

const recorded: Message = newMessage(
  {
    stage: "sub_1-p0.receipt",
    kind: "receipt",
    subject: { invoiceId: null, subscriptionId: null, billingKeyId: null, number: null },
    facts: { ...EXAMPLE_FACTS.receipt, customerName: "<b>Eve</b>" },
  },
  { channel: "email", to: "hong@example.com", language: "ko", notSent: "no SMTP" },
  new Date("2027-03-15T01:00:00Z"),
);

const depsOf = (examples: AppDeps["mails"]["examples"]): Partial<AppDeps> => ({
  messages: {
    find: async (id) => (id === recorded.id ? recorded : null),
    listRecent: async () => [recorded],
  },
  mails: { render: (message) => renderMail(message, MERCHANT), examples },
});

describe("the administration's messages", () => {
  let app: HttpApp;
  let production: HttpApp;
  beforeAll(async () => {
    app = await createTestApp(depsOf(EXAMPLE_FACTS));
    production = await createTestApp(depsOf(null));
  });
  afterAll(async () => {
    await app?.close();
    await production?.close();
  });

  const get = (url: string, headers: Record<string, string> = {}, from = app) =>
    send(from, { method: "GET", url, headers: { authorization: RIGHT, ...headers } });
  const page = (url: string, from = app) => get(url, { accept: "text/html" }, from);

  it("are behind the login", async () => {
    for (const url of ["/admin/emails", "/admin/emails/preview/receipt/ko/html"]) {
      expect((await send(app, { method: "GET", url })).status).toBe(401);
    }
  });

  it("list the newest with masked addresses, as a page and as JSON", async () => {
    const json = await get("/admin/emails");
    expect(json.body["messages"]).toMatchObject([
      { id: recorded.id, to: "h***@example.com", state: "not_sent", reason: "no SMTP" },
    ]);
    const shown = await page("/admin/emails");
    expect(shown.text).toContain("h***@example.com");
    expect(shown.text).toContain("no SMTP");
    expect(`${json.text}${shown.text}`).not.toContain("hong@");
  });

  it("shows every text in both languages, its HTML in a frame in which nothing runs", async () => {
    for (const kind of [...CUSTOMER_KINDS, ...OPERATOR_KINDS]) {
      for (const language of ["ko", "en"] as const) {
        const url = `/admin/emails/preview/${kind}/${language}`;
        const shown = await page(url);
        const mail = renderMail({ kind, language, facts: EXAMPLE_FACTS[kind] }, MERCHANT);
        expect(shown.status).toBe(200);
        expect(shown.text).toContain(`<iframe sandbox src="${url}/html"`);
        const policy = String(shown.headers["content-security-policy"]);
        expect(policy).toContain("default-src 'none'");
        expect(policy).toContain("frame-src 'self'");
        const frame = await page(`${url}/html`);
        expect(frame.text).toBe(mail.html);
        const framed = String(frame.headers["content-security-policy"]);
        expect(framed).toMatch(/^sandbox; default-src 'none'/);
        expect(framed).toContain("frame-ancestors 'self'");
        expect(framed).not.toMatch(/script-src|img-src|allow-/);
        expect(frame.headers["x-frame-options"] ?? "SAMEORIGIN").toBe("SAMEORIGIN");
      }
    }
  });

  it("sends pages whose one style sheet is the one that is allowed", async () => {
    const shown = await page("/admin/emails/preview/receipt/ko");
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(shown.text) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(shown.headers["content-security-policy"]).toContain(`'sha256-${hash}'`);
    // Styles at elements would not be applied.
    expect(shown.text).not.toMatch(/ style="/);
  });

  it("shows a recorded message, everything from the customer escaped", async () => {
    const shown = await page(`/admin/emails/${recorded.id}`);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain("&lt;b&gt;Eve&lt;/b&gt;");
    expect(shown.text).not.toContain("<b>Eve");
    const frame = await page(`/admin/emails/${recorded.id}/html`);
    expect(frame.text).toContain("&lt;b&gt;Eve&lt;/b&gt;");
    expect((await get("/admin/emails/nothing")).status).toBe(404);
  });

  it("has no examples in production, and the list all the same", async () => {
    const shown = await page("/admin/emails", production);
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain("preview");
    expect((await page("/admin/emails/preview/receipt/ko", production)).status).toBe(404);
    expect((await page("/admin/emails/preview/receipt/ko/html", production)).status).toBe(404);
  });

  it("knows no other kind and no other language", async () => {
    expect((await page("/admin/emails/preview/surprise/ko")).status).toBeGreaterThanOrEqual(400);
    expect((await page("/admin/emails/preview/receipt/fr")).status).toBeGreaterThanOrEqual(400);
  });
});
