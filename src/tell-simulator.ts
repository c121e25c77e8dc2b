import type { GatewayName } from "./config-gateways.ts";
import type { Config } from "./config.ts";

/** Where the API takes each gateway's notices; PayUp sends none. */
const NOTICE_PATHS: Readonly<Partial<Record<GatewayName, string>>> = {
  cookiepay: "/webhook/cookiepay",
  kiwoompay: "/webhook/kiwoom",
  portone: "/webhook/portone",
};

/**
 * Tells a simulator on plain http the business time, since it keeps the same one. A gateway that is
 * no simulator is https and is never asked.
 */
export async function tellSimulator(config: Config, now: Date): Promise<void> {
  const urls = config.gateways.flatMap((gateway) => config[gateway].url ?? []);
  const simulators = new Set(urls.filter((url) => url.startsWith("http://")));
  await Promise.all(
    [...simulators].map((url) => post(`${url}/_sim/clock`, { now: now.toISOString() })),
  );
}

/** Tells a simulator of this machine where the API listens, so that notices reach it. */
export async function tellNoticeUrls(simulatorUrl: string, apiUrl: string): Promise<void> {
  const urls = Object.entries(NOTICE_PATHS).map(([gateway, path]) => [gateway, apiUrl + path]);
  await post(`${simulatorUrl}/_sim/notice-urls`, Object.fromEntries(urls));
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5000),
  });
  if (response.ok) return;
  throw new Error(`the simulator refused ${new URL(url).pathname}: HTTP ${response.status}`);
}
