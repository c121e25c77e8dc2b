/**
 * Why a gateway said no, in our words.
 *
 * The gateway's own code stays beside ours: support reads the raw one, dunning the normalised one.
 */
import {
  DECLINES,
  type DeclineCode,
  type DeclineFacts,
  type DeclineKind,
} from "./decline-codes.ts";

export type { DeclineCode, DeclineFacts, DeclineKind } from "./decline-codes.ts";

/** A definite refusal by a gateway. A value, never an exception. */
export interface Decline {
  code: DeclineCode;
  kind: DeclineKind;
  /** The gateway's own code, unchanged. */
  rawCode: string;
  /** The gateway's own words, with anything that looks like a card number removed. */
  rawMessage: string;
}

/** One code of a gateway in our words, and where it stands that it means that. */
export interface MappedCode {
  means: DeclineCode;
  source: string;
}

/** A gateway's codes, each adapter's own. */
export interface DeclineMap {
  gateway: string;
  codes: Readonly<Record<string, MappedCode>>;
}

/** Builds a decline from our code and the gateway's words. */
export function createDecline(code: DeclineCode, raw: { code: string; message: string }): Decline {
  return { code, kind: DECLINES[code].kind, rawCode: raw.code, rawMessage: raw.message };
}

/** Everything that the table says about a code. */
export function factsOf(code: DeclineCode): DeclineFacts {
  return DECLINES[code];
}

/** Whether a text is one of our decline codes. */
export function isDeclineCode(text: unknown): text is DeclineCode {
  return typeof text === "string" && Object.hasOwn(DECLINES, text);
}

/** Whether a decline is about the merchant's account as a whole: its other requests would meet it too. */
export function stopsAccount({ code }: Pick<Decline, "code">): boolean {
  return factsOf(code).stopsAccount === true;
}
