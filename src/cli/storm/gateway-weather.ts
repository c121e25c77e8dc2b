/** How the gateway's stand-in behaves during a storm: slow, forgetful, and sometimes it declines. */
import type { SimulatedGateway } from "../simulated-gateway.ts";
import { GATEWAY_SETTINGS } from "./settings.ts";

/** Sets in once the cards are registered. */
export async function setWeather(
  simulatorUrl: string,
  seed: number,
  gateway: SimulatedGateway,
): Promise<void> {
  const { lostReplies, declines, latencyMs } = GATEWAY_SETTINGS;
  const match = { gateway: gateway.name, operation: gateway.chargeOperation };
  const rules = [
    ...Object.entries(lostReplies).map(([effect, probability]) => ({
      match,
      probability,
      seed: `${seed}-${effect}`,
      effect,
    })),
    { match, probability: declines, seed: `${seed}-decline`, effect: { decline: "2001" } },
  ];
  await post(`${simulatorUrl}/_sim/switches`, { latencyMs });
  await post(`${simulatorUrl}/_sim/faults`, { rules });
}

/** Before anything is called: what bounds a dead worker's last call is short. */
export async function setHarsh(simulatorUrl: string, gateway: SimulatedGateway): Promise<void> {
  await post(`${simulatorUrl}/_sim/switches`, gateway.harshSwitches(GATEWAY_SETTINGS.tokenLifeMs));
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the simulator refused: ${await response.text()}`);
  await response.body?.cancel();
}
