import { COOKIEPAY } from "./cookiepay/routes.ts";
import type { Dialect } from "./dialect.ts";
import { KIWOOMPAY } from "./kiwoompay/routes.ts";
import { PAYUP } from "./payup/routes.ts";
import { PORTONE } from "./portone/routes.ts";

/** Every gateway that is simulated. */
export const DIALECTS: readonly Dialect[] = [COOKIEPAY, KIWOOMPAY, PORTONE, PAYUP];
