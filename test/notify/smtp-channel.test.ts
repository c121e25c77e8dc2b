import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CUSTOMER_KINDS,
  MESSAGE_LANGUAGES,
  type Message,
  type MessageKind,
  OPERATOR_KINDS,
} from "../../src/domain/message.ts";
import { escapeHtml } from "../../src/lib/html.ts";
import { EXAMPLE_FACTS } from "../../src/notify/example-facts.ts";
import { createSmtpChannel, messageIdOf } from "../../src/notify/smtp-channel.ts";
import {
  type ArrivedMail,
  type MailServer,
  headerOf,
  startMailServer,
} from "../support/mail-server.ts";

const MERCHANT = { name: "키움 서점", contact: "help@shop.example", zone: "Asia/Seoul" };
const FROM = { name: "키움 서점", address: "billing@shop.example" };
const KINDS: MessageKind[] = [...CUSTOMER_KINDS, ...OPERATOR_KINDS];

function messageOf(kind: MessageKind, changes: Partial<Message> = {}): Message {
  const at = new Date("2027-03-15T01:00:00Z");
  return {
    id: `sub_1-p0.${kind}.email`,
    kind,
    channel: "email",
    language: "ko",
    to: "hong@example.com",
    subject: { invoiceId: null, subscriptionId: null, billingKeyId: null, number: null },
    facts: EXAMPLE_FACTS[kind],
    state: "waiting",
    reason: null,
    nextTryAt: at,
    createdAt: at,
    endedAt: null,
    tries: 0,
    claim: null,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
    ...changes,
  };
}

