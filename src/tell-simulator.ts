import type { Config } from "./config.ts";

/**
 * Tells a simulator on plain http the business time, since it keeps the same one. A gateway that is
 * no simulator is https and is never asked.
 */
export async function tellSimulator(config: Config, now: Date): Promise<void> {
  const urls = config.gateways.flatMap((gateway) => config[gateway].url ?? []);
  const simulators = new Set(urls.filter((url) => url.startsWith("http://")));
  await Promise.all([...simulators].map((url) => tell(url, now)));
}

async function tell(url: string, now: Date): Promise<void> {
  const response = await fetch(`${url}/_sim/clock`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ now: now.toISOString() }),
    signal: AbortSignal.timeout(5000),
  });
  if (!response.ok) throw new Error(`the simulator refused its clock: HTTP ${response.status}`);
}
