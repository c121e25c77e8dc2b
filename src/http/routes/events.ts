import { payloadOf } from "../../billing/webhooks/payload.ts";
import { type ReplayDeps, placeOf, replayEvents } from "../../billing/webhooks/replay-events.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { BillingError } from "../../domain/errors.ts";
import type { DeliveryStore } from "../../stores/deliveries.ts";
import type { EventFilter } from "../../stores/events.ts";
import type { HttpApp } from "../http-app.ts";
import { ProblemError } from "../problem-error.ts";
import { readWholeNumbers } from "../query-numbers.ts";
import { keyed, problemAnswers } from "../schemas/documentation.ts";
import { FIELD_TEXTS } from "../schemas/field-texts.ts";
import { NoQuery } from "../schemas/requests.ts";
import {
  EventListResponse,
  EventParams,
  EventResponse,
  EventsQuery,
  ReplayBody,
  ReplayResponse,
} from "../schemas/webhooks.ts";

export interface EventRouteDeps extends ReplayDeps {
  deliveries: Pick<DeliveryStore, "addAgain" | "listOfEvent">;
}

/** Events that were relayed, their deliveries, and their repetition. */
export function addEventRoutes(app: HttpApp, deps: EventRouteDeps): void {
  addList(app, deps);
  addOne(app, deps);
  addReplay(app, deps);
}

const LIMIT_DEFAULT = 20;

function addList(app: HttpApp, deps: EventRouteDeps): void {
  app.route({
    method: "GET",
    url: "/events",
    schema: {
      tags: ["events"],
      summary: "Events, newest first, page by page (이벤트 목록)",
      security: keyed,
      querystring: EventsQuery,
      response: { 200: EventListResponse, ...problemAnswers },
    },
    preValidation: readWholeNumbers(["limit"]),
    handler: async (request) => {
      const { limit = LIMIT_DEFAULT, after = null, ...filter } = request.query;
      // One more than asked for tells whether there is another page.
      const found = await deps.events.list(toFilter(filter), {
        after: await placeOf(deps.events, after),
        newestFirst: true,
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      return {
        items: page.map(payloadOf),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  });
}

function addOne(app: HttpApp, deps: EventRouteDeps): void {
  app.route({
    method: "GET",
    url: "/events/:id",
    schema: {
      tags: ["events"],
      summary: "An event and its deliveries (이벤트와 전달 기록)",
      security: keyed,
      params: EventParams,
      querystring: NoQuery,
      response: { 200: EventResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { id } = request.params;
      const event = await deps.events.find(id);
      if (event === null) throw new BillingError("NOT_FOUND", { id });
      const deliveries = await deps.deliveries.listOfEvent(id);
      return { ...payloadOf(event), deliveries: deliveries.map(presentDelivery) };
    },
  });
}

function addReplay(app: HttpApp, deps: EventRouteDeps): void {
  app.route({
    method: "POST",
    url: "/events/replay",
    schema: {
      tags: ["events"],
      summary: "Deliver events once more (이벤트 재전송)",
      description: [
        "Those with the given ids, or those of a range of business time, the oldest first.",
        "They keep their ids and go before what still waits in their stream.",
      ].join(" "),
      security: keyed,
      querystring: NoQuery,
      body: ReplayBody,
      response: { 202: ReplayResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { ids = null, after = null, endpointId = null, ...filter } = request.body;
      assertOneWay(ids, { ...filter, ...(after === null ? {} : { after }) });
      const replayed = await replayEvents(deps, {
        ids,
        filter: toFilter(filter),
        after,
        endpointId,
      });
      return reply.code(202).send(replayed);
    },
  });
}

/** Ids, or a range with its beginning: everything there ever was is asked for by no slip. */
function assertOneWay(ids: readonly string[] | null, range: { from?: string }): void {
  const isNamed = ids !== null && Object.keys(range).length === 0;
  const isRange = ids === null && range.from !== undefined;
  if (isNamed || isRange) return;
  const name = ids === null ? "from" : "ids";
  throw new ProblemError("VALIDATION_FAILED", {
    faults: [{ pointer: `/${name}`, expected: FIELD_TEXTS[name] }],
  });
}

function toFilter(query: {
  type?: string;
  subscriptionId?: string;
  from?: string;
  until?: string;
}): EventFilter {
  const { type, subscriptionId, from, until } = query;
  return {
    ...(type === undefined ? {} : { type }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
}

function presentDelivery(delivery: Delivery) {
  const { endpointId, state, tries, replays, lastStatus, lastReason, lastAnswer } = delivery;
  const told = { endpointId, state, tries, replays, lastStatus, lastReason, lastAnswer };
  return {
    ...told,
    lastTriedAt: delivery.lastTriedAt?.toISOString() ?? null,
    createdAt: delivery.createdAt.toISOString(),
    closedAt: delivery.closedAt?.toISOString() ?? null,
  };
}