describe("the e-mail channel", () => {
  let server: MailServer;
  beforeAll(async () => {
    server = await startMailServer();
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    server.mails.length = 0;
    server.logins.length = 0;
    server.refusal = null;
  });

  const channelTo = (changes: Partial<Parameters<typeof createSmtpChannel>[0]["server"]> = {}) =>
    createSmtpChannel({
      server: {
        host: "127.0.0.1",
        port: server.port,
        secure: false,
        user: null,
        password: null,
        requireTls: false,
        isLoopback: true,
        ...changes,
      },
      from: FROM,
      merchant: MERCHANT,
      operatorEmail: "ops@shop.example",
      deadlineMs: 3000,
    });

  async function send(message: Message): Promise<ArrivedMail> {
    expect(await channelTo().deliver(message)).toEqual({ kind: "sent" });
    const mail = server.mails.at(-1);
    if (mail === undefined) throw new Error("nothing arrived");
    return mail;
  }

  for (const kind of KINDS) {
    for (const language of MESSAGE_LANGUAGES) {
      it(`sends ${kind} in ${language} whole`, async () => {
        const mail = await send(messageOf(kind, { language }));
        expect(mail.envelopeTo).toEqual(["hong@example.com"]);
        expect(mail.from).toMatchObject(FROM);
        expect(mail.subject).toMatch(/^\[키움 서점\] .{5,}/);
        expect(headerOf(mail, "auto-submitted")).toBe("auto-generated");
        expect(mail.messageId).toBe(`<sub_1-p0.${kind}.email@shop.example>`);
        const text = mail.text ?? "";
        const html = mail.html ?? "";
        for (const body of [mail.subject ?? "", text, html]) {
          expect(body).not.toMatch(/#\{|undefined|null|\[object/);
        }
        const hasHangul = /\p{Script=Hangul}/u;
        const ownWords = `${mail.subject}${text}`.replaceAll(
          /키움 서점|홍길동|월간 구독|신한/g,
          "",
        );
        expect(hasHangul.test(ownWords)).toBe(language === "ko");
        expect(html).toContain(`<html lang="${language}">`);
        // Nothing is fetched and nothing can run.
        expect(html).not.toMatch(/<(script|img|link|style|iframe|form)|\bon\w+=|url\(|https?:/i);
        // What the text says the page says as well.
        for (const line of text.split("\n").filter((one) => /^[^:]+: ./.test(one))) {
          expect(html).toContain(escapeHtml(line.slice(line.indexOf(": ") + 2)));
        }
      });
    }
  }

  it("writes every header in ASCII, whatever stands in it", async () => {
    const { raw } = await send(messageOf("receipt"));
    const head = raw.slice(0, raw.indexOf("\r\n\r\n"));
    expect(Buffer.from(head).filter((byte) => byte > 126)).toHaveLength(0);
    expect(Math.max(...head.split("\r\n").map(({ length }) => length))).toBeLessThanOrEqual(998);
  });

  it("says amounts and days as they are said", async () => {
    const korean = await send(messageOf("receipt"));
    expect(korean.text).toContain("9,900원");
    expect(korean.text).toContain("2027년 3월 15일 ~ 2027년 4월 14일");
    const english = await send(messageOf("receipt", { language: "en" }));
    expect(english.text).toContain("₩9,900");
    expect(english.text).toContain("15 March 2027 to 14 April 2027");
    // 16:30 on the day before in London.
    const facts = { ...EXAMPLE_FACTS.payment_failed, dueAt: new Date("2027-03-15T16:30:00Z") };
    const failed = await send(messageOf("payment_failed", { facts }));
    expect(failed.text).toContain("결제 예정일: 2027년 3월 16일");
  });

  it("takes no header, no recipient and no markup from a customer's name", async () => {
    const facts = {
      ...EXAMPLE_FACTS.receipt,
      customerName: 'Eve\r\nBcc: all@example.com\r\n\r\n<script>alert("1")</script>',
      productName: "Plan\nX-Evil: yes\u2028<img src=x onerror=alert(1)>",
    };
    const mail = await send(messageOf("receipt", { facts, language: "en" }));
    expect(mail.envelopeTo).toEqual(["hong@example.com"]);
    expect(mail.bcc ?? []).toEqual([]);
    expect(headerOf(mail, "x-evil")).toBeUndefined();
    expect(headerOf(mail, "bcc")).toBeUndefined();
    expect(mail.html).not.toMatch(/<script|<img/);
    expect(mail.html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect(mail.text).toContain("Hello Eve Bcc: all@example.com <script>");
    await channelTo().deliver(messageOf("refund", { to: "a@example.com, b@example.com" }));
    expect(server.mails.flatMap(({ envelopeTo }) => envelopeTo)).not.toContain("b@example.com");
  });

  it.each([
    ["RCPT", 550, "refused"],
    ["MAIL", 553, "refused"],
    ["DATA", 554, "refused"],
    ["RCPT", 450, "not_taken"],
    ["DATA", 451, "not_taken"],
    ["MAIL", 530, "not_taken"],
  ] as const)("calls a %s that is answered %i %s", async (at, code, kind) => {
    server.refusal = { at, code };
    const delivery = await channelTo().deliver(messageOf("receipt"));
    expect(delivery).toMatchObject({ kind });
    // Codes only: the server's words may repeat an address.
    expect(JSON.stringify(delivery)).not.toMatch(/customer@|홍길동|hong@/);
    expect(JSON.stringify(delivery)).toContain(String(code));
  });

  it("keeps a message whose login is refused, and the password to itself", async () => {
    server.refusal = { at: "AUTH", code: 535 };
    const channel = channelTo({ user: "shop", password: "s3cret-words" });
    const delivery = await channel.deliver(messageOf("receipt"));
    expect(delivery).toMatchObject({ kind: "not_taken" });
    expect(JSON.stringify(delivery)).not.toContain("s3cret");
    expect(server.logins).toEqual([{ user: "shop", password: "s3cret-words" }]);
  });

  it("keeps a message while the server is away", async () => {
    const away = await startMailServer();
    await away.close();
    const delivery = await channelTo({ port: away.port }).deliver(messageOf("receipt"));
    expect(delivery).toMatchObject({ kind: "not_taken" });
  });

  it("sends neither login nor message where encryption is required and not offered", async () => {
    const channel = channelTo({
      requireTls: true,
      isLoopback: false,
      user: "shop",
      password: "s3cret-words",
    });
    expect(await channel.deliver(messageOf("receipt"))).toMatchObject({ kind: "not_taken" });
    expect([server.logins, server.mails]).toEqual([[], []]);
  });

  it("sends nothing to a server that shows a certificate which nobody trusts", async () => {
    const other = await startMailServer({ offersTls: true });
    try {
      const channel = channelTo({ port: other.port, requireTls: true, isLoopback: false });
      expect(await channel.deliver(messageOf("receipt"))).toMatchObject({ kind: "not_taken" });
      expect(other.mails).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it("gives a server that takes its time no more than the deadline", async () => {
    let release = () => {};
    server.beforeAnswer = () => new Promise((resolve) => (release = resolve));
    const channel = createSmtpChannel({
      server: {
        host: "127.0.0.1",
        port: server.port,
        secure: false,
        user: null,
        password: null,
        requireTls: false,
        isLoopback: true,
      },
      from: FROM,
      merchant: MERCHANT,
      operatorEmail: null,
      deadlineMs: 600,
    });
    expect(await channel.deliver(messageOf("receipt"))).toMatchObject({ kind: "not_taken" });
    release();
    server.beforeAnswer = async () => {};
  });

  it("is closed without a server, and says so", () => {
    const channel = createSmtpChannel({
      server: null,
      from: null,
      merchant: MERCHANT,
      operatorEmail: null,
      deadlineMs: 100,
    });
    expect(channel.closed).toBe("no SMTP");
    const contact = { email: "a@example.com", phone: null, language: "ko" as const };
    expect(channel.addressOf("receipt", contact)).toBe("a@example.com");
    expect(channel.addressOf("account_paused", contact)).toBeNull();
  });

  it("makes message ids of anything", () => {
    expect(messageIdOf("a:1>\r\nX: y", "x@shop.example")).toBe("<a_1___X__y@shop.example>");
  });
});
