/**
 * Before a call: does the gateway answer, is there a slot in its pace, and what does it want
 * beforehand. All of it comes before the claim, so that waiting holds no lease and uses no attempt.
 */
import type { Credential, CredentialUse, GatewayAdapter } from "../gateways/gateway.ts";
import type { CallBlock, CallRight, CallWait, Traffic } from "../traffic/traffic.ts";

export interface AdmitCallDeps {
  traffic: Traffic;
}

export type Admission =
  /** It may go out: at once, or after `keepPace`. */
  | { kind: "ready"; credential: Credential; pace: HeldPace | null }
  /** The credential could not be had. */
  | { kind: "not_sent"; reason: string }
  /** Nothing was tried: it is not the time for it. */
  | CallWait;

/** The slot that a call has, and how it gets another one. */
export interface HeldPace {
  right: CallRight;
  use: CredentialUse;
}

/** A job that would wait longer goes back to its queue; the process stays free to stop. */
export const JOB_PATIENCE_MS = 2000;
/** A person waits for the answer, and so goes before whatever a queue holds. */
export const PERSON_PATIENCE_MS = 8000;

/** What becomes of a claimed call for which `keepPace` finds no place in the line. */
export const NO_SLOT = { kind: "not_sent", reason: "no slot in the gateway's pace" } as const;

/** Whether a call of this use may go out now, with what the gateway wants for it. */
export async function admitCall(
  deps: AdmitCallDeps,
  adapter: GatewayAdapter,
  use: CredentialUse,
  patienceMs = JOB_PATIENCE_MS,
): Promise<Admission> {
  const block = deps.traffic.blockOf(adapter);
  if (block !== null && !(await mayProbe(deps, adapter, block))) return block;
  const first = await takePace(deps, adapter, use, patienceMs);
  if (first?.kind === "waits") return first;
  // Who has waited looks again: the gateway may have failed meanwhile.
  const since = first === null ? null : deps.traffic.blockOf(adapter);
  if (since !== null && block === null) return since;
  const opened = await adapter.openCredential(use);
  if (opened.kind === "not_sent") return opened;
  const { credential } = opened;
  if (first === null || deps.traffic.isGood(first)) {
    return { kind: "ready", credential, pace: first && { right: first, use } };
  }
  // Many may have waited for one token: their slots have passed, and they must not leave together.
  const next = await takePace(deps, adapter, use, patienceMs);
  if (next?.kind === "waits") return next;
  return { kind: "ready", credential, pace: next && { right: next, use } };
}

/**
 * Right before the send: whether the call's slot is still good, or another one could be had. What
 * comes between can be slow; calls that were held up by it must not leave in one moment.
 */
export async function keepPace(
  deps: AdmitCallDeps,
  adapter: GatewayAdapter,
  pace: HeldPace | null,
): Promise<boolean> {
  if (pace === null || deps.traffic.isGood(pace.right)) return true;
  // It holds a lease: it goes before those that hold none.
  const next = await takePace(deps, adapter, pace.use, PERSON_PATIENCE_MS);
  return next?.kind !== "waits";
}

/** A slot for a call of this use; null where the gateway sets no limit. */
export async function takePace(
  deps: AdmitCallDeps,
  adapter: GatewayAdapter,
  use: CredentialUse,
  patienceMs: number,
): Promise<CallRight | CallWait | null> {
  const pace = adapter.paceOf(use);
  return pace === null ? null : deps.traffic.takeSlot(adapter, pace, patienceMs);
}

async function mayProbe(
  deps: AdmitCallDeps,
  adapter: GatewayAdapter,
  block: CallBlock,
): Promise<boolean> {
  return block.mayProbe && (await deps.traffic.takeProbe(adapter));
}
