import { randomBytes } from "node:crypto";
import type { SimulatorState } from "../state.ts";
import { CODES, type Refusal, refuse } from "./codes.ts";

const REMEMBERED_MAX = 100_000;

/** What a token was given for. */
export interface TokenGrant {
  readonly merchant: string;
  readonly payMethod: string;
  readonly cancels: boolean;
}

/** Hands out tokens and lets calls in by them, as the switches say; a restart forgets them all. */
export interface Tokens {
  issue(grant: TokenGrant): string;
  /** What it was given for, whether or not it still lets anything in. */
  grantOf(token: string | undefined): TokenGrant | undefined;
  /** Uses the token up; null when it lets this call in. */
  use(token: string | undefined, wanted: TokenGrant): Refusal | null;
}

/** No token yet. */
export function createTokens({ clock, switches }: SimulatorState): Tokens {
  const grants = new Map<string, TokenGrant & { bornMs: number; used: boolean }>();
  const nowMs = () => clock.operational.monotonicMs();
  return {
    issue(grant) {
      const oldest = grants.keys().next();
      if (grants.size >= REMEMBERED_MAX && !oldest.done) grants.delete(oldest.value);
      // Recorded: 34 characters that look like hex digits.
      const token = randomBytes(17).toString("hex");
      grants.set(token, { ...grant, bornMs: nowMs(), used: false });
      return token;
    },
    grantOf: (token) => grants.get(token ?? ""),
    use(token, wanted) {
      const { tokenBound, tokenLifeMs, tokenUse } = switches.current().kiwoompay;
      const grant = grants.get(token ?? "");
      if (grant === undefined) return refuse(CODES.tokenInvalid);
      if (tokenBound === "yes" && !isSame(grant, wanted)) return refuse(CODES.tokenInvalid);
      if (tokenUse === "once" && grant.used) return refuse(CODES.tokenInvalid);
      if (nowMs() - grant.bornMs >= tokenLifeMs) return refuse(CODES.tokenExpired);
      grant.used = true;
      return null;
    },
  };
}

function isSame(one: TokenGrant, other: TokenGrant): boolean {
  return (
    one.merchant === other.merchant &&
    one.payMethod === other.payMethod &&
    one.cancels === other.cancels
  );
}
