import { COOKIEPAY_SWITCHES } from "./cookiepay/switches.ts";
import { KIWOOMPAY_SWITCHES } from "./kiwoompay/switches.ts";
import { PAYUP_SWITCHES } from "./payup/switches.ts";
import { PORTONE_SWITCHES } from "./portone/switches.ts";
import { ControlInputError, readObject, readWhole } from "./strict-input.ts";
import { type SwitchValues, defaultsOf, readSwitches } from "./switch-table.ts";

const DELAY_MS_MAX = 600_000;

const TABLES = {
  cookiepay: COOKIEPAY_SWITCHES,
  kiwoompay: KIWOOMPAY_SWITCHES,
  portone: PORTONE_SWITCHES,
  payup: PAYUP_SWITCHES,
} as const;

/** What no document settles; the defaults are the harsh reading. */
export type Switches = {
  readonly [Gateway in keyof typeof TABLES]: SwitchValues<(typeof TABLES)[Gateway]>;
} & {
  /** Look-ups do not show approvals younger than this, in real time. */
  readonly lookupLagMs: number;
  /** Every gateway reply waits between these, in real time. */
  readonly latencyMs: readonly [number, number];
};

/** The switches as they stand, and the one way to move them. */
export interface SwitchBoard {
  current(): Switches;
  /** Moves the named switches and leaves the others; throws on anything it does not know. */
  change(input: unknown): Switches;
}

/** All switches at their defaults. */
export function createSwitchBoard(): SwitchBoard {
  let current: Switches = {
    lookupLagMs: 0,
    latencyMs: [0, 0],
    cookiepay: defaultsOf(COOKIEPAY_SWITCHES),
    kiwoompay: defaultsOf(KIWOOMPAY_SWITCHES),
    portone: defaultsOf(PORTONE_SWITCHES),
    payup: defaultsOf(PAYUP_SWITCHES),
  };
  return {
    current: () => current,
    change: (input) => {
      current = changed(current, input);
      return current;
    },
  };
}

function changed(current: Switches, input: unknown): Switches {
  const given = readObject(input, "the body", Object.keys(current));
  const { lookupLagMs, latencyMs } = given;
  const ofGateways = Object.entries(TABLES).flatMap(([gateway, table]) =>
    given[gateway] === undefined
      ? []
      : [
          [
            gateway,
            {
              ...current[gateway as keyof typeof TABLES],
              ...readSwitches(table, given[gateway], gateway),
            },
          ],
        ],
  );
  return {
    ...current,
    ...(Object.fromEntries(ofGateways) as Partial<Switches>),
    ...(lookupLagMs !== undefined && {
      lookupLagMs: readWhole(lookupLagMs, "lookupLagMs", [0, DELAY_MS_MAX]),
    }),
    ...(latencyMs !== undefined && { latencyMs: readLatency(latencyMs) }),
  };
}

function readLatency(value: unknown): readonly [number, number] {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new ControlInputError("latencyMs must be a pair [min, max] of milliseconds");
  }
  const min = readWhole(value[0], "latencyMs[0]", [0, DELAY_MS_MAX]);
  return [min, readWhole(value[1], "latencyMs[1]", [min, DELAY_MS_MAX])];
}
