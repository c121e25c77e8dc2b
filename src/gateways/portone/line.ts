/** What every call of the adapter shares: its requests under one deadline, and what no text may repeat. */
import type { OperationalClock } from "../../lib/clock.ts";
import type { GatewayCall } from "../gateway.ts";
import type { PortoneConfig } from "./account.ts";
import type { Passage, PortoneClient, PortoneRequest } from "./client.ts";
import { type MindedReply, readReply } from "./reply.ts";
import type { TokenCache } from "./token-cache.ts";

/** One account's parts. */
export interface PortoneContext {
  config: PortoneConfig;
  client: PortoneClient;
  clock: OperationalClock;
  tokens: TokenCache;
}

/** Sends one request of a call; `anyway` one that moves nothing and so needs no lease. */
export type Line = (request: PortoneRequest, when?: "anyway") => Promise<MindedReply>;

/**
 * The requests of one call, under one deadline. A refused token means that the request was not
 * carried out: it is dropped, so that the next credential is a new one, and never renewed inside a
 * call, whose lease knows only this one.
 */
export function openLine(
  { client, clock, config, tokens }: PortoneContext,
  call: GatewayCall,
): Line {
  const passage: Passage = {
    credential: call.credential,
    maySend: () => call.maySend(),
    deadlineMs: clock.monotonicMs() + config.callDeadlineMs,
  };
  return async (request, when) => {
    const how = when === "anyway" ? { ...passage, maySend: () => true } : passage;
    const reply = readReply(await client.send(request, how), request.refusedBy);
    if (reply.kind !== "token_refused") return reply;
    tokens.drop(call.credential.value);
    return { kind: "not_sent", reason: "token refused" };
  };
}

/** What an answer to this call might repeat and nobody may read. */
export function secretsOf(
  { config }: PortoneContext,
  call: GatewayCall,
  ofCall: readonly string[],
): readonly string[] {
  return [config.impSecret, call.credential.value, ...ofCall];
}
