import type { Reader } from "./config-reader.ts";
import { type AddressRules, faultOfUrl } from "./lib/addresses.ts";

/** Where events go, and how long they are tried. */
export interface WebhookConfig {
  /** Endpoints of the configuration, with their secrets. */
  endpoints: readonly { url: string; secret: string }[];
  addresses: AddressRules;
  timeoutMs: number;
  /** Deliveries in flight per process and endpoint. */
  concurrency: number;
  retryFirstMs: number;
  retryMaxMs: number;
  retryForMs: number;
  disableAfterMs: number;
  disableFailures: number;
  secretOverlapMs: number;
  keptDays: number;
}

const DAY_MS = 86_400_000;

/** Reads what is said about webhooks; every fault is told to the reader. */
export function readWebhooks(read: Reader, isProduction: boolean): WebhookConfig {
  const allowPrivate =
    read.raw("WEBHOOK_ALLOW_PRIVATE") === "" ? !isProduction : read.flag("WEBHOOK_ALLOW_PRIVATE");
  const addresses = { allowPrivate, httpsOnly: isProduction };
  const retryFirstMs = read.integer("WEBHOOK_RETRY_FIRST_MS", 10, DAY_MS);
  const retryMaxMs = read.integer("WEBHOOK_RETRY_MAX_MS", 10, DAY_MS);
  if (retryMaxMs < retryFirstMs) {
    read.fault("WEBHOOK_RETRY_MAX_MS", `must be at least WEBHOOK_RETRY_FIRST_MS (${retryFirstMs})`);
  }
  return {
    endpoints: readEndpoints(read, addresses),
    addresses,
    timeoutMs: read.integer("WEBHOOK_TIMEOUT_MS", 50, 60_000),
    concurrency: read.integer("WEBHOOK_CONCURRENCY", 1, 100),
    retryFirstMs,
    retryMaxMs,
    retryForMs: read.integer("WEBHOOK_RETRY_FOR_MS", 10, 30 * DAY_MS),
    disableAfterMs: read.integer("WEBHOOK_DISABLE_AFTER_MS", 10, 90 * DAY_MS),
    disableFailures: read.integer("WEBHOOK_DISABLE_FAILURES", 1, 100_000),
    secretOverlapMs: read.integer("WEBHOOK_SECRET_OVERLAP_MS", 0, 30 * DAY_MS),
    keptDays: read.integer("WEBHOOK_DELIVERIES_KEPT_DAYS", 1, 3650),
  };
}

/** 24 to 64 bytes, as Standard Webhooks asks for. */
const SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readEndpoints(read: Reader, addresses: AddressRules): WebhookConfig["endpoints"] {
  const endpoints = read.list("WEBHOOK_ENDPOINTS").map((entry) => {
    const [url = "", secret = ""] = entry.split("|");
    const fault = faultOfUrl(url, addresses);
    // Neither part is repeated: one is a secret, and the other may hold one.
    if (fault !== null) read.fault("WEBHOOK_ENDPOINTS", `the URL of an entry is ${fault.en}`);
    if (!SECRET.test(secret)) {
      read.fault(
        "WEBHOOK_ENDPOINTS",
        "each entry must be url|whsec_ and 24 to 64 bytes in base64, for example from: openssl rand -base64 32",
      );
    }
    return { url, secret };
  });
  if (new Set(endpoints.map(({ url }) => url)).size < endpoints.length) {
    read.fault("WEBHOOK_ENDPOINTS", "each URL may stand there once");
  }
  return endpoints;
}
