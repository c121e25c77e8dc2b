/** Instalments, in the three places where a window can be told of them. */
import { OWN_MESSAGES } from "./envelope.ts";
import { type CheckedBody, toObject } from "./fields.ts";
import type { WindowOrder } from "./window-order.ts";

const INSTALMENTS_FROM = 50_000;
/** Card companies by KiwoomPay's codes. */
const COMPANIES = new Set(
  (
    "CCBC CCKM CCCJ CCLG CCCT CCLO CCCU CCMG CCDI CCNH CCHD CCPH " +
    "CCHN CCPO CCJB CCSB CCKA CCSS CCKD CCSU CCKE CCTS CCKJ CKBK"
  ).split(" "),
);

/** What is wrong with the instalments of an order; 0 months is the whole sum at once. */
export function findInstalmentFault({
  payMethod,
  body,
}: Pick<WindowOrder, "payMethod" | "body">): string | null {
  const months: number[] = [];
  for (const read of [readDirect, readOffered, readOfCompanies]) {
    const told = read(body);
    if (typeof told === "string") return told;
    months.push(...told);
  }
  if (months.every((one) => one === 0)) return null;
  if (payMethod.kind !== "card") return OWN_MESSAGES.bad("pay_method", "card, for instalments");
  return (body.whole("amount") ?? 0) < INSTALMENTS_FROM
    ? OWN_MESSAGES.bad("amount", "50,000 won and more, for instalments")
    : null;
}

/** `card.direct`: one card company, and months that are chosen already. */
function readDirect(body: CheckedBody): readonly number[] | string {
  const direct = toObject(toObject(body.any("card"))?.direct);
  if (direct === undefined) return OWN_MESSAGES.bad("card", "{direct: {code, quota}}");
  const { code, quota = 0 } = direct;
  if (code !== undefined && !(typeof code === "string" && /^\d{3}$/.test(code))) {
    return OWN_MESSAGES.bad("card.direct.code", "3 digits");
  }
  return isMonths(quota) || quota === 0
    ? [Number(quota)]
    : OWN_MESSAGES.bad("card.direct.quota", "0, or from 2");
}

/** `display.card_quota`: months to choose from. */
function readOffered(body: CheckedBody): readonly number[] | string {
  const { card_quota: offered = [] } = toObject(body.any("display")) ?? {};
  return Array.isArray(offered) && offered.every(isMonths)
    ? offered.map(Number)
    : OWN_MESSAGES.bad("display.card_quota", "a list of months from 2");
}

/** `CARDQUOTA`: months by card company, `CCBC-0:2:3^CCNH-0:2`. */
function readOfCompanies(body: CheckedBody): readonly number[] | string {
  const { CARDQUOTA } = toObject(toObject(body.any("bypass"))?.daou) ?? {};
  if (CARDQUOTA === undefined) return [];
  const groups = typeof CARDQUOTA === "string" ? CARDQUOTA.split("^") : [""];
  const companies = groups.map((group) => group.slice(0, 4));
  const isRight =
    groups.every((group) => /^[A-Z]{4}-\d{1,2}(:\d{1,2})*$/.test(group)) &&
    companies.every((company) => COMPANIES.has(company)) &&
    new Set(companies).size === companies.length;
  const months = groups.flatMap((group) => group.slice(5).split(":").map(Number));
  return isRight && months.every((one) => one === 0 || isMonths(one))
    ? months
    : OWN_MESSAGES.bad("CARDQUOTA", "CCBC-0:2:3^CCNH-0:2");
}

function isMonths(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 2;
}
