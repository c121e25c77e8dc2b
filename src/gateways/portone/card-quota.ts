/** Instalments as KiwoomPay's window takes them: which there are, and from which sum. */
import type { WindowFault } from "../window.ts";

type Text = WindowFault["expected"];

/** Card companies by KiwoomPay's codes, as PortOne's page on KiwoomPay lists them. */
const CARD_COMPANIES: ReadonlySet<string> = new Set(
  "CCBC CCKM CCCJ CCLG CCCT CCLO CCCU CCMG CCDI CCNH CCHD CCPH CCHN CCPO CCJB CCSB CCKA CCSS CCKD CCSU CCKE CCTS CCKJ CKBK".split(
    " ",
  ),
);

/** Won from which a payment can be made in instalments. */
export const INSTALMENTS_FROM = 50_000;

/** Whether a number of months is one that cards know; a single one is no instalment. */
export function isInstalment(months: unknown): boolean {
  return Number.isInteger(months) && Number(months) >= 2 && Number(months) <= MONTHS_MAX;
}

/** No document bounds them; two years are longer than card companies offer in general. */
const MONTHS_MAX = 24;

export const INSTALMENT_WORDS: Text = {
  en: `whole numbers of months from 2 to ${MONTHS_MAX}`,
  ko: `2~${MONTHS_MAX} 사이의 정수 개월 수`,
};

const GROUP = /^([A-Z]{4})-(\d{1,2}(?::\d{1,2})*)$/;

/** What would be right of `CCBC-0:2:3^CCNH-0:2`: the months that each card company offers; null: it is. */
export function findQuotaFault(text: string): Text | null {
  const seen = new Set<string>();
  for (const group of text.split("^")) {
    const [, company = "", months = ""] = GROUP.exec(group) ?? [];
    if (company === "") return GRAMMAR;
    if (!CARD_COMPANIES.has(company)) return unknownCompany(company);
    if (seen.has(company)) return doubled(company);
    seen.add(company);
    const offered = months.split(":");
    if (new Set(offered.map(Number)).size < offered.length) return doubled(`${company}-${months}`);
    if (!offered.every(isOffered)) return WRONG_MONTHS;
  }
  return null;
}

/** Whether such a text offers instalments to anybody. */
export function offersInstalments(text: string): boolean {
  return text.split("^").some((group) => /[-:]0*[1-9]/.test(group));
}

/** 0 is the whole sum at once. */
function isOffered(months: string): boolean {
  return months === "0" || (!months.startsWith("0") && isInstalment(Number(months)));
}

const GRAMMAR: Text = {
  en: "card companies parted by ^, each as CODE-months:months, such as CCBC-0:2:3^CCNH-0:2",
  ko: "카드사별 그룹을 ^로 구분하고 각 그룹은 코드-개월:개월 형식, 예: CCBC-0:2:3^CCNH-0:2",
};

const WRONG_MONTHS: Text = {
  en: `months that are 0 (the whole sum at once) or from 2 to ${MONTHS_MAX}`,
  ko: `0(일시불) 또는 2~${MONTHS_MAX} 개월`,
};

function unknownCompany(code: string): Text {
  const known = [...CARD_COMPANIES].join(", ");
  return {
    en: `KiwoomPay's card codes, of which ${code} is none: ${known}`,
    ko: `키움페이 카드사 코드(${code}는 없는 코드): ${known}`,
  };
}

function doubled(what: string): Text {
  return {
    en: `every card company once, and every number of months once within it; twice: ${what}`,
    ko: `카드사와 개월 수는 각각 한 번만, 중복: ${what}`,
  };
}
