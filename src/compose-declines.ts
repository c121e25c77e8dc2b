/** What each gateway's own codes mean in our words, for people to look at. */
import type { DeclineMap } from "./domain/decline.ts";
import { COOKIEPAY_DECLINES } from "./gateways/cookiepay/declines.ts";
import { KIWOOMPAY_DECLINES } from "./gateways/kiwoompay/declines.ts";
import { PAYUP_DECLINES } from "./gateways/payup/declines.ts";
import { PORTONE_DECLINES } from "./gateways/portone/declines.ts";

/** The map of every gateway; the adapters use them by themselves. */
export const DECLINE_MAPS: readonly DeclineMap[] = [
  { gateway: "cookiepay", codes: COOKIEPAY_DECLINES },
  { gateway: "kiwoompay", codes: KIWOOMPAY_DECLINES },
  { gateway: "portone", codes: PORTONE_DECLINES },
  { gateway: "payup", codes: PAYUP_DECLINES },
];
