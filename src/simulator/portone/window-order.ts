/** What a browser asks the window for, and where it wants to be told what came of it. */
import { readWebAddress } from "../windows/reply-page.ts";
import { type Refusal, isRefusal, refuse } from "./envelope.ts";
import {
  ANY,
  BUYER_FIELDS,
  type CheckedBody,
  FLAG,
  checkFields,
  mandatory,
  text,
  toObject,
  whole,
} from "./fields.ts";
import type { Portone } from "./operation.ts";
import { type PayMethod, findPayMethod } from "./pay-methods.ts";
import { findWindowFault } from "./window-rules.ts";

/** The argument of `IMP.request_pay`. */
const WINDOW_FIELDS = {
  channelKey: text(100),
  pg: text(80),
  pay_method: mandatory(text(20)),
  merchant_uid: mandatory(text(40)),
  amount: mandatory(whole(1)),
  name: text(40, { isName: true }),
  ...BUYER_FIELDS,
  currency: text(3, { pattern: /^KRW$/, expects: "KRW" }),
  tax_free: whole(0),
  vat_amount: whole(0),
  digital: FLAG,
  escrow: FLAG,
  bypass: ANY,
  display: ANY,
  card: ANY,
  m_redirect_url: text(2_000),
  app_scheme: text(100, { pattern: /^[a-z][a-z0-9+.-]*$/i, expects: "a scheme without ://" }),
  notice_url: ANY,
  custom_data: ANY,
  language: text(5),
  popup: FLAG,
};

/** How the browser gets back: the page around the window is told, or a phone is sent to an address. */
export type WayBack =
  | { readonly kind: "page"; readonly origin: string }
  | { readonly kind: "address"; readonly url: string };

/** An order whose window is open. */
export interface WindowOrder {
  readonly merchant: string;
  readonly payMethod: PayMethod;
  readonly body: CheckedBody;
  readonly way: WayBack;
}

/** What the script posts, as far as it can be read at all. */
export interface AskedWindow {
  readonly impCode: string;
  readonly param: Readonly<Record<string, unknown>>;
  readonly way: WayBack;
}

/** Reads what the script posted; null where nobody could be told of anything. */
export function readAsked(form: Readonly<Record<string, string>>): AskedWindow | null {
  const param = parseParam(form.param ?? "");
  if (param === undefined) return null;
  const way = readWay(form, param);
  return way && { impCode: form.imp_code ?? "", param, way };
}

/** The order that is asked for, or why the window does not open for it. */
export function readOrder(
  gateway: Portone,
  { impCode, param, way }: AskedWindow,
): WindowOrder | Refusal {
  const merchant = findMerchant(gateway, impCode);
  if (merchant === undefined) return refuse("등록되지 않은 가맹점 식별코드입니다.");
  const body = checkFields(param, WINDOW_FIELDS, false);
  if (isRefusal(body)) return body;
  const payMethod = findPayMethod(body.text("pay_method") ?? "");
  if (payMethod === undefined) return refuse("지원하지 않는 결제수단입니다. (pay_method)");
  const order = { merchant, payMethod, body, way };
  return findWindowFault(gateway, order) ?? order;
}

/** The code of the merchant that is always there; that of another is `imp_` and its key. */
const DEFAULT_CODE = "imp00000000";
const DEFAULT_MERCHANT = "sim_imp_key";

function findMerchant({ state }: Portone, impCode: string): string | undefined {
  if (impCode === DEFAULT_CODE) return DEFAULT_MERCHANT;
  const id = impCode.startsWith("imp_") ? impCode.slice("imp_".length) : "";
  return state.merchants.secretOf("portone", id) === undefined ? undefined : id;
}

function parseParam(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return toObject(JSON.parse(json));
  } catch {
    return undefined;
  }
}

function readWay(
  form: Readonly<Record<string, string>>,
  param: Readonly<Record<string, unknown>>,
): WayBack | null {
  const given = form.device === "mobile" ? param.m_redirect_url : form.origin;
  const url = readWebAddress(typeof given === "string" ? given : "");
  if (url === null) return null;
  return form.device === "mobile"
    ? { kind: "address", url }
    : { kind: "page", origin: new URL(url).origin };
}
