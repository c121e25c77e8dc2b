import type { SimulatorState } from "../state.ts";

/** How one of the two dialects spells what the documents disagree about. */
export interface Spelling {
  readonly billingKey: string;
  readonly password: string;
  readonly message: string;
  readonly expiry: { readonly pattern: RegExp; readonly expects: string };
  /** The guide's field lists are short: whatever it does not name may be left out. */
  readonly strict: boolean;
}

const SPELLINGS: Readonly<Record<"recorded" | "guide", Spelling>> = {
  recorded: {
    billingKey: "AUTOKEY",
    password: "CARDPASSWORD",
    message: "ERRORMESSAGE",
    expiry: { pattern: /^20\d{4}$/, expects: "six digits YYYYMM" },
    strict: true,
  },
  guide: {
    billingKey: "BILLKEY",
    password: "CARDPWD",
    message: "RESULTMSG",
    expiry: { pattern: /^\d{4}$/, expects: "four digits YYMM" },
    strict: false,
  },
};

/** The spelling that the switch has chosen. */
export function spellingOf({ switches }: SimulatorState): Spelling {
  return SPELLINGS[switches.current().kiwoompay.dialect];
}
