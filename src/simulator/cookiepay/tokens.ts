import { createHmac } from "node:crypto";
import type { OperationalClock } from "../../lib/clock.ts";

const LIFETIME_S = 3600;
const REMEMBERED_MAX = 10_000;
const HEADER = encode({ typ: "JWT", alg: "HS256" });

/** Hands out and recognises tokens. They live one hour of real time and outlive a restart. */
export interface Tokens {
  issue(merchant: string): string;
  /** The merchant of a token that is genuine and not expired, else null. */
  merchantOf(token: string): string | null;
}

interface Claims {
  readonly user: string;
  readonly exp: number;
}

/** Tokens signed with this key. */
export function createTokens(key: Buffer, clock: OperationalClock): Tokens {
  // Checking a signature for every call would be the dearest part of a payment.
  const genuine = new Map<string, Claims>();
  const sign = (text: string): string => createHmac("sha256", key).update(text).digest("base64url");
  const nowS = (): number => Math.floor(clock.now().getTime() / 1000);

  const verify = (token: string): Claims | null => {
    const [header, payload, signature, ...rest] = token.split(".");
    if (!payload || rest.length > 0 || signature !== sign(`${header}.${payload}`)) return null;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
    if (genuine.size >= REMEMBERED_MAX) genuine.clear();
    genuine.set(token, claims);
    return claims;
  };

  return {
    issue(merchant) {
      const iat = nowS();
      const claims = { __ci_last_regenerate: iat, user: merchant, iat, exp: iat + LIFETIME_S };
      const text = `${HEADER}.${encode(claims)}`;
      return `${text}.${sign(text)}`;
    },
    merchantOf(token) {
      const claims = genuine.get(token) ?? verify(token);
      return claims && nowS() < claims.exp ? claims.user : null;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
