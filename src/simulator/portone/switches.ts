import { whole } from "../switch-table.ts";

/** What no document settles about this gateway. */
export const PORTONE_SWITCHES = {
  /** Calls that are let in a second; 0 sets no limit. */
  callsPerSecond: whole(0, 100_000),
} as const;
