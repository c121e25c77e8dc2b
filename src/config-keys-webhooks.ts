import type { ConfigKey } from "./config-keys.ts";

/** Where events go, and how long they are tried. */
export const WEBHOOK_KEYS = {
  WEBHOOK_ENDPOINTS: {
    default: "",
    text: "Endpoints that receive every event, comma-separated, each as url|whsec_ secret; more can be added with POST /webhook-endpoints.",
  },
  WEBHOOK_ALLOW_PRIVATE: {
    default: "",
    text: "Whether events may go to loopback, private and other addresses that are not public; empty: true outside production, false in it.",
  },
  WEBHOOK_TIMEOUT_MS: {
    default: "10000",
    text: "Longest time of one delivery of an event, from the look-up of the name to the answer.",
  },
  WEBHOOK_CONCURRENCY: {
    default: "10",
    text: "Deliveries in flight per worker process and endpoint.",
  },
  WEBHOOK_RETRY_FIRST_MS: {
    default: "5000",
    text: "Delay before an event that was not taken is delivered again; doubles.",
  },
  WEBHOOK_RETRY_MAX_MS: { default: "14400000", text: "Longest delay between two such tries." },
  WEBHOOK_RETRY_FOR_MS: {
    default: "259200000",
    text: "How long an event is tried before it is set aside and the later ones go on.",
  },
  WEBHOOK_DISABLE_AFTER_MS: {
    default: "432000000",
    text: "An endpoint to which nothing could be delivered for so long is disabled.",
  },
  WEBHOOK_DISABLE_FAILURES: {
    default: "50",
    text: "Failed tries in a row without which no endpoint is disabled.",
  },
  WEBHOOK_SECRET_OVERLAP_MS: {
    default: "86400000",
    text: "How long the old secret of an endpoint goes on signing beside the new one.",
  },
  WEBHOOK_DELIVERIES_KEPT_DAYS: {
    default: "30",
    text: "Days after which the record of an ended delivery is removed; the event itself never is.",
  },
} as const satisfies Record<string, ConfigKey>;
