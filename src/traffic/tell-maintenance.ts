import type { MaintenanceWindow } from "../domain/maintenance.ts";
import type { OperationalClock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";

const LOOK_MS = 1000;

type Phase = "planned" | "begun" | "over";

/** Says in the log which maintenance is known, when it begins and when it is over. */
export function tellMaintenance(
  windows: readonly MaintenanceWindow[],
  { clock, log }: { clock: OperationalClock; log: Logger },
): { close(): void } {
  const told = new Map<MaintenanceWindow, Phase>();
  const look = () => {
    const now = clock.now();
    for (const window of windows) {
      const phase = phaseOf(window, now);
      const before = told.get(window);
      told.set(window, phase);
      // Long past at the start: nobody needs to hear of it.
      if (phase === before || (phase === "over" && before === undefined)) continue;
      log.info({ event: `maintenance_${phase}`, ...fieldsOf(window) }, SENTENCES[phase]);
    }
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

const SENTENCES: Readonly<Record<Phase, string>> = {
  planned: "a gateway's maintenance is known; its calls will wait",
  begun: "a gateway's maintenance has begun; its calls wait",
  over: "a gateway's maintenance is over; its calls go out",
};

function phaseOf({ fromAt, untilAt }: MaintenanceWindow, now: Date): Phase {
  if (now < fromAt) return "planned";
  return now < untilAt ? "begun" : "over";
}

function fieldsOf({ gateway, account, fromAt, untilAt }: MaintenanceWindow) {
  return {
    gateway,
    account: account ?? "*",
    from: fromAt.toISOString(),
    until: untilAt.toISOString(),
  };
}
