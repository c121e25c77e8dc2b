import { AMOUNT_PATTERN, type FieldRule, type FieldTable, optional, words } from "./fields.ts";
import type { Spelling } from "./spelling.ts";

/** A rule whose field must be sent, unless the spelling leaves short lists alone. */
export function mandatory(rule: FieldRule, { strict }: Spelling): FieldRule {
  return { ...rule, required: strict };
}

/** A rule whose field must be sent in either spelling. */
export function always(rule: FieldRule): FieldRule {
  return { ...rule, required: true };
}

/** An amount of won above zero. */
export const AMOUNT_FIELD = optional(10, AMOUNT_PATTERN, "digits, above zero");

/** The fields that every approval shares. */
export function orderFields(spelling: Spelling): FieldTable {
  return {
    CPID: always(optional(20)),
    PAYMETHOD: always(optional(30)),
    ORDERNO: always(words(optional(50))),
    PRODUCTTYPE: mandatory(optional(1, /^[12]$/, "1 (digital) or 2 (physical)"), spelling),
    PRODUCTNAME: mandatory(words(optional(50)), spelling),
    PRODUCTCODE: mandatory(words(optional(10)), spelling),
    IPADDRESS: mandatory(optional(45, /^[0-9a-fA-F.:]+$/, "an address"), spelling),
    USERID: mandatory(words(optional(50)), spelling),
    QUOTA: mandatory(optional(2, /^\d{2}$/, "two digits, 00 for a single payment"), spelling),
    TAXFREECD: mandatory(optional(2, /^0[012]$/, "00, 01 or 02"), spelling),
    EMAIL: words(optional(100)),
    USERNAME: words(optional(50)),
    RESERVEDINDEX1: words(optional(20)),
    RESERVEDINDEX2: words(optional(20)),
    RESERVEDSTRING: words(optional(1024)),
  };
}

/** The fields of a card in the clear; which of them must be there is the operation's matter. */
export function cardFields(spelling: Spelling) {
  const { pattern, expects } = spelling.expiry;
  return {
    number: optional(16, /^\d{16}$/, "16 digits"),
    expiry: optional(6, pattern, expects),
    auth: optional(10, /^(\d{6}|\d{10})$/, "6 digits (YYMMDD) or 10 (business number)"),
    password: optional(2, /^\d{2}$/, "two digits"),
  };
}
