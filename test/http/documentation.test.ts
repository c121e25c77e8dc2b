import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpApp } from "../../src/http/http-app.ts";
import { GOOD_BODIES, WRITE_PATHS, createTestApp, send } from "./support.ts";

interface Schema {
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  examples?: unknown[];
  $ref?: string;
  description?: string;
}

interface Operation {
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; schema: Schema; description?: string }[];
  requestBody?: { content: { "application/json": { schema: Schema; example: object } } };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

let app: HttpApp;
let document: Document;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
  app = await createTestApp();
  const answer = await send(app, { method: "GET", url: "/docs/json" });
  document = JSON.parse(answer.text) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
});

afterAll(() => app.close());

function bodyOf(path: string): { schema: Schema; example: object } {
  const body = document.paths[path]?.["post"]?.requestBody?.content["application/json"];
  if (body === undefined) throw new Error(`the document has no body for POST ${path}`);
  return body;
}

function fieldsOf(path: string): [string, Schema][] {
  return Object.entries(bodyOf(path).schema.properties ?? {});
}

describe("the OpenAPI document", () => {
  it("is 3.1.0 and has every call", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`)).toEqual(
      expect.arrayContaining([
        ...WRITE_PATHS.map((path) => `POST ${path}`),
        "GET /billing/subscription/{id}",
        "GET /billing/subscriptions",
        "GET /billing/payment/{id}",
        "GET /test-clock",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
        "GET /problems/{name}",
      ]),
    );
    expect(operations.some(({ path }) => path.startsWith("/admin"))).toBe(false);
  });

  it("describes each call and, where a key is needed, its problems", () => {
    const told = operations.map(({ path, operation }) => ({
      path,
      summary: typeof operation.summary,
      tags: operation.tags?.length,
      keyed: operation.security !== undefined,
      problem: operation.responses["4XX"]?.content?.["application/problem+json"]?.schema.$ref,
    }));
    expect(told).toEqual(
      operations.map(({ path }) => {
        const keyed = /^\/(billing|easypay|test-clock|events|webhook-endpoints)/.test(path);
        const problem = keyed ? "#/components/schemas/Problem" : undefined;
        return { path, summary: "string", tags: 1, keyed, problem };
      }),
    );
    expect(document.components.schemas["Problem"]?.properties).toHaveProperty("code");
  });

  it("describes every field and gives an example of it", () => {
    const bare = WRITE_PATHS.flatMap((path) =>
      fieldsOf(path).filter(([, { description, examples }]) => !description || !examples?.length),
    );
    expect(bare).toEqual([]);
  });

  it("shows the source document's own requests", () => {
    for (const path of ["/billing/register", "/billing/subscribe"] as const) {
      expect(bodyOf(path).example).toEqual(GOOD_BODIES[path]);
    }
  });

  it.each(WRITE_PATHS)("gives only examples that %s accepts", async (path) => {
    const whole = Object.fromEntries(
      fieldsOf(path).map(([field, schema]) => [field, schema.examples?.[0]]),
    );
    // Of the clock's fields only one may be sent; what a subscription owes is paid by its id alone.
    const { subscriptionId, ...oneOff } = whole;
    const { billingKey, card, saveCard, gateway, account, customerName, ...goods } = oneOff;
    const keyedIn = { card, saveCard, gateway, account, customerName };
    const further: Record<string, Record<string, unknown>[]> = {
      "/test-clock/advance": [{ days: 31 }],
      "/billing/pay": [{ ...goods, billingKey }, { ...goods, ...keyedIn }, { subscriptionId }],
    };
    const payloads = [bodyOf(path).example, ...(further[path] ?? [whole])];
    for (const payload of payloads) {
      const answer = await send(app, { method: "POST", url: path, payload });
      expect(answer.body.code).not.toBe("VALIDATION_FAILED");
    }
  });
});

describe("every field of the document", () => {
  const ways: [string, unknown][] = [
    ["an object", { $ne: 1 }],
    ["null", null],
    ["a list", [1]],
    ["a far too long text", "가".repeat(300)],
  ];

  it.each(ways)("is named in a Korean problem when it is %s", async (_name, value) => {
    for (const path of WRITE_PATHS) {
      const known = fieldsOf(path).map(([field]) => field);
      const good = GOOD_BODIES[path];
      for (const field of known) {
        const answer = await send(app, {
          method: "POST",
          url: path,
          headers: { "accept-language": "ko" },
          payload: { ...good, [field]: value },
        });
        expect(answer.headers["content-type"]).toContain("application/problem+json");
        // A field that is an object itself names its own fields.
        const pointers = answer.body.errors?.map((one) => one.pointer) ?? [];
        expect(pointers.length).toBeGreaterThan(0);
        expect(pointers.filter((one) => !`${one}/`.startsWith(`/${field}/`))).toEqual([]);
        expect(answer.body.errors?.[0]?.expected).toMatch(/[가-힣]/);
        expect(answer.text).not.toContain("가가가");
        expect((await send(app, { method: "GET", url: answer.body.type })).status).toBe(200);
      }
    }
  });
});

describe("/docs", () => {
  it("is a page without inline scripts and without anything from elsewhere", async () => {
    const page = await send(app, { method: "GET", url: "/docs" });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page.text).not.toMatch(/(?:src|href)="https?:/);
    const files = [...page.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)].map(
      ([, file]) => file,
    );
    const answers = await Promise.all(files.map((url = "") => send(app, { method: "GET", url })));
    expect(answers.map((answer) => answer.status)).toEqual(files.map(() => 200));
  });
});
