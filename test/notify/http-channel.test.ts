import { type Server, createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER_KINDS, type Message, newMessage } from "../../src/domain/message.ts";
import { EXAMPLE_FACTS } from "../../src/notify/example-facts.ts";
import { fillTemplate, unknownPlaces } from "../../src/notify/fill-template.ts";
import { type HttpTemplates, createHttpChannel } from "../../src/notify/http-channel.ts";
import { variablesOf } from "../../src/notify/variables.ts";

const MERCHANT = { name: "키움 서점", contact: "", zone: "Asia/Seoul" };
/** As it would be registered: with line breaks, doubled blanks and signs that mean something elsewhere. */
const TEXT =
  "[#{상점명}] 결제 완료\n\n#{고객명}님,  $& #{금액}이 결제되었습니다.\n- 상품: #{product}\n- 문의: #{contact}";
const TEMPLATES = {
  ...Object.fromEntries(
    CUSTOMER_KINDS.map((kind) => [
      kind,
      { ko: { code: `${kind}_ko`, text: TEXT }, en: { code: `${kind}_en`, text: "#{name}" } },
    ]),
  ),
  card_expiring: null,
} as HttpTemplates;

interface Arrived {
  path: string;
  headers: Record<string, unknown>;
  body: Record<string, unknown>;
}

describe("the channel of an HTTP sender", () => {
  let server: Server;
  let url = "";
  let status = 200;
  const arrived: Arrived[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
        arrived.push({ path: request.url ?? "", headers: request.headers, body });
        response.writeHead(status).end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    url = `http://127.0.0.1:${port}/send?profile=a`;
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    arrived.length = 0;
    status = 200;
  });

  const channelOf = (to = url) =>
    createHttpChannel(
      { url: to, key: "k-123", templates: TEMPLATES },
      { merchant: MERCHANT, deadlineMs: 2000 },
    );
  const messageOf = (changes: Partial<Message> = {}): Message => ({
    ...newMessage(
      {
        stage: "sub_1-p0.receipt",
        kind: "receipt",
        subject: { invoiceId: null, subscriptionId: null, billingKeyId: null, number: null },
        facts: EXAMPLE_FACTS.receipt,
      },
      { channel: "http", to: "010-1234-5678", language: "ko", notSent: null },
      new Date("2027-03-15T01:00:00Z"),
    ),
    ...changes,
  });

  it("posts the template as it is registered, the variables aside, under the same key each time", async () => {
    const channel = channelOf();
    expect(await channel.deliver(messageOf())).toEqual({ kind: "sent" });
    expect(await channel.deliver(messageOf({ tries: 1 }))).toEqual({ kind: "sent" });
    const [first, second] = arrived;
    expect(first).toMatchObject({
      path: "/send?profile=a",
      headers: { authorization: "Bearer k-123", "idempotency-key": "sub_1-p0.receipt.http" },
      body: { to: "010-1234-5678", template: "receipt_ko", kind: "receipt", language: "ko" },
    });
    expect(second?.headers["idempotency-key"]).toBe("sub_1-p0.receipt.http");
    expect(second?.body).toEqual(first?.body);
    expect(first?.body["text"]).toBe(
      "[키움 서점] 결제 완료\n\n홍길동님,  $& 9,900원이 결제되었습니다.\n- 상품: 월간 구독\n- 문의: -",
    );
    expect(first?.body["variables"]).toMatchObject({ name: "홍길동", amount: "9,900원" });
  });

  it("leaves everything outside the places as it stands, whatever the values are", () => {
    const facts = { ...EXAMPLE_FACTS.receipt, customerName: "#{금액} $1\n둘째 줄" };
    const values = variablesOf({ kind: "receipt", language: "ko", facts }, MERCHANT);
    const filled = fillTemplate(TEXT, values);
    const [, ...outside] = TEXT.split(/#\{[^}]*\}/);
    let rest = filled;
    for (const part of outside) {
      expect(rest).toContain(part);
      rest = rest.slice(rest.indexOf(part) + part.length);
    }
    expect(filled).toContain("#{금액} $1 둘째 줄님");
  });

  it("knows which places a kind can fill", () => {
    expect(unknownPlaces(TEXT, "receipt")).toEqual([]);
    expect(unknownPlaces("#{order} #{주문번호} #{}", "upcoming_charge")).toEqual([
      "#{order}",
      "#{주문번호}",
      "#{}",
    ]);
  });

  it("reaches telephones, for kinds that have a template", () => {
    const contact = { email: "a@example.com", phone: "010-1234-5678", language: "ko" as const };
    const channel = channelOf();
    expect(channel.addressOf("receipt", contact)).toBe("010-1234-5678");
    expect(channel.addressOf("card_expiring", contact)).toBeNull();
    expect(channel.addressOf("account_paused", contact)).toBeNull();
    expect(channel.addressOf("receipt", { ...contact, phone: null })).toBeNull();
  });

  it.each([
    [400, "refused"],
    [422, "refused"],
    [401, "not_taken"],
    [429, "not_taken"],
    [503, "not_taken"],
    [302, "not_taken"],
  ] as const)("calls an answer of %i %s", async (answered, kind) => {
    status = answered;
    const reason = expect.stringContaining(String(answered));
    expect(await channelOf().deliver(messageOf())).toEqual({ kind, reason });
  });

  it("keeps a message while the service is away", async () => {
    expect(await channelOf("http://127.0.0.1:1/send").deliver(messageOf())).toMatchObject({
      kind: "not_taken",
    });
  });
});
