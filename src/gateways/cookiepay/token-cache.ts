import type { OperationalClock } from "../../lib/clock.ts";
import type { Credential, CredentialResult } from "../gateway.ts";

/** What fetching a token gives: the token and how long it lives, or why there is none. */
export type FetchedToken =
  | { kind: "fetched"; token: string; lifeMs: number }
  | { kind: "not_sent"; reason: string };

export interface TokenCache {
  /** The kept token while it outlives a call, else a new one; concurrent callers share one fetch. */
  open(): Promise<CredentialResult>;
  /** Forgets this token after the gateway refused it; a newer one stays. */
  drop(token: string): void;
}

export interface TokenCacheDeps {
  fetchToken(): Promise<FetchedToken>;
  clock: OperationalClock;
  /** A token with less than this left is not handed out again. */
  reserveMs: number;
}

interface KeptToken {
  credential: Credential;
  /** On the monotonic clock, which a correction of the system's time cannot move. */
  endsAtMs: number;
}

/** Keeps one merchant account's token in memory, nowhere else. */
export function createTokenCache(deps: TokenCacheDeps): TokenCache {
  const { clock, reserveMs } = deps;
  let kept: KeptToken | undefined;
  let inFlight: Promise<CredentialResult> | undefined;

  async function fetchAndKeep(): Promise<CredentialResult> {
    const fetched = await deps.fetchToken();
    if (fetched.kind === "not_sent") return fetched;
    // Counted from the receipt, hence never before the gateway's own end: after `endsAt` nobody
    // can send with this token any more, and reconciliation relies on that.
    const credential = {
      value: fetched.token,
      endsAt: new Date(clock.now().getTime() + fetched.lifeMs),
    };
    kept = { credential, endsAtMs: clock.monotonicMs() + fetched.lifeMs };
    return { kind: "ready", credential };
  }

  return {
    open() {
      if (kept !== undefined && clock.monotonicMs() + reserveMs < kept.endsAtMs) {
        return Promise.resolve({ kind: "ready", credential: kept.credential });
      }
      inFlight ??= fetchAndKeep().finally(() => {
        inFlight = undefined;
      });
      return inFlight;
    },
    drop(token) {
      if (kept?.credential.value === token) kept = undefined;
    },
  };
}
