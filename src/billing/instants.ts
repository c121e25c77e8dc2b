import type { Instants } from "../domain/events.ts";
import type { BusinessClock, OperationalClock } from "../lib/clock.ts";

export interface Clocks {
  clock: OperationalClock;
  businessClock: BusinessClock;
}

/** Both times, read together. */
export async function readInstants(clocks: Clocks): Promise<Instants> {
  return { business: await clocks.businessClock.now(), operational: clocks.clock.now() };
}
