import type { OperationalClock } from "../../lib/clock.ts";
import type { Credential, CredentialResult } from "../gateway.ts";

/** The gateway tells its times in whole seconds: its end may come up to one later than told. */
const SECOND_MS = 1_000;

/** What fetching a token gives: the token and how long it still lives, or why there is none. */
export type FetchedToken =
  | { kind: "fetched"; token: string; lifeMs: number }
  | { kind: "not_sent"; reason: string };

export interface TokenCache {
  /** The kept token while it lives, else a new one; concurrent callers share one fetch. */
  open(): Promise<CredentialResult>;
  /** Forgets this token after the gateway refused it; a newer one stays. */
  drop(token: string): void;
}

export interface TokenCacheDeps {
  fetchToken: () => Promise<FetchedToken>;
  clock: OperationalClock;
  /**
   * Whoever asks for a token within its last minute gets the same one, for so much longer. This cache
   * never does, but another process that starts in that minute may, and with it all who hold it.
   */
  extensionMs: number;
}

interface KeptToken {
  credential: Credential;
  /** On the monotonic clock, which a correction of the system's time cannot move. */
  endsAtMs: number;
}

/**
 * Keeps one merchant account's token in memory, nowhere else, to the very end of its life: asking
 * shortly before would lengthen it, and with every such question again, so that no end of it could
 * be told. A call that meets the end is refused with HTTP 401: not sent, and sent again with a new one.
 */
export function createTokenCache(deps: TokenCacheDeps): TokenCache {
  const { fetchToken, clock, extensionMs } = deps;
  let kept: KeptToken | undefined;
  let inFlight: Promise<CredentialResult> | undefined;

  async function fetchAndKeep(): Promise<CredentialResult> {
    const fetched = await fetchToken();
    if (fetched.kind === "not_sent") return fetched;
    // Counted from the receipt, hence never before the gateway's own end. After `endsAt` nobody
    // can send with this token any more, and reconciliation relies on that.
    const lifeMs = fetched.lifeMs + SECOND_MS;
    const credential = {
      value: fetched.token,
      endsAt: new Date(clock.now().getTime() + lifeMs + extensionMs),
    };
    kept = { credential, endsAtMs: clock.monotonicMs() + lifeMs };
    return { kind: "ready", credential };
  }

  return {
    open() {
      if (kept !== undefined && clock.monotonicMs() < kept.endsAtMs) {
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
