/** What the matrix must know of each gateway with billing keys. Its own words are CookiePayments'. */
import type { GatewayName } from "../../src/config-gateways.ts";

export interface LaneGateway {
  name: GatewayName;
  /** The variable of its address. */
  url: "COOKIEPAY_API_URL" | "KIWOOM_TEST_API_URL" | "PORTONE_API_URL";
  /** The simulator's operations, by the names that scenarios use. */
  operations: Readonly<Record<string, string>>;
  /** Effects that it cannot have. */
  lacks: readonly string[];
  /** Scenarios in which it differs from the others; all of them where none is named. */
  scenarios: readonly string[] | null;
  /** Whether a lost answer can be asked about; else a person settles it. */
  looksUp: boolean;
  /** Settings and switches under which calls are not slowed. */
  settings: Readonly<Record<string, string>>;
  switches: object;
}

const WHERE_IT_DIFFERS = [
  "charge",
  "reconcile_found",
  "reconcile_absent",
  "cancel_in_flight",
  "refund_whole",
];

export const LANE_GATEWAYS = {
  cookiepay: {
    name: "cookiepay",
    url: "COOKIEPAY_API_URL",
    operations: {},
    lacks: [],
    scenarios: null,
    looksUp: true,
    settings: {},
    switches: {},
  },
  kiwoompay: {
    name: "kiwoompay",
    url: "KIWOOM_TEST_API_URL",
    operations: { payments: "batch", cancel: "pay_cancel" },
    // Nothing is sealed there, and nothing can be looked up.
    lacks: ["decryptFails", "paysearch"],
    scenarios: WHERE_IT_DIFFERS,
    looksUp: false,
    settings: { KIWOOM_CALLS_PER_SECOND: "10000" },
    switches: { kiwoompay: { callsPerSecond: 0 } },
  },
  portone: {
    name: "portone",
    url: "PORTONE_API_URL",
    operations: { payments: "again", cancel: "payment_cancel", paysearch: "payment_find_all" },
    // Nothing is sealed there, and a repeated number is refused in words instead of a code.
    lacks: ["decryptFails", "9002"],
    scenarios: WHERE_IT_DIFFERS,
    looksUp: true,
    settings: { PORTONE_CALLS_PER_SECOND: "10000" },
    switches: { portone: { callsPerSecond: 0 } },
  },
} as const satisfies Partial<Record<GatewayName, LaneGateway>>;

/** Whether a gateway can meet an outcome: its effect exists there, and its operation does. */
export function canMeet(gateway: LaneGateway, faults: readonly object[]): boolean {
  const text = JSON.stringify(faults);
  return gateway.lacks.every((word) => !text.includes(`"${word}"`));
}

/** Fault rules in the words of a gateway. */
export function translate(gateway: LaneGateway, rules: readonly object[]): object[] {
  return rules.map((rule) => {
    const { match, ...rest } = rule as { match: { operation: string } };
    const operation = gateway.operations[match.operation] ?? match.operation;
    return { ...rest, match: { ...match, gateway: gateway.name, operation } };
  });
}
