import type { SimulatorState } from "../state.ts";
import { readWebAddress } from "../windows/reply-page.ts";
import { CODES, type Refusal, isRefusal } from "./codes.ts";
import { type CheckedBody, type FieldTable, checkFields, optional } from "./fields.ts";
import { required, words } from "./fields.ts";
import { HASHED_FIELDS } from "./hash.ts";

/** Where a browser opens the window. */
export const LINK_PATH = "/pay/linkEnc";

const ADDRESS_FIELDS = ["HOMEURL", "CLOSEURL", "FAILURL"] as const;
/** Taken, and without any effect here. */
const OTHER_FIELDS = [
  "RETURNURL",
  "APPURL",
  "DIRECTRESULTFLAG",
  "CERTTYPE",
  "CPQUOTA",
  "QUOTAOPT",
  "CARDLIST",
  "HIDECARDLIST",
  "AUTOINFOFLAG",
  "BILLTYPE",
  "IPADDRESS",
];

/** What integrations were seen to send. */
const WINDOW_FIELDS: FieldTable = {
  ...HASHED_FIELDS,
  KIWOOM_ENC: required(4096),
  PRODUCTNAME: words(required(50)),
  PRODUCTTYPE: optional(1, /^[12]$/, "1 (digital) or 2 (physical)"),
  PRODUCTCODE: words(optional(10)),
  USERID: words(optional(50)),
  USERNAME: words(optional(50)),
  EMAIL: words(optional(100)),
  TAXFREECD: optional(2, /^0[012]$/, "00, 01 or 02"),
  RESERVEDINDEX1: words(optional(20)),
  RESERVEDINDEX2: words(optional(20)),
  RESERVEDSTRING: words(optional(1024)),
  ...Object.fromEntries([...ADDRESS_FIELDS, ...OTHER_FIELDS].map((name) => [name, optional(500)])),
};

/** Checks a window's form. No list of its fields is public: one that is not known is noted, and ignored. */
export function readWindowFields(state: SimulatorState, form: unknown): CheckedBody | Refusal {
  if (typeof form !== "object" || form === null) return NO_FORM;
  const known = Object.entries(form).filter(([name]) => {
    const isKnown = Object.hasOwn(WINDOW_FIELDS, name);
    if (!isKnown) {
      const reason = "unknown field";
      state.notUnderstood.add({
        method: "POST",
        path: LINK_PATH,
        reason,
        field: name.slice(0, 60),
      });
    }
    return isKnown;
  });
  const fields = checkFields(Object.fromEntries(known), WINDOW_FIELDS);
  if (isRefusal(fields)) return fields;
  const odd = ADDRESS_FIELDS.find((name) => fields[name] && readWebAddress(fields[name]) === null);
  if (odd === undefined) return fields;
  return { code: CODES.badValue, message: `항목 오류: ${odd} must be an http or https address` };
}

const NO_FORM: Refusal = {
  code: CODES.missingField,
  message: "요청 본문이 EUC-KR 폼이 아닙니다",
};
