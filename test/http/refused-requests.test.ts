import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpApp } from "../../src/http/http-app.ts";
import {
  GOOD_BODIES,
  WRITE_PATHS,
  type WritePath,
  createTestApp,
  createTestDeps,
  send,
} from "./support.ts";

let app: HttpApp;

beforeAll(async () => {
  app = await createTestApp();
});

afterAll(() => app.close());

function post(url: string, payload: unknown, headers: Record<string, string> = {}) {
  return send(app, {
    method: "POST",
    url,
    headers: { "content-type": "application/json", ...headers },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });
}

/** Values that are wrong in every field of every route. */
const WRONG_EVERYWHERE: [string, unknown][] = [
  ["null", null],
  ["an array", []],
  ["an operator", { $gt: "" }],
  ["an operator in an array", [{ $ne: null }]],
  ["a number with a fraction", 1.5],
  ["minus one", -1],
  ["1e21", 1e21],
  ["a text of 70 characters", "x".repeat(70)],
  ["a control character", "a\u0000b"],
  ["an empty text", ""],
  ["a blank in front", " a"],
  ["a pipe", "a|b"],
];

/** Whether a value is right for a field after all. */
function isRight(field: string, value: unknown): boolean {
  return field === "reason" && value === "x".repeat(70);
}

const CASES = WRITE_PATHS.flatMap((path) =>
  Object.keys(GOOD_BODIES[path]).flatMap((field) =>
    WRONG_EVERYWHERE.filter(([, value]) => !isRight(field, value)).map(
      ([name, value]) => [path, field, name, value] as const,
    ),
  ),
);

describe("a payment with a card that is keyed in", () => {
  const card = {
    cardNumber: "4111111111111111",
    expireDate: "2812",
    cardPassword: "12",
    birthDate: "901231",
  };
  const good = {
    card,
    amount: 9900,
    productName: "상품",
    customerId: "c1",
    customerName: "홍길동",
  };
  const pointersOf = async (body: object) => {
    const answer = await post("/billing/pay", body);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(card.cardNumber);
    return answer.body.errors?.map(({ pointer }) => pointer);
  };

  it.each(Object.keys(good).filter((name) => name !== "card"))("needs %s", async (name) => {
    expect(await pointersOf({ ...good, [name]: undefined })).toEqual([`/${name}`]);
  });

  it.each(Object.keys(card))("names %s of the card", async (name) => {
    expect(await pointersOf({ ...good, card: { ...card, [name]: "x" } })).toEqual([
      `/card/${name}`,
    ]);
    expect(await pointersOf({ ...good, card: { ...card, [name]: undefined } })).toEqual([
      `/card/${name}`,
    ]);
  });

  it("takes no billing key beside the card, and nothing of the card's beside a billing key", async () => {
    expect(await pointersOf({ ...good, billingKey: "key_1" })).toEqual(["/billingKey"]);
    const saved = { billingKey: "key_1", amount: 9900, productName: "상품" };
    expect(await pointersOf({ ...saved, saveCard: true, account: "shop2" })).toEqual([
      "/saveCard",
      "/account",
    ]);
    expect(await pointersOf({ subscriptionId: "sub_1", card })).toEqual(["/card"]);
  });

  it("is refused at a gateway that is not configured", async () => {
    expect(await post("/billing/pay", { ...good, gateway: "acmepay" })).toMatchObject({
      status: 400,
      body: { code: "GATEWAY_NOT_CONFIGURED", errors: [{ pointer: "/gateway" }] },
    });
  });
});

