import fastify from "fastify";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/billing/verify/finding.ts";
import type { VerifyReport } from "../../src/billing/verify/report.ts";
import type { VerifyOptions } from "../../src/billing/verify/verify.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { requireAdminLogin } from "../../src/http/plugins/admin-login.ts";
import { answerProblems } from "../../src/http/plugins/problem-answers.ts";
import { addSecurityHeaders } from "../../src/http/plugins/security-headers.ts";
import { listRoutes } from "../../src/http/route-list.ts";
import { addAuditRoutes } from "../../src/http/routes/audit.ts";
import { createTestDeps, send } from "../http/support.ts";

const LOGIN = {
  authorization: `Basic ${Buffer.from("admin:correct horse battery").toString("base64")}`,
};

const FINDING: Finding = {
  check: "charge-unknown",
  title: { en: "Nobody knows", ko: "확인되지 않음" },
  documentId: "pay_<script>alert(1)</script>",
  subscriptionId: null,
  since: new Date("2026-03-01T00:00:00Z"),
  detail: `KB-1 & "quoted" <img src=x onerror=alert(1)>`,
  advice: { en: "Ask", ko: "확인하십시오" },
};

const REPORT: VerifyReport = {
  ok: false,
  at: {
    business: new Date("2026-03-02T00:00:00Z"),
    operational: new Date("2026-11-21T00:00:00Z"),
  },
  bounds: {
    claimMs: 1,
    unknownMs: 1,
    sweepMs: 1,
    openMs: 1,
    dueMs: 1,
    listingMs: 1,
    deliveryMs: 1,
    confirmMs: 1,
  },
  checked: { subscriptions: 1, invoices: 2, billingKeys: 3 },
  findings: [FINDING],
  leftOff: 0,
  waiting: [],
  waitingLeftOff: 0,
  gateways: {
    days: [],
    notCompared: [
      { gateway: "cookiepay", account: "default", on: "2026-03-01", reason: "<b>http 503</b>" },
    ],
  },
};

let app: HttpApp;
let asked: VerifyOptions[];
let running: number;
let atOnce: number;

beforeEach(async () => {
  asked = [];
  running = 0;
  atOnce = 0;
  const deps = createTestDeps();
  app = fastify().withTypeProvider<TypeBoxTypeProvider>();
  const routes = listRoutes(app);
  await addSecurityHeaders(app);
  answerProblems(app, { ...deps, routes });
  await app.register(
    async (scope: HttpApp) => {
      await requireAdminLogin(scope, deps);
      answerProblems(scope, { ...deps, routes });
      addAuditRoutes(scope, {
        businessClock: { now: () => Promise.resolve(new Date("2026-03-01T20:00:00Z")) },
        async verify(options) {
          asked.push(options);
          running += 1;
          atOnce = Math.max(atOnce, running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running -= 1;
          return REPORT;
        },
      });
    },
    { prefix: "/admin" },
  );
});
afterEach(() => app.close());

const get = (url: string, headers: Record<string, string> = LOGIN) =>
  send(app, { method: "GET", url, headers });

describe("GET /admin/audit", () => {
  it("asks for the login", async () => {
    expect((await get("/admin/audit", {})).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it("answers what was found as JSON, in the reader's language", async () => {
    const answer = await get("/admin/audit");
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(answer.body).toMatchObject({
      ok: false,
      businessTime: "2026-03-02T00:00:00.000Z",
      findings: [
        {
          check: "charge-unknown",
          title: "Nobody knows",
          documentId: FINDING.documentId,
          since: "2026-03-01T00:00:00.000Z",
          advice: "Ask",
        },
      ],
      gateways: { notCompared: [{ on: "2026-03-01" }] },
    });
    const korean = await get("/admin/audit", { ...LOGIN, "accept-language": "ko" });
    expect(korean.headers["content-language"]).toBe("ko");
    expect(korean.text).toContain("확인하십시오");
  });

  it("compares the last week in Korea, or the days that it is told", async () => {
    await get("/admin/audit");
    await get("/admin/audit?days=2");
    await get("/admin/audit?from=2026-01-01&until=2026-01-03&sharedAccount=true");
    await get("/admin/audit?gateway=false");
    expect(asked).toEqual([
      { range: { fromOn: "2026-02-24", untilOn: "2026-03-02" }, sharedAccount: false },
      { range: { fromOn: "2026-03-01", untilOn: "2026-03-02" }, sharedAccount: false },
      { range: { fromOn: "2026-01-01", untilOn: "2026-01-03" }, sharedAccount: true },
      { range: null, sharedAccount: false },
    ]);
  });

  it.each([
    ["days=0", "/days"],
    ["days=93", "/days"],
    ["days=1e1", "/days"],
    ["days=3&from=2026-01-01", "/days"],
    ["from=2026-13-01", "/from"],
    ["from=2026-03-02&until=2026-03-01", "/from"],
    ["from=2025-01-01&until=2026-01-01", "/from"],
    ["until=yesterday", "/until"],
    ["gateway=yes", "/gateway"],
    ["days=1&days=2", "/days"],
    ["day=1", ""],
  ])("refuses %s", async (query, pointer) => {
    const answer = await get(`/admin/audit?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ pointer }]);
    expect(asked).toEqual([]);
  });

  it("shows a page without a script, in which everything is escaped", async () => {
    const answer = await get("/admin/audit", { ...LOGIN, accept: "text/html,*/*" });
    expect(answer.headers["content-type"]).toContain("text/html");
    const policy = String(answer.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(answer.text).not.toMatch(/<script|<img|<b>/);
    expect(answer.text).toContain("pay_&lt;script&gt;");
    expect(answer.text).toContain("&lt;b&gt;http 503");
    expect(answer.text).toContain("&quot;quoted&quot;");
  });

  it("makes one verification at a time", async () => {
    await Promise.all([get("/admin/audit"), get("/admin/audit"), get("/admin/audit")]);
    expect(asked).toHaveLength(3);
    expect(atOnce).toBe(1);
  });
});
