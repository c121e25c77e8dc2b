/** One merchant account at PayUp. */
export interface PayupConfig {
  /** Our name for the account. */
  account: string;
  /** The gateway's id of the account (가맹점아이디); it stands in every path. */
  merchantId: string;
  /** `apiCertKey`: what signatures are made with. Never sent. */
  apiCertKey: string;
  /** `https://api.testpayup.co.kr`, `https://api.payup.co.kr`, or the simulator. */
  baseUrl: string;
  /** Opens the window of a PC; KCP's own script if absent. */
  pluginUrl?: string;
  connectTimeoutMs: number;
  callDeadlineMs: number;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}
