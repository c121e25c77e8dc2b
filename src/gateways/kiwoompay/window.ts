/** The payment window (통합결제창): what its KIWOOM_ENC is asked for with, and what opens it. */
import { createDecline } from "../../domain/decline.ts";
import type { OpenWindowOutcome, OpenWindowRequest, Wallet } from "../window.ts";
import { toName } from "../names.ts";
import type { KiwoompayConfig } from "./account.ts";
import type { KiwoompayAnswer } from "./client.ts";
import { toRefusedWindow } from "./declines.ts";
import { NAMES } from "./name-rules.ts";
import { textOf, toFields } from "./reply.ts";

const SCRIPT_URL = "https://ssl-v2.kiwoompay.co.kr/sdk/v1/latest/kiwoompayEnc.js";
const SUCCESS = "0000";
const PRODUCT_NAME_BYTES_MAX = 50;
const USER_NAME_BYTES_MAX = 50;
const EMAIL_LENGTH_MAX = 100;
/** A hash is some hundred characters; what is far longer is something else. */
const HASH_LENGTH_MAX = 4096;

const PAY_METHODS: Readonly<Record<Wallet, string>> = {
  kakaopay: "KAKAOPAY",
  naverpay: "NAVERPAY",
  samsungpay: "SAMSUNGPAY",
  payco: "PAYCO",
};
/** All that the contract has; the customer chooses. */
const ALL_METHODS = "TOTAL";

type Body = Readonly<Record<string, string>>;

/** What the hash covers: the window is refused where it says anything else. */
export function toHashBody({ cpid }: KiwoompayConfig, request: OpenWindowRequest): Body {
  return {
    PAYMETHOD: request.wallet === null ? ALL_METHODS : PAY_METHODS[request.wallet],
    TYPE: request.device === "pc" ? "P" : "M",
    CPID: cpid,
    ORDERNO: request.orderNumber,
    AMOUNT: String(request.amount),
  };
}

/** What the answer says: only a hash can open a window, so that without one nobody can have paid. */
export function toOpenWindowOutcome(
  answer: KiwoompayAnswer,
  request: OpenWindowRequest,
  config: KiwoompayConfig,
): OpenWindowOutcome {
  if (answer.kind !== "read") return answer;
  if (answer.status !== 200) return unknown(`http ${answer.status}`);
  const fields = toFields(answer.body);
  const code = fields && textOf(fields, "RESULTCODE");
  if (fields === undefined || code === undefined) return unknown("answer has no code");
  if (code !== SUCCESS) {
    const message = textOf(fields, "ERRORMESSAGE") ?? textOf(fields, "RESULTMSG") ?? "";
    return toRefusedWindow({ code, message }, [config.linkKey]);
  }
  const hash = textOf(fields, "KIWOOM_ENC");
  if (hash === undefined || hash.length > HASH_LENGTH_MAX) return unknown("no KIWOOM_ENC");
  return {
    kind: "opened",
    gatewayOrderId: null,
    fields: {
      KIWOOM_ENC: hash,
      ...toHashBody(config, request),
      ...toWindowFields(config, request),
    },
    url: null,
    script: config.sdkUrl ?? SCRIPT_URL,
    // A layer on the page; on a phone the window takes the page's place.
    init: [config.sdkHosts ?? "DEV", request.device === "pc" ? "FRAME" : ""],
  };
}

/** The refusal of a return address that is none. Nothing is sent for it. */
export function refuseUnfit({ returnUrl }: OpenWindowRequest): OpenWindowOutcome | null {
  if (URL.canParse(returnUrl)) return null;
  const message = "the return URL is no address; nothing was sent";
  return {
    kind: "declined",
    decline: createDecline("request_refused", { code: "UNFIT_ORDER", message }),
  };
}

function toWindowFields(config: KiwoompayConfig, request: OpenWindowRequest): Body {
  const userName = toName(request.customerName, USER_NAME_BYTES_MAX, NAMES);
  const email = request.customerEmail ?? "";
  const isFit = /^[\x21-\x7b\x7d\x7e]+$/.test(email) && email.length <= EMAIL_LENGTH_MAX;
  return {
    PRODUCTNAME: toName(request.productName, PRODUCT_NAME_BYTES_MAX, NAMES) || "결제",
    PRODUCTTYPE: config.productType === "physical" ? "2" : "1",
    ...(userName !== "" && { USERNAME: userName }),
    ...(isFit && { EMAIL: email }),
    HOMEURL: toReturnUrl(request, "home"),
    CLOSEURL: toReturnUrl(request, "close"),
    FAILURL: toReturnUrl(request, "fail"),
  };
}

/** The window adds nothing to its three addresses, so each says which one it is. */
function toReturnUrl({ returnUrl }: OpenWindowRequest, result: string): string {
  const url = new URL(returnUrl);
  url.searchParams.set("result", result);
  return url.href;
}

const unknown = (reason: string) => ({ kind: "unknown", reason: `hash: ${reason}` }) as const;
