/** Pure translation of a payment window: the order that opens it, and the form that it needs. */
import { type Decline, createDecline } from "../../domain/decline.ts";
import type { OpenWindowOutcome, OpenWindowRequest } from "../window.ts";
import type { PayupConfig } from "./account.ts";
import { toRefused } from "./declines.ts";
import { toKoreaStamp } from "../korea-stamp.ts";
import { type NameRules, toName } from "../names.ts";
import { type Fields, type Reply, amountOf, textOf } from "./reply.ts";
import { signOrder } from "./signature.ts";

type Body = Readonly<Record<string, string>>;

const PLUGIN_URL = "https://pay.kcp.co.kr/plugin/payplus_web.jsp";
const ORDER_NUMBER_LENGTH_MAX = 20;
const RETURN_URL_LENGTH_MAX = 200;
/**
 * The window's form is posted as EUC-KR, where a browser would put `&#128512;` for a character that
 * the charset lacks; bytes are the stricter reading of the gateway's lengths.
 */
const NAMES: NameRules = { charset: "cp949", unit: "bytes" };
const ITEM_NAME_BYTES_MAX = 100;
const USER_NAME_BYTES_MAX = 50;
const EMAIL_LENGTH_MAX = 50;
const GATEWAY_ORDER_ID = /^[A-Za-z0-9]{1,40}$/;

/** Both names are mandatory; these stand for one of which nothing is left. */
const NO_ITEM_NAME = "상품";
const NO_USER_NAME = "고객";

/** A mobile window is given only to a request whose User-Agent holds such words. */
export const MOBILE_USER_AGENT = "kiwoom-billing (Linux Android)";

/** The refusal of an order that the gateway could not take; null: it can. Nothing is sent for it. */
export function refuseUnfit({ orderNumber, returnUrl }: OpenWindowRequest): Decline | null {
  const problem =
    orderNumber.length > ORDER_NUMBER_LENGTH_MAX
      ? `the order number is longer than ${ORDER_NUMBER_LENGTH_MAX}`
      : returnUrl.length > RETURN_URL_LENGTH_MAX
        ? `the return URL is longer than ${RETURN_URL_LENGTH_MAX}`
        : null;
  if (problem === null) return null;
  const message = `${problem} characters; nothing was sent`;
  return createDecline("request_refused", { code: "UNFIT_ORDER", message });
}

export function toOrderBody(config: PayupConfig, request: OpenWindowRequest, at: Date): Body {
  const amount = String(request.amount);
  const { orderNumber, returnUrl } = request;
  const timestamp = toKoreaStamp(at);
  return {
    orderNumber,
    userAgent: request.device === "mobile" ? "WM" : "WP",
    amount,
    itemName: toName(request.productName, ITEM_NAME_BYTES_MAX, NAMES) || NO_ITEM_NAME,
    userName: toName(request.customerName, USER_NAME_BYTES_MAX, NAMES) || NO_USER_NAME,
    returnUrl,
    ...toContact(request),
    signature: signOrder(config, { orderNumber, amount, timestamp }),
    timestamp,
  };
}

/** Both are optional; what would not fit is left out, since it stops no payment. */
function toContact({ customerEmail, customerPhone }: OpenWindowRequest): Body {
  const userEmail = customerEmail ?? "";
  const mobileNumber = (customerPhone ?? "").replaceAll(/\D/g, "");
  return {
    ...(userEmail !== "" && userEmail.length <= EMAIL_LENGTH_MAX && { userEmail }),
    ...(/^\d{9,11}$/.test(mobileNumber) && { mobileNumber }),
  };
}

/** What the reply to an order says: the window's form, believed only for the amount that was asked. */
export function toOpenWindowOutcome(
  reply: Reply,
  request: OpenWindowRequest,
  { baseUrl, apiCertKey, pluginUrl }: Pick<PayupConfig, "baseUrl" | "apiCertKey" | "pluginUrl">,
): OpenWindowOutcome {
  if (reply.kind === "refused") return toRefused("order", reply.refusal, [apiCertKey]);
  if (reply.kind !== "success") return reply;
  const { fields } = reply;
  const gatewayOrderId = textOf(fields, "ordr_idxx");
  if (gatewayOrderId === undefined || !GATEWAY_ORDER_ID.test(gatewayOrderId)) {
    return unknown("no order id");
  }
  if (amountOf(fields, "good_mny") !== request.amount) return unknown("echo of amount");
  const url = request.device === "mobile" ? toWindowUrl(fields, baseUrl) : null;
  if (url === undefined) return unknown("no window URL");
  const form =
    request.device === "mobile"
      ? toForm(fields, MOBILE_ECHOED, MOBILE_FORM)
      : toForm(fields, PC_ECHOED, PC_FORM);
  if (typeof form === "string") return unknown(`answer has no ${form}`);
  const named = { ...form, good_mny: String(request.amount), ordr_idxx: gatewayOrderId };
  // The specification's mobile form spells it with one x; what was recorded, with two.
  const spelled = request.device === "mobile" ? { ordr_idx: gatewayOrderId } : {};
  // A phone's form goes to the window's own address; a PC's is read by the script.
  const script = request.device === "mobile" ? null : (pluginUrl ?? PLUGIN_URL);
  return {
    kind: "opened",
    gatewayOrderId,
    fields: { ...named, ...spelled },
    url,
    script,
    init: [],
  };
}

const PC_ECHOED = ["good_name", "buyr_name", "site_cd"];
const MOBILE_ECHOED = [...PC_ECHOED, "Ret_URL", "approval_key"];
const OPTIONS: Body = { param_opt_1: "", param_opt_2: "", param_opt_3: "" };
const MOBILE_FORM: Body = {
  req_tx: "pay",
  pay_method: "CARD",
  ActionResult: "card",
  currency: "410",
  escw_used: "N",
  kakaopay_direct: "Y",
  ...OPTIONS,
};
const PC_FORM: Body = {
  req_tx: "pay",
  pay_method: "100000000000",
  currency: "410",
  kakaopay_direct: "Y",
  module_type: "01",
  ...OPTIONS,
  // The window's script fills these; they must be there, and be empty.
  ordr_chk: "",
  res_cd: "",
  res_msg: "",
  enc_info: "",
  enc_data: "",
  ret_pay_method: "",
  tran_cd: "",
  use_pay_method: "",
  card_pay_method: "",
};

/** The form's fields, or the name of one that the reply lacks. */
function toForm(fields: Fields, echoed: readonly string[], fixed: Body): Body | string {
  const form: Record<string, string> = { ...fixed };
  for (const name of echoed) {
    const value = textOf(fields, name);
    if (value === undefined) return name;
    form[name] = value;
  }
  return form;
}

/** Where the customer's browser is sent: nowhere less safe than the gateway itself. */
function toWindowUrl(fields: Fields, baseUrl: string): string | undefined {
  const url = textOf(fields, "pay_url");
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === new URL(baseUrl).protocol ? url : undefined;
}

const unknown = (reason: string) => ({ kind: "unknown", reason: `order: ${reason}` }) as const;
