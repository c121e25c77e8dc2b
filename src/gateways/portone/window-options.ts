/** What the gateway would refuse of a payment window, told before anybody asks it. */
import type { Json, OpenWindowRequest, WindowFault } from "../window.ts";
import { INSTALMENTS_FROM, offersInstalments } from "./card-quota.ts";
import { EASY_PAYS, TRANSFERS } from "./pay-methods.ts";
import { checkShapes, isObject } from "./window-shape.ts";

type Text = WindowFault["expected"];

/**
 * Checks the options of a window, in PortOne's own words: each by itself first, then what does not
 * go together with the rest of the order. No fault: the gateway's own documents allow it.
 */
export function checkWindow({ options, amount }: OpenWindowRequest): readonly WindowFault[] {
  const given = options ?? {};
  const faults = checkShapes(given);
  const isAtFault = (pointer: string) => faults.some((one) => one.pointer.startsWith(pointer));
  if (isAtFault("/pay_method")) return faults;
  const method = textAt(given, "/pay_method");
  const broken = RULES.filter((rule) => {
    const value = valueAt(given, rule.pointer);
    return (
      value !== undefined && !isAtFault(rule.pointer) && !rule.allows(value, { method, amount })
    );
  });
  return [...faults, ...broken.map(({ pointer, expected }) => ({ pointer, expected }))];
}

/** What one option may be beside the rest of the order. */
interface Rule {
  pointer: string;
  allows: (value: Json, order: { method: string; amount: number }) => boolean;
  expected: Text;
}

const RULES: readonly Rule[] = [
  {
    pointer: "/escrow",
    allows: (value, { method }) => value === false || TRANSFERS.includes(method),
    expected: onlyWith(TRANSFERS),
  },
  onlyForMethods("/bypass/daou/DIRECT_YN", ["card", ...EASY_PAYS]),
  {
    pointer: "/bypass/daou/CASHRECEIPTFLAG",
    allows: (value, { method }) => receiptsOf(method).includes(value),
    expected: {
      en: '0 or 1 with trans and vbank, "Y" or "N" with kakaopay, at most 0 with card, none with any other pay_method',
      ko: 'trans·vbank는 0 또는 1, kakaopay는 "Y" 또는 "N", card는 0만 가능, 그 밖의 pay_method에서는 사용 불가',
    },
  },
  onlyForMethods("/bypass/daou/CARDQUOTA", ["card"]),
  onlyForMethods("/display/card_quota", ["card"]),
  onlyForMethods("/card/direct", ["card"]),
  instalments(
    "/bypass/daou/CARDQUOTA",
    (value) => typeof value === "string" && offersInstalments(value),
  ),
  instalments("/display/card_quota", (value) => Array.isArray(value) && value.length > 0),
  instalments("/card/direct/quota", (value) => value !== 0),
];

function onlyForMethods(pointer: string, methods: readonly string[]): Rule {
  return {
    pointer,
    allows: (_value, { method }) => methods.includes(method),
    expected: onlyWith(methods),
  };
}

function onlyWith(methods: readonly string[]): Text {
  const list = methods.join(", ");
  return { en: `only with pay_method ${list}`, ko: `pay_method가 ${list}일 때만 사용 가능` };
}

function instalments(pointer: string, hasMonths: (value: Json) => boolean): Rule {
  const sum = INSTALMENTS_FROM.toLocaleString("en-US");
  return {
    pointer,
    // With another method it is misplaced, which is told already.
    allows: (value, { method, amount }) =>
      method !== "card" || amount >= INSTALMENTS_FROM || !hasMonths(value),
    expected: {
      en: `no instalments below ${sum} won`,
      ko: `할부는 ${sum}원 이상 결제에서만 가능`,
    },
  };
}

/**
 * Whether a cash receipt is made out by itself: digits for transfers, letters for KakaoPay. The
 * vendor's own example has 0 beside a card, which asks for none, so that stands.
 */
function receiptsOf(method: string): readonly Json[] {
  if (TRANSFERS.includes(method)) return [0, 1];
  if (method === "kakaopay") return ["Y", "N"];
  return method === "card" ? [0] : [];
}

function textAt(options: Json, pointer: string): string {
  const value = valueAt(options, pointer);
  return typeof value === "string" ? value : "";
}

function valueAt(options: Json, pointer: string): Json | undefined {
  return pointer
    .slice(1)
    .split("/")
    .reduce<Json | undefined>((part, name) => (isObject(part) ? part[name] : undefined), options);
}
