import type { LedgerEntry } from "../ledger-entry.ts";
import type { GatewayNotices, Told } from "../notices/gateway-notices.ts";
import { writeUtf8 } from "../notices/wire.ts";

const ASKED_URLS_MAX = 5;
const ASKED_URL_LENGTH_MAX = 2_000;

/**
 * Webhooks: payments, virtual accounts that were issued, and cancellations at the console or through an API call with `enable_webhook`.
 * Ordinary failures are never told. What a webhook says is to be looked up, so it says little.
 */
export const PORTONE_NOTICES: GatewayNotices = {
  tells({ entry }, { portone }) {
    if (portone.notices === "off") return false;
    return entry.kind !== "refund" || entry.detail?.webhook === "yes" || isOfConsole(entry);
  },
  timing: ({ portone }) => portone,
  askedUrls: ({ approval }) => toUrls(approval.detail?.noticeUrls),
  write(told, { portone }) {
    return writeUtf8(fieldsOf(told), portone.noticeForm);
  },
  // It is sent again after a network error or a 5xx alone.
  isAcknowledged: ({ status }) => status < 500,
};

function fieldsOf({ entry }: Told): Readonly<Record<string, string>> {
  const cancellationId = entry.detail?.cancellationId;
  return {
    imp_uid: entry.transactionId ?? "",
    merchant_uid: entry.orderNumber ?? "",
    status: toStatus(entry),
    ...(cancellationId !== undefined && { cancellation_id: cancellationId }),
  };
}

function toStatus({ kind }: LedgerEntry): string {
  if (kind === "refund") return "cancelled";
  return kind === "virtual_account_issued" ? "ready" : "paid";
}

function isOfConsole(entry: LedgerEntry): boolean {
  return entry.detail?.via === "console";
}

/** `notice_url` as the ledger keeps it: the documents have a text, or a list of them. */
export function keepNoticeUrls(value: unknown): string | undefined {
  const urls = [value]
    .flat()
    .filter((one) => typeof one === "string" && one !== "" && one.length <= ASKED_URL_LENGTH_MAX);
  return urls.length === 0 ? undefined : JSON.stringify(urls.slice(0, ASKED_URLS_MAX));
}

function toUrls(kept: string | undefined): readonly string[] {
  return kept === undefined ? [] : (JSON.parse(kept) as string[]);
}
