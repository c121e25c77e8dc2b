/** The gateways with billing keys as the simulator plays them: what demo and storm must know of each. */
import { type GatewayName, URL_NAMES } from "../config-gateways.ts";
import { UsageError } from "./command.ts";

export interface SimulatedGateway {
  name: GatewayName;
  /** The simulator's operation that charges a billing key. */
  chargeOperation: string;
  /** Whether its replies are sealed: then one that cannot be opened is a fault of its own. */
  seals: boolean;
  /** Whether its tokens live an hour, and no switch shortens them. */
  hasHourTokens: boolean;
  /**
   * Whether a lost reply can be looked up; else a notice, or a person, says what became of the charge.
   */
  looksUp: boolean;
  /** How fast it is called here, and how fast it lets itself be called. */
  settings: Readonly<Record<string, string>>;
  switches: Readonly<Record<string, unknown>>;
  /** Switches that also shorten what bounds a dead worker's last call, and take order numbers twice. */
  harshSwitches(tokenLifeMs: number): Readonly<Record<string, unknown>>;
  harshSettings(tokenLifeMs: number): Readonly<Record<string, string>>;
}

/** A month of renewals in seconds is far above the limit of any gateway. */
const UNHURRIED = "10000";

/** Where charges can be looked up no notice is needed, and the storm does without any. */
const NO_NOTICES = { notices: "off" } as const;
/** Where they cannot, a notice tells of them; one that is not taken comes again at once. */
const NOTICES = { notices: "on", noticeRetryMs: 500 } as const;

const GATEWAYS: readonly SimulatedGateway[] = [
  {
    name: "cookiepay",
    chargeOperation: "payments",
    seals: true,
    hasHourTokens: true,
    looksUp: true,
    settings: {},
    switches: { cookiepay: NO_NOTICES },
    harshSwitches: () => ({ cookiepay: NO_NOTICES }),
    harshSettings: () => ({}),
  },
  {
    name: "kiwoompay",
    chargeOperation: "batch",
    seals: false,
    hasHourTokens: false,
    looksUp: false,
    settings: { KIWOOM_CALLS_PER_SECOND: UNHURRIED },
    switches: { kiwoompay: { ...NOTICES, callsPerSecond: 0 } },
    harshSwitches: (tokenLifeMs) => ({
      kiwoompay: { ...NO_NOTICES, callsPerSecond: 0, tokenLifeMs, duplicateOrderNumber: "accept" },
    }),
    harshSettings: (tokenLifeMs) => ({ KIWOOM_TOKEN_LIFE_MS: String(tokenLifeMs) }),
  },
  {
    name: "portone",
    chargeOperation: "again",
    seals: false,
    hasHourTokens: false,
    looksUp: true,
    settings: { PORTONE_CALLS_PER_SECOND: UNHURRIED },
    switches: { portone: { ...NO_NOTICES, callsPerSecond: 0 } },
    harshSwitches: (tokenLifeMs) => ({
      portone: {
        ...NO_NOTICES,
        callsPerSecond: 0,
        tokenLifeMs,
        tokenExtensionMs: 0,
        duplicateMerchantUid: "accept",
      },
    }),
    harshSettings: () => ({ PORTONE_TOKEN_EXTENSION_MS: "0" }),
  },
];

/** The gateway that `--gateway` names. */
export function readSimulatedGateway(name: string): SimulatedGateway {
  const found = GATEWAYS.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = GATEWAYS.map((one) => one.name).join(", ");
  throw new UsageError(`--gateway must be one of ${names}, not ${name}`);
}

/** Settings of every process that works with this gateway alone. */
export function gatewaySettings(gateway: SimulatedGateway): Record<string, string> {
  return { GATEWAYS: gateway.name, ...gateway.settings };
}

/** The variable in which the gateway's address stands. */
export function urlNameOf(gateway: SimulatedGateway): string {
  return URL_NAMES[gateway.name];
}
