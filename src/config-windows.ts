/** The part of the configuration that is about payment windows. */
import type { GatewaysConfig } from "./config-gateways.ts";
import type { ConfigName } from "./config-keys.ts";
import type { Reader } from "./config-reader.ts";
import { WALLETS, type Wallet } from "./domain/wallet.ts";

export interface WindowsConfig {
  /** Where customers' browsers reach the API; null: at the address that the caller used. */
  publicUrl: string | null;
  /** How long a customer may take. */
  openMs: number;
  /** How long after that a gateway that cannot be asked may still tell. */
  tellingMs: number;
  /** Wallets that are offered in KiwoomPay's window. */
  wallets: readonly Wallet[];
}

const FLAGS: Readonly<Record<Wallet, ConfigName>> = {
  kakaopay: "KAKAOPAY_ENABLED",
  naverpay: "NAVERPAY_ENABLED",
  samsungpay: "SAMSUNGPAY_ENABLED",
  payco: "PAYCO_ENABLED",
};

const MINUTE_MS = 60_000;

export function readWindows(
  read: Reader,
  { kiwoompay }: Pick<GatewaysConfig, "kiwoompay">,
): WindowsConfig {
  const isSimulated = kiwoompay.url?.startsWith("https://") !== true;
  const isOffered = (wallet: Wallet) =>
    read.raw(FLAGS[wallet]) === "" ? isSimulated : read.flag(FLAGS[wallet]);
  return {
    publicUrl: read.url("PUBLIC_URL", ["http:", "https:"]),
    openMs: read.integer("WINDOW_MINUTES", 1, 1440) * MINUTE_MS,
    tellingMs: read.integer("WINDOW_NOTICE_MINUTES", 1, 1440) * MINUTE_MS,
    wallets: WALLETS.filter(isOffered),
  };
}

/** What production asks of windows: an address that a customer's browser can trust. */
export function checkWindows({ publicUrl, wallets }: WindowsConfig, read: Reader): void {
  if (publicUrl === null && wallets.length > 0) {
    read.fault("PUBLIC_URL", "must be set in production where a wallet is enabled");
  }
  if (publicUrl !== null && !publicUrl.startsWith("https://")) {
    read.fault("PUBLIC_URL", "must be https in production");
  }
}
