/** One merchant account at CookiePayments. */
export interface CookiepayConfig {
  /** Our name for the account. */
  account: string;
  /** The gateway's id of the account: `API_ID`, also `pay2_id`. */
  apiId: string;
  /** Header `ApiKey`, also `pay2_key`. */
  secret: string;
  /** `https://sandbox.cookiepayments.com`, `https://www.cookiepayments.com`, or the simulator. */
  baseUrl: string;
  connectTimeoutMs: number;
  /** Everything that one call does, the decryption of its answer included. */
  callDeadlineMs: number;
  tokenTimeoutMs: number;
  /** For tokens that do not tell their own life; one hour if absent. */
  tokenLifeMs?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}
