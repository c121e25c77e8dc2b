import { COOKIEPAY } from "./cookiepay/routes.ts";
import type { Dialect } from "./dialect.ts";
import { PORTONE } from "./portone/routes.ts";

/** Every gateway that is simulated. */
export const DIALECTS: readonly Dialect[] = [COOKIEPAY, PORTONE];
