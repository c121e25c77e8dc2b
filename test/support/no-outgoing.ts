import type { Outgoing } from "../../src/billing/webhooks/outgoing.ts";

/** No endpoint is configured: nothing is delivered. */
export const NO_OUTGOING: Outgoing = {
  prepare: () => Promise.resolve(false),
  spread: () => Promise.resolve(),
  enqueue: () => Promise.resolve(),
};
