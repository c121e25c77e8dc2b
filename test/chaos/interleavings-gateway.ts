/**
 * The network between a worker and the gateway. The real adapter speaks to the real simulator over
 * HTTP; what is decided here is when a request leaves and arrives, and whether its answer comes back.
 */
import type { RefundOutcome, ChargeOutcome } from "../../src/domain/outcome.ts";
import type { GatewayAdapter, GatewayCall } from "../../src/gateways/gateway.ts";
import type { Actor, Steps } from "./interleavings-steps.ts";

/**
 * What happens to one call. `late`: the request lingers on its way, and its worker may give up
 * before it arrives.
 */
export const FATES = ["answered", "reply_lost", "request_lost", "late", "refused"] as const;
export type Fate = (typeof FATES)[number];

/** One request of which bytes left a worker. */
export interface Sent {
  kind: "charge" | "refund";
  /** Order number of a charge, transaction number of a refund. */
  subject: string;
  amount: number;
  turn: number;
  atMs: number;
  actor: string;
  /** What the worker was told in the end; null while it waits. */
  told: string | null;
}

export interface Network {
  readonly sent: Sent[];
  /** The adapter as this actor sees it. */
  attach(actor: Actor, adapter: GatewayAdapter): GatewayAdapter;
}

/** Longest time a request can be on its way; far below the settle delay, as in the configuration. */
export const LINGERS_MAX_MS = 20_000;

const REFUSED = { kind: "not_sent", reason: "ECONNREFUSED connect" } as const;
const SILENT = { kind: "unknown", reason: "timeout" } as const;

export function createNetwork(steps: Steps, fates: readonly Fate[]): Network {
  const sent: Sent[] = [];
  let used = 0;
  const nextFate = (): Fate => fates[used++] ?? "answered";

  async function send<T extends ChargeOutcome | RefundOutcome>(
    actor: Actor,
    call: GatewayCall,
    passage: {
      note: Omit<Sent, "turn" | "atMs" | "actor" | "told">;
      post: (call: GatewayCall) => Promise<T>;
    },
  ): Promise<T | typeof REFUSED | typeof SILENT> {
    const { note, post } = passage;
    const label = `${note.kind} ${note.kind === "charge" ? "is" : "of money back is"} sent`;
    await actor.turn(label);
    // The adapter asks the lease by itself; here it is only noted whether anything can leave.
    if (!call.maySend()) return actor.atOnce(() => post(call));
    const fate = nextFate();
    if (fate === "refused") return REFUSED;
    const atMs = steps.clock.monotonicMs();
    const entry: Sent = { ...note, turn: steps.now(), atMs, actor: actor.name, told: null };
    sent.push(entry);
    const outcome = await travel(actor, { fate, atMs }, (late) =>
      post(late ? { ...call, maySend: () => true } : call),
    );
    entry.told = outcome.kind;
    return outcome;
  }

  async function travel<T>(
    actor: Actor,
    { fate, atMs }: { fate: Exclude<Fate, "refused">; atMs: number },
    post: (late: boolean) => Promise<T>,
  ): Promise<T | typeof SILENT> {
    switch (fate) {
      case "answered": {
        const outcome = await actor.atOnce(() => post(false));
        await actor.turn("answer arrives");
        return outcome;
      }
      case "reply_lost":
        await actor.atOnce(() => post(false));
        await actor.turn("answer is lost");
        return SILENT;
      case "request_lost":
        await actor.turn("nothing comes back");
        return SILENT;
      case "late":
        return Promise.race([
          arrive(actor, atMs, () => post(true)),
          actor.turn("gives up waiting").then(() => SILENT),
        ]);
    }
  }

  async function arrive<T>(actor: Actor, sentAtMs: number, post: () => Promise<T>) {
    await actor.turn("request arrives late");
    if (steps.clock.monotonicMs() - sentAtMs > LINGERS_MAX_MS) return SILENT;
    return actor.atOnce(post);
  }

  return {
    sent,
    attach: (actor, adapter) => ({
      ...adapter,
      openCredential: (use) => actor.effect("openCredential", () => adapter.openCredential(use)),
      charge: (call, request) => {
        const note = {
          kind: "charge" as const,
          subject: request.orderNumber,
          amount: request.amount,
        };
        return send(actor, call, { note, post: (passed) => adapter.charge(passed, request) });
      },
      refund: (call, request) => {
        const note = {
          kind: "refund" as const,
          subject: request.transactionId,
          amount: request.amount,
        };
        return send(actor, call, { note, post: (passed) => adapter.refund(passed, request) });
      },
      lookUpCharge: (call, request) =>
        actor.effect("lookUpCharge", () => adapter.lookUpCharge(call, request)),
      lookUpRefund: (call, id) =>
        actor.effect("lookUpRefund", () => adapter.lookUpRefund(call, id)),
      readEvidence: (call, evidence, request) =>
        actor.effect("readEvidence", () => adapter.readEvidence(call, evidence, request)),
    }),
  };
}
