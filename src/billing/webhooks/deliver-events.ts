/**
 * Sends events to endpoints. The events of one stream go to an endpoint one after the other, held
 * together by the lease of their lane; streams and endpoints do not wait for each other.
 */
import type { Cause } from "../../domain/events.ts";
import {
  type DisabledReason,
  type FailureBounds,
  type WebhookEndpoint,
  disableEndpoint,
  disableFailing,
} from "../../domain/webhook-endpoint.ts";
import { newToken } from "../../lib/ids.ts";
import type { Logger } from "../../lib/logger.ts";
import type { WorkHints } from "../../queues/work-hints.ts";
import type { WebhookEndpointStore } from "../../stores/webhook-endpoints.ts";
import { readInstants } from "../instants.ts";
import { updateDocument } from "../update-document.ts";
import { type DeliverLaneDeps, type LaneTally, deliverLane } from "./deliver-lane.ts";

export interface DeliverDeps extends DeliverLaneDeps {
  endpoints: WebhookEndpointStore;
  hints: Pick<WorkHints, "document">;
  log: Logger;
  /** Lanes of one endpoint that one process sends at a time. */
  concurrency: number;
  disableAfter: FailureBounds;
}

/** Sends what is due at an endpoint. Says in a word what came of it. */
export type Deliverer = (endpointId: string) => Promise<string>;

/** How long one job goes on; what is left then gets a job of its own. */
const JOB_MS = 30_000;

/** One for each process: it sends to an endpoint in one job at a time. */
export function createDeliverer(deps: DeliverDeps): Deliverer {
  const running = new Map<string, { again: boolean }>();
  return async (endpointId) => {
    const already = running.get(endpointId);
    if (already !== undefined) {
      already.again = true;
      return "under way";
    }
    const run = { again: true };
    running.set(endpointId, run);
    try {
      let tally = NOTHING;
      const endsMs = deps.clock.monotonicMs() + JOB_MS;
      while (run.again && deps.clock.monotonicMs() < endsMs) {
        run.again = false;
        tally = sum(tally, await deliverDue(deps, endpointId, endsMs));
      }
      return `${tally.delivered} delivered, ${tally.failed} failed`;
    } finally {
      running.delete(endpointId);
    }
  };
}

const NOTHING: LaneTally = { delivered: 0, failed: 0, gone: false };

function sum(one: LaneTally, other: LaneTally): LaneTally {
  return {
    delivered: one.delivered + other.delivered,
    failed: one.failed + other.failed,
    gone: one.gone || other.gone,
  };
}

async function deliverDue(
  deps: DeliverDeps,
  endpointId: string,
  endsMs: number,
): Promise<LaneTally> {
  const run: Run = { endpointId, endsMs, lanes: 0, tally: NOTHING, isOver: false };
  await runLanes(deps, run);
  await judge(deps, run);
  const isLeft = !run.isOver && deps.clock.monotonicMs() >= endsMs;
  if (isLeft) {
    const revision = Math.floor(deps.clock.now().getTime() / 1000);
    await deps.hints.document("event", { id: endpointId, revision });
  }
  return run.tally;
}

interface Run {
  endpointId: string;
  endsMs: number;
  /** How many are sending. */
  lanes: number;
  tally: LaneTally;
  /** Nothing more is to be sent there. */
  isOver: boolean;
}

/** Sends one lane after the other; while there is more, another begins beside it. */
async function runLanes(deps: DeliverDeps, run: Run): Promise<void> {
  run.lanes += 1;
  const beside: Promise<void>[] = [];
  try {
    while (!run.isOver && deps.clock.monotonicMs() < run.endsMs) {
      const claimedMs = deps.clock.monotonicMs();
      const claim = claimOf(deps);
      const lane = await deps.deliveries.claimLane(run.endpointId, claim);
      if (lane === null) break;
      const endpoint = await deps.endpoints.find(run.endpointId);
      if (endpoint === null || endpoint.state === "disabled") {
        run.isOver = true;
        await deps.deliveries.releaseLane(lane, claim.token, deps.clock.now());
        break;
      }
      if (run.lanes < deps.concurrency) beside.push(caughtLater(runLanes(deps, run)));
      const held = { lane, token: claim.token, claimedMs };
      run.tally = sum(run.tally, await deliverLane(deps, endpoint, held));
      if (run.tally.gone) run.isOver = true;
    }
  } finally {
    run.lanes -= 1;
    await Promise.all(beside);
  }
}

/** Awaited once this lane has ended: a failure until then is nobody's, and would end the process. */
function caughtLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function claimOf({ clock, leaseMs }: DeliverDeps) {
  const now = clock.now();
  return { token: newToken(), now, leaseUntil: new Date(now.getTime() + leaseMs) };
}

/** What the tries say about the endpoint. */
async function judge(deps: DeliverDeps, { endpointId, tally }: Run): Promise<void> {
  if (tally.delivered + tally.failed === 0) return;
  await deps.endpoints.countTries(endpointId, { ...tally, at: deps.clock.now() });
  if (tally.gone) await disable(deps, endpointId, "gone");
  else if (tally.delivered === 0) await disable(deps, endpointId, "failing");
}

async function disable(
  deps: DeliverDeps,
  endpointId: string,
  reason: Extract<DisabledReason, "gone" | "failing">,
): Promise<void> {
  const cause: Cause = { at: await readInstants(deps), actor: "delivery" };
  const decide = (endpoint: WebhookEndpoint) =>
    reason === "gone"
      ? disableEndpoint(endpoint, reason, cause)
      : disableFailing(endpoint, deps.disableAfter, cause);
  const { changed } = await updateDocument(deps.endpoints, endpointId, decide);
  if (!changed) return;
  deps.log.error(
    { alarm: "webhook_endpoint_disabled", endpointId, reason },
    "events are not delivered to this endpoint any more",
  );
}
