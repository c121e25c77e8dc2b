import { finished } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import iconv from "iconv-lite";
import { type Effect, isReplyEffect, isSwallowing } from "./effects.ts";
import type { ReplyEffect, SwallowingEffect } from "./effects.ts";
import type { RequestFacts } from "./faults.ts";
import type { SimulatorState } from "./state.ts";
import { type PageReply, sendPage } from "./windows/reply-page.ts";

/** What a gateway answers when nothing disturbs it. */
interface WireReply {
  readonly status: number;
  readonly body: unknown;
}

/** The end of processing: the reply, and what the card does to it. */
export interface Processed {
  readonly reply: WireReply | PageReply;
  readonly replyDelayMs?: number;
  /** A card's own fault; a rule's fault goes before it. */
  readonly effect?: ReplyEffect | "hang" | undefined;
}

type Charset = "utf-8" | "euc-kr";
const OTHER = { "utf-8": "euc-kr", "euc-kr": "utf-8" } as const;

/** One request on its way through the simulator. */
export interface Exchange {
  readonly facts: RequestFacts;
  /** In which the gateway answers; UTF-8 if absent. */
  readonly charset?: Charset;
  /** Does the work in one synchronous step; gets the rule's effect that concerns the work itself. */
  process(effect: Effect | null): Processed;
}

/** Carries one request through latency, faults, processing, and the faults after it. */
export async function serveExchange(
  state: SimulatorState,
  exchange: Exchange,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const decision = state.faults.decide(exchange.facts, state.clock.business());
  const waited = await pause(decision.delayMs + drawLatencyMs(state), state.closing);
  if (!waited) return dropConnection(reply);

  const rule = decision.effect;
  if (rule && isSwallowing(rule.kind)) return spoil(rule.kind, reply);

  const nextSeq = state.ledger.nextSeq();
  const processed = exchange.process(rule);
  // Processing is synchronous, so what the ledger gained is of this request.
  const notices = state.notices.raise(state.ledger.all().slice(nextSeq - 1));
  await notices.sendEarly();
  const answered = await pause(
    decision.replyDelayMs + (processed.replyDelayMs ?? 0),
    state.closing,
  );
  if (!answered) return dropConnection(reply);

  const spoiling = rule && isReplyEffect(rule.kind) ? rule.kind : processed.effect;
  const charset = exchange.charset ?? "utf-8";
  const isHeard = spoiling !== "commit_then_hang" && spoiling !== "hang";
  // A notice follows the reply; one that never leaves holds no notice up.
  if (isHeard) finished(reply.raw, () => notices.send());
  else notices.send();
  const isWrongCharset = spoiling === "commit_then_wrong_charset";
  if (spoiling && !isWrongCharset) return spoil(spoiling, reply);
  // A page is asked for by a browser, which reads any charset.
  if ("text" in processed.reply) return sendPage(reply, processed.reply);
  const { status, body } = processed.reply;
  const bytes = iconv.encode(JSON.stringify(body), isWrongCharset ? OTHER[charset] : charset);
  // The label says what the gateway always says: a wrong charset is not told.
  return reply.code(status).type(`application/json; charset=${charset}`).send(bytes);
}

function drawLatencyMs(state: SimulatorState): number {
  const [min, max] = state.switches.current().latencyMs;
  return max === 0 ? 0 : min + Math.floor(Math.random() * (max - min + 1));
}

/** False when the simulator stops meanwhile: then the request must not be processed any more. */
async function pause(ms: number, closing: AbortSignal): Promise<boolean> {
  if (ms > 0) await wait(ms, undefined, { signal: closing }).catch(() => undefined);
  return !closing.aborted;
}

function spoil(
  effect: SwallowingEffect | Exclude<ReplyEffect, "commit_then_wrong_charset">,
  reply: FastifyReply,
): FastifyReply {
  switch (effect) {
    case "drop":
    case "commit_then_drop":
      return dropConnection(reply);
    case "hang":
    case "commit_then_hang":
      // The socket stays open and silent until the client gives up or the simulator stops.
      return reply.hijack();
    case "http_500":
    case "commit_then_500":
      return reply.code(500).type("text/html; charset=utf-8").send("<h1>Internal Error</h1>");
    case "garbage":
    case "commit_then_garbage":
      return reply.code(200).type("application/json").send('{"RESULTCODE":"00');
    case "unavailable":
      return reply.code(503).type("text/html; charset=utf-8").send("<h1>Unavailable</h1>");
    default:
      return effect satisfies never;
  }
}

function dropConnection(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}
