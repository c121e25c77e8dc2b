import { readWebAddress } from "../windows/reply-page.ts";
import { CODES, type Refusal, refusal } from "./codes.ts";
import { badValue, isRefusal, textOf } from "./fields.ts";
import { type Payup, isAlive, isPaid } from "./operation.ts";
import { SITE_CODE, approvalKeyOf } from "./order.ts";
import type { Order } from "./orders.ts";

/** What an open window is about. */
export interface WindowOrder {
  readonly order: Order;
  /** The page around the window; null on a phone, which goes back by a form. */
  readonly pageOrigin: string | null;
  /** `param_opt_1` to `3`: the merchant's own, handed back as they came. */
  readonly options: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, string>>;

const OPTIONS = ["param_opt_1", "param_opt_2", "param_opt_3"];
const OPTION_LENGTH_MAX = 200;

/** Fixed values of both forms, then of each. */
const FIXED: Fields = { site_cd: SITE_CODE, req_tx: "pay", currency: "410", kakaopay_direct: "Y" };
const FIXED_ON_PHONE: Fields = { pay_method: "CARD", ActionResult: "card", escw_used: "N" };
const FIXED_ON_PC: Fields = { pay_method: "100000000000", module_type: "01" };

/** They must stand in a PC's form, for the script to fill; after a first try they are filled. */
const FILLED_BY_SCRIPT = [
  "ordr_chk",
  "res_cd",
  "res_msg",
  "enc_info",
  "enc_data",
  "ret_pay_method",
  "tran_cd",
  "use_pay_method",
  "card_pay_method",
];

/** Checks the form that opens a window, against its order; or says why it opens none. */
export function readWindowForm(gateway: Payup, form: unknown): WindowOrder | Refusal {
  if (typeof form !== "object" || form === null) return refusal(CODES.badBody);
  const order = findOrder(gateway, form);
  if (isRefusal(order)) return order;
  const isPhone = order.device === "WM";
  const wrong = isPhone ? checkPhone(form, order) : checkPc(form);
  const refused = wrong ?? checkBoth(form, order);
  if (refused) return refused;
  const pageOrigin = isPhone ? null : readOrigin(form);
  const options = OPTIONS.map((name) => [
    name,
    (textOf(form, name) ?? "").slice(0, OPTION_LENGTH_MAX),
  ]);
  return { order, pageOrigin, options: Object.fromEntries(options) as Fields };
}

/** The specification's forms spell its number with one x, what was recorded with two. */
function findOrder(gateway: Payup, form: object): Order | Refusal {
  const [one, two] = [textOf(form, "ordr_idx"), textOf(form, "ordr_idxx")];
  const ordrIdxx = two ?? one;
  if (ordrIdxx === undefined) return missing("ordr_idxx");
  if (one !== undefined && one !== ordrIdxx) return badValue("ordr_idx");
  const order = gateway.orders.find(ordrIdxx);
  if (order === undefined || !isAlive(gateway, order)) return refusal(CODES.unknownOrder);
  return isPaid(gateway, order) ? refusal(CODES.alreadyPaid) : order;
}

function checkBoth(form: object, { amount }: Order): Refusal | null {
  if (textOf(form, "good_name") === undefined) return missing("good_name");
  // One form of the specification spells it so.
  const buyer = textOf(form, "buyr_name") ?? textOf(form, "buysr_name");
  if (buyer === undefined) return missing("buyr_name");
  return expect(form, { ...FIXED, good_mny: `${amount}` });
}

function checkPhone(form: object, order: Order): Refusal | null {
  if (readWebAddress(order.returnUrl) === null) return badValue("Ret_URL");
  const own = { approval_key: approvalKeyOf(order), Ret_URL: order.returnUrl };
  return expect(form, { ...own, ...FIXED_ON_PHONE });
}

function checkPc(form: object): Refusal | null {
  const absent = FILLED_BY_SCRIPT.find((name) => !Object.hasOwn(form, name));
  if (absent !== undefined) return missing(absent);
  return readOrigin(form) === null ? badValue("simulator_page_origin") : expect(form, FIXED_ON_PC);
}

/** Which page the script ran in: the script says so, beside the merchant's fields. */
function readOrigin(form: object): string | null {
  const address = readWebAddress(textOf(form, "simulator_page_origin") ?? "");
  return address === null ? null : new URL(address).origin;
}

function expect(form: object, values: Fields): Refusal | null {
  const wrong = Object.keys(values).find((name) => textOf(form, name) !== values[name]);
  if (wrong === undefined) return null;
  return textOf(form, wrong) === undefined ? missing(wrong) : badValue(wrong);
}

function missing(name: string): Refusal {
  return { code: CODES.missingField, message: `${name}은 필수입니다.` };
}
