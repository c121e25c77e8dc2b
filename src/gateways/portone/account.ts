/** One merchant account at PortOne, version 1 (iamport). */
export interface PortoneConfig {
  /** Our name for the account. */
  account: string;
  /** REST API key: `imp_key`. */
  impKey: string;
  /** REST API secret: `imp_secret`. */
  impSecret: string;
  /** `https://api.iamport.kr`, or the simulator. */
  baseUrl: string;
  /** The merchant's code (가맹점 식별코드), public: no payment window opens without it. */
  impCode?: string;
  /** Opens the payment window; PortOne's own script if absent. */
  sdkUrl?: string;
  /** The channel that issues billing keys and charges cards; takes the place of `pg`. */
  channelKey?: string;
  /** The company behind, `daou` or `daou.{merchant id}`; KiwoomPay (`daou`) if absent. */
  pg?: string;
  connectTimeoutMs: number;
  /** Everything that one call does. */
  callDeadlineMs: number;
  tokenTimeoutMs: number;
  /** By how much a token may be lengthened by another process; five minutes if absent. */
  tokenExtensionMs?: number;
  /** Most calls a second; 50 if absent. */
  callsPerSecond?: number;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}
