import { DateTime } from "luxon";
import { advanceClock } from "../../billing/advance-clock.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { type FieldFault, ProblemError } from "../problem-error.ts";
import { keyed, problemAnswers } from "../schemas/documentation.ts";
import { FIELD_TEXTS } from "../schemas/field-texts.ts";
import { AdvanceBody, NoQuery } from "../schemas/requests.ts";
import { AdvanceResponse, ClockResponse } from "../schemas/responses.ts";
import { isCallerGone } from "../wait.ts";

/** Business time, where it may be moved. */
export function addTestClockRoutes(app: HttpApp, deps: RouteDeps): void {
  const { testClock } = deps;
  if (!deps.config.testClock || testClock === null) return;
  app.route({
    method: "GET",
    url: "/test-clock",
    schema: {
      tags: ["test clock"],
      summary: "Business time",
      security: keyed,
      querystring: NoQuery,
      response: { 200: ClockResponse, ...problemAnswers },
    },
    handler: async () => {
      const frozen = (await testClock.read()) !== null;
      return { now: (await testClock.now()).toISOString(), frozen };
    },
  });
  app.route({
    method: "POST",
    url: "/test-clock/advance",
    schema: {
      tags: ["test clock"],
      summary: "Move business time and wait until all that fell due is done",
      description:
        "Exactly one of to, days and months. Ends early, where the clock then stands, when the caller hangs up.",
      security: keyed,
      querystring: NoQuery,
      body: AdvanceBody,
      response: { 200: AdvanceResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const now = await testClock.now();
      const to = readTarget(request.body, now, deps.config.zone);
      const shouldStop = () => deps.isClosing() || isCallerGone(reply);
      const reached = await advanceClock(deps, { to, shouldStop });
      return { now: reached.now.toISOString(), visited: reached.visited };
    },
  });
}

/** Further than this is a slip of the pen: every month between would be charged. */
const YEARS_MAX = 10;

function readTarget(
  wish: { to?: string; days?: number; months?: number },
  now: Date,
  zone: string,
): Date {
  if (Object.keys(wish).length !== 1) throw invalid({ pointer: "", expected: EXACTLY_ONE });
  const from = DateTime.fromJSDate(now, { zone });
  const to =
    wish.to === undefined
      ? from.plus({ days: wish.days ?? 0, months: wish.months ?? 0 })
      : DateTime.fromISO(wish.to);
  if (to > from.plus({ years: YEARS_MAX })) {
    throw invalid({ pointer: "/to", expected: FIELD_TEXTS.to });
  }
  return to.toJSDate();
}

const EXACTLY_ONE = {
  en: "exactly one of the fields to, days and months",
  ko: "to, days, months 중 하나만 입력",
};

function invalid(fault: FieldFault): ProblemError {
  return new ProblemError("VALIDATION_FAILED", { faults: [fault] });
}
