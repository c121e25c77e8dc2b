import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import type { FastifyRequest } from "fastify";
import type { AdminPassword, AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { ProblemError } from "../problem-error.ts";
import { answerError } from "./problem-answers.ts";

/** Logins that are checked per address and minute; one that is known already is not counted. */
const LOGINS_MAX = 10;
const LOGIN_WINDOW_MS = 60_000;

const CHALLENGE = {
  "www-authenticate": 'Basic realm="kiwoom-billing administration", charset="UTF-8"',
};

/**
 * From here on everything, static files too, asks for the administrator's login, and changes are
 * taken from its own pages only.
 */
export async function requireAdminLogin(
  app: HttpApp,
  deps: Pick<AppDeps, "log" | "isDatabaseUnavailable" | "adminPassword">,
): Promise<void> {
  await app.register(rateLimit, { global: false });
  const takeLogin = app.createRateLimit({ max: LOGINS_MAX, timeWindow: LOGIN_WINDOW_MS });
  const known = createKnownLogin();
  const check = async (request: FastifyRequest) => {
    refuseOtherSites(request);
    if (deps.adminPassword === null) throw new ProblemError("ADMIN_CLOSED");
    const header = request.headers.authorization ?? "";
    if (header === "") throw new ProblemError("ADMIN_LOGIN_REQUIRED", { headers: CHALLENGE });
    if (known.isKnown(header)) return;
    const limit = await takeLogin(request);
    if (!limit.isAllowed && limit.isExceeded) {
      const seconds = limit.ttlInSeconds;
      throw new ProblemError("ADMIN_LOGIN_LIMITED", {
        params: { seconds },
        headers: { "retry-after": String(seconds) },
      });
    }
    if (!(await isRight(deps.adminPassword, header))) {
      throw new ProblemError("ADMIN_LOGIN_REQUIRED", { headers: CHALLENGE });
    }
    known.remember(header);
  };
  app.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    try {
      await check(request);
    } catch (error) {
      // Answered here: the board below has an error handler of its own, which knows no problems.
      answerError(deps, error, { request, reply });
      return reply;
    }
  });
}

async function isRight(admin: AdminPassword, header: string): Promise<boolean> {
  const [, encoded = ""] = /^Basic +([A-Za-z0-9+/=]{1,600})$/i.exec(header) ?? [];
  const [user = "", ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  // The password is checked whatever the name: the time taken does not tell which one is wrong.
  const passwordIsRight = await admin.verify(rest.join(":"));
  return isEqual(user, admin.user) && passwordIsRight;
}

/** The login that was right last, so that a page of fifty files costs one slow check. */
function createKnownLogin(): { isKnown(header: string): boolean; remember(header: string): void } {
  const key = randomBytes(32);
  const digestOf = (header: string) => createHmac("sha256", key).update(header).digest();
  let known: Buffer | null = null;
  return {
    isKnown: (header) => known !== null && timingSafeEqual(known, digestOf(header)),
    remember(header) {
      known = digestOf(header);
    },
  };
}

function isEqual(a: string, b: string): boolean {
  const key = randomBytes(32);
  const [left, right] = [a, b].map((text) => createHmac("sha256", key).update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

/** A browser sends the login along with whatever any site makes it send; changes must be our own. */
function refuseOtherSites(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers["sec-fetch-site"];
  const { origin, host } = request.headers;
  const isOurs =
    site === undefined
      ? origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
      : site === "same-origin";
  if (!isOurs) throw new ProblemError("CROSS_SITE_REFUSED");
}
