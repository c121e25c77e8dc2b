/** A person lets go on what waits for one. */
import { BillingError } from "../domain/errors.ts";
import { releaseInvoice } from "../domain/release-rules.ts";
import { releaseSubscription } from "../domain/subscription.ts";
import { type AlignDeps, finishContractChange } from "./align-invoices.ts";
import { readInstants } from "./instants.ts";
import { type ReleaseAccountDeps, releasePausedAccount } from "./release-account.ts";
import { updateDocument } from "./update-document.ts";

export interface ReleaseInput {
  /** A parked subscription, a held invoice, or a stopped account as `gateway/account`. */
  id: string;
  reason: string;
  /** Who releases it. */
  by: string;
}

/** What was released, as it then stands. */
export interface Released {
  id: string;
  /** The state and, of an invoice, its next step. */
  state: string;
}

/**
 * Releases a parked subscription, a held invoice or a stopped account. Throws NOT_FOUND, NOT_HELD, NEEDS_RESOLUTION or
 * SUBSCRIPTION_PARKED (an invoice that is held by its subscription is released with it).
 */
export async function releaseHeld(
  deps: AlignDeps & ReleaseAccountDeps,
  input: ReleaseInput,
): Promise<Released> {
  const { id, reason, by } = input;
  if (id.includes("/")) return releasePausedAccount(deps, { account: id, reason, by });
  const subscription = await deps.subscriptions.find(input.id);
  const released =
    subscription === null ? await releaseOne(deps, input) : await releaseParked(deps, input);
  deps.log.warn({ id: input.id, by: input.by, reason: input.reason }, "released by an operator");
  await deps.hints.sweep();
  return released;
}

async function releaseParked(deps: AlignDeps, input: ReleaseInput): Promise<Released> {
  const cause = await causeOf(deps, input);
  const { document } = await updateDocument(deps.subscriptions, input.id, (read) => {
    if (read.parked === null) throw new BillingError("NOT_HELD", { id: read.id });
    return releaseSubscription(read, cause);
  });
  const aligned = await finishContractChange(deps, document, "operator");
  return { id: aligned.id, state: aligned.state };
}

async function releaseOne(deps: AlignDeps, input: ReleaseInput): Promise<Released> {
  const cause = await causeOf(deps, input);
  const { document } = await updateDocument(deps.invoices, input.id, (read) =>
    releaseInvoice(read, cause),
  );
  return { id: document.id, state: `${document.state}, next: ${document.step}` };
}

async function causeOf(deps: AlignDeps, { by, reason }: ReleaseInput) {
  return { at: await readInstants(deps), actor: "operator" as const, by, reason };
}
