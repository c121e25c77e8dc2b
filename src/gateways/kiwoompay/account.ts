/** The two contracts under which a card is charged; each has pay methods of its own. */
export type CardFamily = "CARD" | "CARDK";

/**
 * How the fields are spelled: `recorded` as integrations recorded them, `guide` as the integration
 * guide of 2026-02-05 has them (README, "Two dialects").
 */
export type KiwoompayDialect = "recorded" | "guide";

/** One merchant account at KiwoomPay. */
export interface KiwoompayConfig {
  /** Our name for the account. */
  account: string;
  /** The gateway's id of the merchant: `CPID`. */
  cpid: string;
  /** The link key (연동키), sent as it is in the header `Authorization`. */
  linkKey: string;
  /** `https://apitest.kiwoompay.co.kr`, `https://api.kiwoompay.co.kr`, or the simulator. */
  baseUrl: string;
  /** Opens the payment window; KiwoomPay's own script if absent. */
  sdkUrl?: string;
  /** Which hosts the script uses: `REAL`, or `DEV` for tests, which it is if absent. */
  sdkHosts?: "DEV" | "REAL";
  family: CardFamily;
  /** `recorded` if absent. */
  dialect?: KiwoompayDialect;
  connectTimeoutMs: number;
  /** For the first step, which asks where to send the second. */
  readyTimeoutMs: number;
  /** For the second step, in which money moves. */
  callDeadlineMs: number;
  /** Most calls a second of each pay method; five if absent. */
  callsPerSecond?: number;
  /** How long the first step's answer may be used, counted from its receipt; five minutes if absent. */
  tokenLifeMs?: number;
  /**
   * The base URL is the simulator's, somewhere else than on loopback (in containers): the second step
   * may then go to that very origin, even without TLS. Never for the real gateway.
   */
  simulator?: boolean;
  /** `PRODUCTTYPE`; digital if absent. */
  productType?: "digital" | "physical";
  /** `PRODUCTCODE`, at most ten letters and digits; `BILLING` if absent. */
  productCode?: string;
  /** `IPADDRESS`: the buyer's, but nobody is there at a renewal; 127.0.0.1 if absent. */
  ipAddress?: string;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}
