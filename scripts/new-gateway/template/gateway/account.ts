/** One merchant account at Acmepay. */
export interface AcmepayConfig {
  /** Our name for the account. */
  account: string;
  /** The gateway's id of the account. */
  merchantId: string;
  secret: string;
  /** The gateway's address, or the simulator's. */
  baseUrl: string;
  connectTimeoutMs: number;
  /** Everything that one call does. */
  callDeadlineMs: number;
}