describe("a field with a wrong value", () => {
  it.each(CASES)("%s names %s when it is %s", async (path, field, _name, value) => {
    const answer = await post(path, { ...GOOD_BODIES[path], [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("VALIDATION_FAILED");
    expect(answer.body.errors?.map((one) => one.pointer)).toEqual([`/${field}`]);
    expect(answer.body.errors?.[0]?.expected).not.toBe("");
  });

  it.each([0, -1, 1.5, 1e21, 1_000_000_000, "9900", "1e3", true, null, Number.MAX_SAFE_INTEGER])(
    "no amount is %s",
    async (amount) => {
      for (const path of ["/billing/pay", "/billing/subscribe", "/billing/refund"] as const) {
        const answer = await post(path, { ...GOOD_BODIES[path], amount });
        expect(answer.status).toBe(400);
        expect(answer.body.errors?.[0]?.pointer).toBe("/amount");
      }
    },
  );

  it.each([
    ["cardNumber", "4111111111111112"],
    ["cardNumber", "4111-1111-1111-1111"],
    ["cardNumber", "411111111111"],
    ["cardNumber", "41111111111111111111"],
    ["cardNumber", 4111111111111111],
    ["expireDate", "2513"],
    ["expireDate", "2500"],
    ["expireDate", "25/12"],
    ["cardPassword", "1234"],
    ["cardPassword", "1"],
    ["birthDate", "901331"],
    ["birthDate", "900230"],
    ["birthDate", "19901231"],
    ["customerEmail", "hong"],
    ["customerPhone", "전화"],
    ["locale", "fr"],
    ["gateway", "COOKIEPAY"],
  ])("no %s is %j", async (field, value) => {
    const answer = await post("/billing/register", {
      ...GOOD_BODIES["/billing/register"],
      [field]: value,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((one) => one.pointer)).toEqual([`/${field}`]);
  });

  it.each([
    ["cycleDay", 0],
    ["cycleDay", 32],
    ["cycleDay", "15"],
    ["customerEmail", "hong@example.com\r\nBcc: all@example.com"],
    ["customerEmail", "a@example.com, b@example.com"],
    ["customerPhone", "전화"],
    ["locale", "fr"],
    ["trialDays", 731],
    ["trialDays", -1],
    ["startOn", "2027-02-29"],
    ["startOn", "2027-2-1"],
    ["startOn", "1999-01-01"],
    ["firstCharge", "later"],
    ["metadata", { key: 1 }],
    ["metadata", { "a.b": "1" }],
    ["metadata", { $where: "1" }],
    ["metadata", { key: "x".repeat(201) }],
    ["metadata", { ["k".repeat(41)]: "1" }],
    ["metadata", Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, "1"]))],
  ])("no %s is %j in a subscription", async (field, value) => {
    const answer = await post("/billing/subscribe", {
      ...GOOD_BODIES["/billing/subscribe"],
      [field]: value,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toMatch(new RegExp(`^/${field}(/|$)`));
  });

  it.each([{}, { days: 1, months: 1 }, { days: 0 }, { months: 121 }, { to: "2027-02-30T00:00Z" }])(
    "the clock does not go to %j",
    async (body) => {
      expect((await post("/test-clock/advance", body)).status).toBe(400);
    },
  );

  it("the clock goes at most ten years ahead", async () => {
    const answer = await post("/test-clock/advance", { to: "2037-02-01T00:00:00Z" });
    expect(answer.body.errors?.[0]?.pointer).toBe("/to");
  });
});

describe.each(WRITE_PATHS)("%s", (path: WritePath) => {
  it("names each missing field", async () => {
    const answer = await post(path, {});
    expect(answer.status).toBe(400);
    const named = answer.body.errors?.map((one) => one.pointer) ?? [];
    const required = Object.keys(GOOD_BODIES[path]).filter(
      (field) => !["months"].includes(field) && !(path === "/billing/refund" && field === "amount"),
    );
    expect(named).toEqual(required.length === 0 ? [""] : required.map((field) => `/${field}`));
  });

  it("names an unknown field and the nearest known one", async () => {
    const [first = ""] = Object.keys(GOOD_BODIES[path]);
    const misspelt = `${first}s`;
    const answer = await post(path, { ...GOOD_BODIES[path], [misspelt]: 1 });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toBe(`/${misspelt}`);
    expect(answer.body.errors?.[0]?.expected).toContain(`did you mean ${first}?`);
  });

  it.each(["[]", "null", "1", '"text"', "true"])("takes no body %s", async (body) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toBe("");
  });

  it.each(['{"a":', "", "{'a':1}", '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}'])(
    "takes no text %j as JSON",
    async (body) => {
      const answer = await post(path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe("MALFORMED_BODY");
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"])(
    "takes no %s",
    async (type) => {
      const body = JSON.stringify(GOOD_BODIES[path]);
      const answer = await post(path, body, { "content-type": type });
      expect(answer.status).toBe(415);
      expect(answer.body.code).toBe("UNSUPPORTED_MEDIA_TYPE");
    },
  );

  it("takes no body of ten megabytes", async () => {
    const answer = await post(path, `{"a":"${"x".repeat(10_000_000)}"}`);
    expect(answer.status).toBe(413);
    expect(answer.body.code).toBe("BODY_TOO_LARGE");
  });

  it("takes no query", async () => {
    const answer = await post(`${path}?amount=1`, GOOD_BODIES[path]);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.pointer).toBe("/amount");
  });

  it("takes no other method", async () => {
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"] as const) {
      const answer = await send(app, { method, url: path });
      expect(answer.status).toBe(405);
      expect(answer.headers["allow"]).toBe("POST");
    }
  });
});

describe("what is read", () => {
  it.each([
    ["/billing/subscriptions?limit=0", "/limit"],
    ["/billing/subscriptions?limit=101", "/limit"],
    ["/billing/subscriptions?limit=1.5", "/limit"],
    ["/billing/subscriptions?limit=1&limit=2", "/limit"],
    ["/billing/subscriptions?state=alive", "/state"],
    ["/billing/subscriptions?customerId[$gt]=", "/customerId[$gt]"],
    ["/billing/subscriptions?after=..%2F", "/after"],
    ["/billing/subscriptions?page=2", "/page"],
    ["/billing/subscription/a%20b", "/id"],
    ["/billing/subscription/sub_1?full=1", "/full"],
    [`/billing/payment/${"p".repeat(65)}`, "/id"],
    ["/test-clock?now=1", "/now"],
  ])("GET %s names %s", async (url, pointer) => {
    const answer = await send(app, { method: "GET", url });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((one) => one.pointer)).toContain(pointer);
  });

  it("an address that cannot be decoded is a problem of its own", async () => {
    const answer = await send(app, { method: "GET", url: "/billing/payment/%E0%A4%A" });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("MALFORMED_URL");
  });

  it("an unknown address is answered with the nearest one", async () => {
    const answer = await send(app, { method: "POST", url: "/billing/subscrib" });
    expect(answer.status).toBe(404);
    expect(answer.body.detail).toContain("/billing/subscribe");
  });

  it("without a test clock its addresses are unknown", async () => {
    const { config, ...rest } = createTestDeps();
    const other = await createTestApp({ ...rest, config: { ...config, testClock: false } });
    expect((await send(other, { method: "GET", url: "/test-clock" })).status).toBe(404);
    await other.close();
  });
});

describe("Idempotency-Key", () => {
  it.each(["", " ", "a b", "키", "x".repeat(256)])("is not %j", async (key) => {
    const answer = await post("/billing/pay", GOOD_BODIES["/billing/pay"], {
      "idempotency-key": key,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.code).toBe("IDEMPOTENCY_KEY_INVALID");
  });
});
