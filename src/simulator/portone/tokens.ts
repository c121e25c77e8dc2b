import { randomBytes } from "node:crypto";
import type { OperationalClock } from "../../lib/clock.ts";

/** Whoever asks when less than this is left gets the same token for longer. */
const EXTENDED_BELOW_S = 60;

/** A token as the gateway prints it; the instants are UNIX seconds. */
export interface PrintedToken {
  readonly access_token: string;
  readonly now: number;
  readonly expired_at: number;
}

/** Hands out and recognises tokens, one for each merchant at a time. A restart forgets them. */
export interface Tokens {
  /** The merchant's token, the same one until it is over. */
  issue(merchant: string): PrintedToken;
  /** The merchant of a token that is not expired, else null. */
  merchantOf(token: string): string | null;
}

interface KnownToken {
  readonly token: string;
  expiredAt: number;
}

/** How long tokens live, in real time. */
export interface TokenTimes {
  readonly tokenLifeMs: number;
  readonly tokenExtensionMs: number;
}

/** No tokens yet. The times are asked for at every use: a switch may move them. */
export function createTokens(clock: OperationalClock, times: () => TokenTimes): Tokens {
  const byMerchant = new Map<string, KnownToken>();
  const merchants = new Map<string, string>();
  const nowS = (): number => Math.floor(clock.now().getTime() / 1000);

  const renew = (merchant: string, now: number): KnownToken => {
    const old = byMerchant.get(merchant);
    if (old) merchants.delete(old.token);
    const fresh = {
      token: randomBytes(20).toString("hex"),
      expiredAt: now + times().tokenLifeMs / 1000,
    };
    byMerchant.set(merchant, fresh);
    merchants.set(fresh.token, merchant);
    return fresh;
  };

  return {
    issue(merchant) {
      const now = nowS();
      const kept = byMerchant.get(merchant);
      const isAlive = kept !== undefined && now < kept.expiredAt;
      const token = isAlive ? kept : renew(merchant, now);
      if (token.expiredAt - now < EXTENDED_BELOW_S)
        token.expiredAt += times().tokenExtensionMs / 1000;
      return { access_token: token.token, now, expired_at: token.expiredAt };
    },
    merchantOf(token) {
      const merchant = merchants.get(token);
      const known = merchant === undefined ? undefined : byMerchant.get(merchant);
      return known !== undefined && nowS() < known.expiredAt ? (merchant ?? null) : null;
    },
  };
}
