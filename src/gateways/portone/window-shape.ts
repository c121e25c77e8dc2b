/** The options of a payment window, each by itself: what there is, and what each may hold. */
import iconv from "iconv-lite";
import { findNearest } from "../../lib/nearest.ts";
import { scrub } from "../../lib/scrub.ts";
import type { Json, JsonObject, WindowFault } from "../window.ts";
import { INSTALMENT_WORDS, findQuotaFault, isInstalment } from "./card-quota.ts";
import { PAY_METHODS } from "./pay-methods.ts";

type Text = WindowFault["expected"];

/** Tells what would be right of a value; null where it is right. */
type Leaf = (value: Json) => Text | null;
interface Shape {
  readonly [name: string]: Leaf | Shape;
}

/** Parameters of the window that follow from the order or from the configuration. */
const NOT_OPTIONS: readonly string[] =
  "channelKey pg merchant_uid amount name buyer_name buyer_email buyer_tel notice_url".split(" ");

const PRODUCT_CODE_LENGTH_MAX = 100;
const URL_LENGTH_MAX = 2_000;

const SHAPE: Shape = {
  pay_method: oneOf(PAY_METHODS),
  digital: asTruth,
  escrow: asTruth,
  bypass: {
    daou: {
      PRODUCTCODE: asProductCode,
      CASHRECEIPTFLAG: oneOf([0, 1, "Y", "N"]),
      DIRECT_YN: oneOf(["Y", "N"]),
      CARDQUOTA: (value) => findQuotaFault(typeof value === "string" ? value : ""),
    },
  },
  display: { card_quota: asOfferedMonths },
  card: { direct: { code: asCardCode, quota: asChosenMonths } },
  m_redirect_url: asRedirectUrl,
  app_scheme: asScheme,
};

/** What must not be missing, by the object in which it stands. */
const REQUIRED: Readonly<Record<string, { name: string; expected: () => Text }>> = {
  "": { name: "pay_method", expected: () => oneOfWords(PAY_METHODS) },
  "/card/direct": { name: "code", expected: () => CARD_CODE },
};

/** What is wrong with options whatever the order is. */
export function checkShapes(options: JsonObject): readonly WindowFault[] {
  return checkMembers(options, SHAPE, "");
}

function checkMembers(given: JsonObject, shape: Shape, above: string): WindowFault[] {
  const faults = Object.entries(given).flatMap(([name, value]) => {
    const pointer = `${above}/${toToken(name)}`;
    const part = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (part === undefined) {
      return [{ pointer, expected: describeUnknown(name, Object.keys(shape)) }];
    }
    if (typeof part === "function") {
      const expected = part(value);
      return expected === null ? [] : [{ pointer, expected }];
    }
    return isObject(value)
      ? checkMembers(value, part, pointer)
      : [{ pointer, expected: objectWords(Object.keys(part)) }];
  });
  const required = REQUIRED[above];
  if (required === undefined || Object.hasOwn(given, required.name)) return faults;
  const { en, ko } = required.expected();
  const expected = { en: `required: ${en}`, ko: `필수 항목: ${ko}` };
  return [...faults, { pointer: `${above}/${required.name}`, expected }];
}

/** A name in a JSON pointer; whoever chose it may have chosen anything. */
function toToken(name: string): string {
  return scrub(name, { lengthMax: 80 }).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Whether a value has members by name. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describeUnknown(name: string, known: readonly string[]): Text {
  if (NOT_OPTIONS.includes(name)) {
    return {
      en: "not to be given here: it follows from the order or from the configuration",
      ko: "여기서 지정할 수 없습니다. 주문 또는 설정에서 정해집니다.",
    };
  }
  const nearest = findNearest(name, known);
  const list = known.join(", ");
  return {
    en: `not a parameter here${nearest === undefined ? "." : `; did you mean ${nearest}?`} Known: ${list}`,
    ko: `없는 파라미터입니다.${nearest === undefined ? "" : ` 혹시 ${nearest} 인가요?`} 사용할 수 있는 파라미터: ${list}`,
  };
}

function oneOf(values: readonly Json[]): Leaf {
  return (value) => (values.includes(value) ? null : oneOfWords(values));
}

function oneOfWords(values: readonly Json[]): Text {
  const list = values.map((value) => JSON.stringify(value)).join(", ");
  return { en: `one of ${list}`, ko: `다음 중 하나: ${list}` };
}

function objectWords(names: readonly string[]): Text {
  const list = names.join(", ");
  return { en: `an object with ${list}`, ko: `다음 항목을 가진 객체: ${list}` };
}

function asTruth(value: Json): Text | null {
  return typeof value === "boolean" ? null : { en: "true or false", ko: "true 또는 false" };
}

/** KiwoomPay, behind the channel, keeps it in the Korean code page. */
function asProductCode(value: Json): Text | null {
  const isFit =
    typeof value === "string" &&
    value.trim() !== "" &&
    value.length <= PRODUCT_CODE_LENGTH_MAX &&
    !/\p{Cc}/u.test(value) &&
    iconv.decode(iconv.encode(value, "cp949"), "cp949") === value;
  if (isFit) return null;
  return {
    en: `a text of 1 to ${PRODUCT_CODE_LENGTH_MAX} characters that EUC-KR can hold`,
    ko: `EUC-KR로 표현할 수 있는 1~${PRODUCT_CODE_LENGTH_MAX}자 문자열`,
  };
}

/** An empty list: the whole sum at once, nothing else. */
function asOfferedMonths(value: Json): Text | null {
  const isFit =
    Array.isArray(value) && value.every(isInstalment) && new Set(value).size === value.length;
  if (isFit) return null;
  return {
    en: `a list of ${INSTALMENT_WORDS.en}, each once; an empty list allows no instalments`,
    ko: `중복 없는 ${INSTALMENT_WORDS.ko}의 배열. 빈 배열은 일시불만 허용`,
  };
}

const CARD_CODE: Text = {
  en: 'the card company\'s code of the clearing institute, three digits, such as "367"',
  ko: '금융결제원 카드사 코드 3자리, 예: "367"',
};

function asCardCode(value: Json): Text | null {
  return typeof value === "string" && /^\d{3}$/.test(value) ? null : CARD_CODE;
}

function asChosenMonths(value: Json): Text | null {
  if (value === 0 || isInstalment(value)) return null;
  return {
    en: `0 for the whole sum at once, or one of ${INSTALMENT_WORDS.en}`,
    ko: `일시불은 0, 할부는 ${INSTALMENT_WORDS.ko}`,
  };
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function asRedirectUrl(value: Json): Text | null {
  const text = typeof value === "string" && value.length <= URL_LENGTH_MAX ? value : "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.includes(url.hostname));
  if (url && isSafe && url.username === "" && url.password === "") return null;
  return {
    en: `an https address of at most ${URL_LENGTH_MAX} characters without a user name (http on this machine alone)`,
    ko: `사용자 정보가 없는 ${URL_LENGTH_MAX}자 이하의 https 주소 (http는 로컬 주소만 가능)`,
  };
}

function asScheme(value: Json): Text | null {
  if (typeof value === "string" && /^[A-Za-z][A-Za-z0-9+.-]{0,99}$/.test(value)) return null;
  return {
    en: 'the app\'s URL scheme without "://", such as portoneappscheme',
    ko: '"://"를 뺀 앱 URL Scheme, 예: portoneappscheme',
  };
}
