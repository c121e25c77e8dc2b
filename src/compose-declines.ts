/** What each gateway's own codes mean in our words, for people to look at. */
import type { DeclineMap } from "./domain/decline.ts";
import { COOKIEPAY_DECLINES } from "./gateways/cookiepay/declines.ts";

/** The map of every gateway; the adapters use them by themselves. */
export const DECLINE_MAPS: readonly DeclineMap[] = [
  { gateway: "cookiepay", codes: COOKIEPAY_DECLINES },
];
