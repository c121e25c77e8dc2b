/** Hours for which a gateway has announced that it will be away. */

export interface MaintenanceWindow {
  gateway: string;
  /** Null: every account at the gateway. */
  account: string | null;
  /** Operational instants: a gateway's maintenance happens in real time. */
  fromAt: Date;
  untilAt: Date;
}

/** An instant that says its zone: without one, every machine would read another. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const WINDOW = /^([a-z]+)(?:\/([\w-]{1,40}))?=([^/]+)\/([^/]+)$/;

/** Reads `gateway=FROM/UNTIL` or `gateway/account=FROM/UNTIL`; null where it is neither. */
export function parseMaintenanceWindow(text: string): MaintenanceWindow | null {
  const [, gateway, account, from = "", until = ""] = WINDOW.exec(text) ?? [];
  if (gateway === undefined || !INSTANT.test(from) || !INSTANT.test(until)) return null;
  const [fromAt, untilAt] = [new Date(from), new Date(until)];
  // An invalid date compares as false.
  if (!(fromAt < untilAt)) return null;
  return { gateway, account: account ?? null, fromAt, untilAt };
}

/** When the maintenance ends that an account is in now; null where it is in none. */
export function maintenanceEnd(
  windows: readonly MaintenanceWindow[],
  account: { gateway: string; account: string },
  now: Date,
): Date | null {
  let end: Date | null = null;
  // Windows may touch or overlap: the end is that of the last one without a gap.
  for (const window of windows.toSorted((one, other) => +one.fromAt - +other.fromAt)) {
    const isUnderWay = window.fromAt <= (end ?? now) && (end ?? now) < window.untilAt;
    if (isUnderWay && concerns(window, account)) end = window.untilAt;
  }
  return end;
}

/** Whether a window is about an account. */
export function concerns(
  window: MaintenanceWindow,
  { gateway, account }: { gateway: string; account: string },
): boolean {
  return window.gateway === gateway && (window.account ?? account) === account;
}
