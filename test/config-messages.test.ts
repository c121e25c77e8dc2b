import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readMessages } from "../src/config-messages.ts";
import { createReader } from "../src/config-reader.ts";
import { type Environment, loadConfig } from "../src/config.ts";
import { CUSTOMER_KINDS } from "../src/domain/message.ts";

const SHOP = { MERCHANT_NAME: "키움 서점", MAIL_FROM: "키움 서점 <billing@shop.example>" };
const folder = mkdtempSync(join(tmpdir(), "billing-templates-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const messagesOf = (environment: Environment) => loadConfig(environment).messages;

function faultsOf(environment: Environment): string {
  try {
    loadConfig(environment);
  } catch (error) {
    return String(error);
  }
  return "";
}

function templatesWith(changes: Record<string, unknown>): string {
  const text = { code: "T1", text: "#{name} #{merchant}" };
  const all = Object.fromEntries(CUSTOMER_KINDS.map((kind) => [kind, { ko: text, en: text }]));
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ ...all, ...changes }));
  return file;
}

describe("the configuration of messages", () => {
  it("sends nothing by default", () => {
    expect(messagesOf({})).toMatchObject({
      smtp: null,
      httpSender: null,
      operatorEmail: null,
      noticeDays: 7,
      cardReminders: true,
    });
  });

  it("reads the mail server, its login decoded", () => {
    const read = messagesOf({
      ...SHOP,
      SMTP_URL: "smtp://shop%40x:p%3Aw%2F1@mail.shop.example:2525",
    });
    expect(read.smtp).toEqual({
      host: "mail.shop.example",
      port: 2525,
      secure: false,
      user: "shop@x",
      password: "p:w/1",
      requireTls: false,
      isLoopback: false,
    });
    expect(read.from).toEqual({ name: "키움 서점", address: "billing@shop.example" });
    expect(messagesOf({ ...SHOP, SMTP_URL: "smtps://mail.shop.example" }).smtp).toMatchObject({
      port: 465,
      secure: true,
      user: null,
    });
  });

  it("asks for encryption in production, unless the server is this machine", () => {
    const production = (url: string) =>
      readMessages(createReader({ ...SHOP, SMTP_URL: url }), true).smtp?.requireTls;
    expect(production("smtp://mail.shop.example")).toBe(true);
    expect(production("smtp://localhost")).toBe(false);
    expect(production("smtp://[::1]:2525")).toBe(false);
    // Encrypted from the first byte.
    expect(production("smtps://mail.shop.example")).toBe(false);
  });

  it.each([
    [{ SMTP_URL: "smtp://u:p@h" }, "MAIL_FROM"],
    [{ SMTP_URL: "smtp://u:p@h", MAIL_FROM: "a@b.example" }, "MERCHANT_NAME"],
    [{ ...SHOP, SMTP_URL: "http://u:s3cret@h" }, "SMTP_URL"],
    [{ ...SHOP, SMTP_URL: "smtp://u:s3cret%zz@h" }, "SMTP_URL"],
    [{ ...SHOP, SMTP_URL: "smtp://u:s3cret@h/path" }, "SMTP_URL"],
    [{ MAIL_FROM: "nobody" }, "MAIL_FROM"],
    [{ MAIL_FROM: "a@b.example, c@d.example" }, "MAIL_FROM"],
    [{ MAIL_FROM: "Shop <a@b.example> <c@d.example>" }, "MAIL_FROM"],
    [{ OPERATOR_EMAIL: "ops" }, "OPERATOR_EMAIL"],
    [{ OPERATOR_LOCALE: "fr" }, "OPERATOR_LOCALE"],
    [{ NOTICE_DAYS_BEFORE: "40" }, "NOTICE_DAYS_BEFORE"],
    [{ MERCHANT_NAME: "x", HTTP_SENDER_URL: "https://send.example" }, "HTTP_SENDER_TEMPLATES"],
  ])("names the fault of %j and keeps the password", (environment, name) => {
    const told = faultsOf(environment);
    expect(told).toContain(`- ${name}:`);
    expect(told).not.toContain("s3cret");
  });

  it("checks every template of an HTTP sender at boot", () => {
    const sender = { MERCHANT_NAME: "x", HTTP_SENDER_URL: "https://send.example/v1" };
    const good = messagesOf({
      ...sender,
      HTTP_SENDER_TEMPLATES: templatesWith({ refund: null }),
    });
    expect(good.httpSender?.templates.refund).toBeNull();
    expect(good.httpSender?.templates.receipt?.ko.code).toBe("T1");
    const told = faultsOf({
      ...sender,
      HTTP_SENDER_TEMPLATES: templatesWith({
        receipt: { ko: { code: "T1", text: "#{이름}" } },
        upcoming_charge: { ko: { code: "T", text: "#{order}" }, en: { code: "T", text: "x" } },
        surprise: null,
        refund: undefined,
      }),
    });
    expect(told).toContain("receipt in ko has no #{이름}");
    expect(told).toContain("has no code and text for receipt in en");
    expect(told).toContain("upcoming_charge in ko has no #{order}");
    expect(told).toContain("knows no kind surprise");
    expect(told).toContain("has no code and text for refund in ko");
    expect(faultsOf({ ...sender, HTTP_SENDER_TEMPLATES: join(folder, "none") })).toContain(
      "cannot be read as a JSON object",
    );
  });
});
