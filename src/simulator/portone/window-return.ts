/** How the merchant's page hears what came of a window. */
import { type PageReply, toRedirect } from "../windows/reply-page.ts";
import { toTellingPage } from "../windows/return-pages.ts";
import { GATEWAY } from "./envelope.ts";
import type { Portone } from "./operation.ts";
import { findPayment, printPayment } from "./payments.ts";
import type { WayBack } from "./window-order.ts";

export const WINDOW_TITLE = "포트원 결제창 PortOne payment window";
/** Where the customer's own form goes. */
export const WINDOW_PATH = "/_sim/portone/window";

/** A payment that was made or failed, or why there is none. */
export type CameOf =
  | { readonly merchant: string; readonly impUid: string }
  | {
      readonly merchant_uid: string;
      readonly pay_method?: string;
      readonly error_code: string;
      readonly error_msg: string;
    };

type Told = Readonly<Record<string, unknown>>;

/** Tells the page around the window, or sends the phone to the merchant's address. */
export function goBack(gateway: Portone, way: WayBack, cameOf: CameOf): PageReply {
  const told = toTold(gateway, cameOf);
  if (way.kind === "address") return toRedirect(withQuery(way.url, told));
  // What goes between pages is text: the script makes it an object again.
  const result = { rsp: JSON.stringify(told) };
  return toTellingPage(WINDOW_TITLE, { from: GATEWAY, origin: way.origin, result });
}

/** `rsp`, as the callback gets it. */
function toTold(gateway: Portone, cameOf: CameOf): Told {
  if (!("impUid" in cameOf)) return { success: false, imp_uid: null, ...cameOf };
  const record = findPayment(gateway, cameOf.merchant, cameOf.impUid);
  if (record === undefined) throw new Error(`the ledger lost ${cameOf.impUid}`);
  const { windowSuccess } = gateway.state.switches.current().portone;
  const payment = printPayment(gateway, record);
  const isFailed = record.status === "failed";
  const told = Object.fromEntries(TOLD.map((name) => [name, payment[name] ?? null]));
  return {
    ...told,
    success: !isFailed && windowSuccess === "true",
    paid_amount: record.status === "paid" ? payment.amount : 0,
    ...(isFailed && { error_code: record.entry.code, error_msg: payment.fail_reason }),
  };
}

const TOLD = (
  "imp_uid merchant_uid pay_method pg_provider emb_pg_provider pg_tid apply_num status name currency custom_data paid_at " +
  "receipt_url buyer_name buyer_email buyer_tel buyer_addr buyer_postcode card_name card_number card_quota bank_name " +
  "vbank_name vbank_num vbank_holder vbank_date"
).split(" ");

const SENT = ["imp_uid", "merchant_uid", "error_code", "error_msg"];

function withQuery(address: string, told: Told): string {
  const url = new URL(address);
  for (const name of SENT) {
    const value = told[name];
    if (typeof value === "string") url.searchParams.set(name, value);
  }
  url.searchParams.set("imp_success", `${told.success === true}`);
  return url.href;
}
