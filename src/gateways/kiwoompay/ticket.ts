import type { CredentialUse } from "../gateway.ts";
import type { CardFamily } from "./account.ts";
import { toFields } from "./reply.ts";

/** What a token is good for: one pay method, in one direction. */
export interface Route {
  payMethod: string;
  cancels: boolean;
}

/** The first step's answer: where the second step goes, and the token that lets it in. */
export interface Ticket extends Route {
  url: string;
  token: string;
}

/** The pay method of a call; undefined where the gateway has none for it. */
export function toRoute(use: CredentialUse, family: CardFamily): Route | undefined {
  switch (use.call) {
    case "issue":
      return { payMethod: `${family}-KEYGEN`, cancels: false };
    case "charge": {
      if (use.paidWith === "wallet") return undefined;
      const kind = use.paidWith === "billing_key" ? "BATCH" : use.save === true ? "KEYGEN" : "SUGI";
      return { payMethod: `${family}-${kind}`, cancels: false };
    }
    case "refund":
      // What was paid in the window is cancelled as the notice called it, a card among the wallets.
      if (use.paidWith === "wallet") {
        return use.payMethod === undefined
          ? undefined
          : { payMethod: use.payMethod, cancels: true };
      }
      // What was charged in the card's own number is cancelled under the family's name alone,
      // whether the card was saved with it or not.
      return {
        payMethod: use.paidWith === "billing_key" ? `${family}-BATCH` : family,
        cancels: true,
      };
    case "revoke":
    case "read":
    case "open_window":
      return undefined;
    default:
      return use satisfies never;
  }
}

/** Whether it is the refund of something whose name nobody told us. */
export function isNameless(use: CredentialUse): boolean {
  return use.call === "refund" && use.paidWith === "wallet" && use.payMethod === undefined;
}

/** The ticket as a credential's value. */
export function packTicket(ticket: Ticket): string {
  return JSON.stringify(ticket);
}

/** The ticket of a credential's value; undefined where it is none. */
export function unpackTicket(value: string): Ticket | undefined {
  const fields = parseFields(value);
  if (fields === undefined) return undefined;
  const { payMethod, cancels, url, token } = fields;
  if (typeof payMethod !== "string" || typeof cancels !== "boolean") return undefined;
  if (typeof url !== "string" || typeof token !== "string") return undefined;
  return { payMethod, cancels, url, token };
}

function parseFields(value: string) {
  try {
    return toFields(JSON.parse(value));
  } catch {
    return undefined;
  }
}
