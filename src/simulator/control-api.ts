import type { FastifyInstance } from "fastify";
import { parseInstant } from "./korea-time.ts";
import { parseLedgerQuery, queryLedger } from "./ledger-query.ts";
import type { SimulatorState } from "./state.ts";
import { ControlInputError, readObject } from "./strict-input.ts";

const CONTROL_ROUTES = [
  "/_sim/ledger",
  "/_sim/ledger.html",
  "/_sim/clock",
  "/_sim/faults",
  "/_sim/switches",
  "/_sim/not-understood",
  "/health",
];

/** Registers what a test uses to steer and to question the simulator; returns the paths. */
export function registerControlApi(app: FastifyInstance, state: SimulatorState): readonly string[] {
  const { clock, faults, ledger, notUnderstood, switches } = state;

  app.get("/_sim/ledger", (request) => queryLedger(ledger, parseLedgerQuery(request.query)));

  app.get("/_sim/clock", () => describeClock(state));
  app.post("/_sim/clock", (request) => {
    clock.freeze(readClockChange(request.body));
    return describeClock(state);
  });

  app.get("/_sim/faults", () => ({ rules: faults.list() }));
  app.post("/_sim/faults", (request) => {
    faults.add(request.body);
    return { rules: faults.list() };
  });
  app.delete("/_sim/faults", () => {
    faults.clear();
    return { rules: [] };
  });

  app.get("/_sim/switches", () => switches.current());
  app.post("/_sim/switches", (request) => switches.change(request.body));

  app.get("/_sim/not-understood", () => ({ items: notUnderstood.items() }));
  app.delete("/_sim/not-understood", () => {
    notUnderstood.clear();
    return { items: [] };
  });

  app.get("/health", () => ({ status: "ok" }));
  return CONTROL_ROUTES;
}

function describeClock({ clock }: SimulatorState): object {
  return { now: clock.business().toISOString(), frozen: clock.frozenAt() !== null };
}

function readClockChange(body: unknown): Date | null {
  const { now } = readObject(body, "the body", ["now"]);
  if (now === null) return null;
  const at = typeof now === "string" ? parseInstant(now) : null;
  if (at) return at;
  throw new ControlInputError(
    "now must be an instant with an offset such as 2026-03-01T00:00:00Z (2000 to 2099), or null",
  );
}
