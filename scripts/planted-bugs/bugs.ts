/** Bugs that a tired afternoon could put into the money path: one line each, one at a time. */
export interface PlantedBug {
  what: string;
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    what: "the fence is dropped from every conditional write",
    file: "src/stores/revisioned.ts",
    find: "{ _id: read.id, revision: read.revision, ...guard }",
    replace: "{ _id: read.id, ...guard }",
  },
  {
    what: "the claim's token is dropped from the outcome write",
    file: "src/stores/invoices.ts",
    find: 'read.claim === null ? { claim: null } : { "claim.token": read.claim.token },',
    replace: "{},",
  },
  {
    what: "a claim without the step in the filter",
    file: "src/stores/invoices.ts",
    find: "base.write(read, next, { step: read.step })",
    replace: "base.write(read, next)",
  },
  {
    what: "an invoice is claimed whatever its step",
    file: "src/domain/claim-rules.ts",
    find: '    invoice.step === "charge" &&\n',
    replace: "",
  },
  {
    what: "an outcome is written whoever holds the claim",
    file: "src/domain/claim-rules.ts",
    find: "invoice.claim?.token === token &&",
    replace: "invoice.claim !== null &&",
  },
  {
    what: "order numbers come from a counter that a restart forgets",
    file: "src/domain/claim-rules.ts",
    find: "orderNumberOf(prefix, invoice.number, number)",
    replace: 'orderNumberOf(prefix, "COUNTER", number)',
  },
  {
    what: "a time-out is treated as declined",
    file: "src/domain/outcome-rules.ts",
    find: '    case "unknown":\n    case "pending":\n      return unknown(',
    replace:
      '    case "unknown":\n    case "pending":\n      return failInvoice(withLastAttempt(invoice, { ...ended, state: "declined" }), recording, "timeout") ?? unknown(',
  },
  {
    what: "an unknown outcome is sent again under the same number",
    file: "src/domain/outcome-rules.ts",
    find: '    case "unknown":\n    case "pending":\n      return unknown(withLastAttempt(invoice, ended), result.outcome, policy, recording);',
    replace:
      '    case "unknown":\n    case "pending":\n      return notSent(withLastAttempt(invoice, ended), result.outcome.reason, policy, recording);',
  },
  {
    what: "the job is acknowledged before the outcome is written",
    file: "src/billing/attempt-charge.ts",
    find: "const recorded = await record(deps, claimed, outcome);",
    replace: "void record(deps, claimed, outcome);\n  const recorded = claimed;",
  },
  {
    what: "the gateway is called before the claim is durable",
    file: "src/billing/attempt-charge.ts",
    find: "return deps.invoices.claimAttempt(looked.invoice, claimed);",
    replace: "void deps.invoices.claimAttempt(looked.invoice, claimed);\n  return claimed;",
  },
  {
    what: "writes wait for one server only, and not for its journal",
    file: "src/stores/connection.ts",
    find: '{ w: "majority", journal: true } as const',
    replace: "{ w: 1, journal: false } as const",
  },
  {
    what: "two periods are opened per sweep",
    file: "src/domain/subscription.ts",
    find: "const nextPeriod = subscription.nextPeriod + 1;",
    replace: "const nextPeriod = subscription.nextPeriod + 2;",
  },
  {
    what: "the subscription advances before the invoice is there",
    file: "src/billing/open-due-periods.ts",
    find: "    await insertInvoice(deps, subscription, at);\n",
    replace:
      "    const before = subscription;\n    queueMicrotask(() => void insertInvoice(deps, before, at));\n",
  },
  {
    what: "a period's invoice gets a random id",
    file: "src/domain/invoice.ts",
    find: "return `${subscriptionId}-p${periodNumber}`;",
    replace: "return `${subscriptionId}-p${periodNumber}-${Math.random().toString(36).slice(2)}`;",
  },
  {
    what: "an expired claim goes back to be charged",
    file: "src/domain/claim-rules.ts",
    find: '{ ...withLastAttempt(invoice, unknownAttempt), step: "ask", nextActionAt: at.operational }',
    replace:
      '{ ...withLastAttempt(invoice, { ...unknownAttempt, state: "absent" }), step: "charge", nextActionAt: at.operational }',
  },
  {
    what: "the lease is not looked at before the send",
    file: "src/billing/lease.ts",
    find: "maySend: () => deps.clock.monotonicMs() < lastStartMs,",
    replace: "maySend: () => lastStartMs > 0,",
  },
  {
    what: '"not there" counts at once',
    file: "src/domain/ask-rules.ts",
    find: "return now.getTime() >= countsFrom + policy.settleDelayMs;",
    replace: "return now.getTime() >= countsFrom + policy.settleDelayMs * 0 - 9e12;",
  },
  {
    what: '"not there" counts from the claim, though a frozen worker may still send',
    file: "src/domain/ask-rules.ts",
    find: "Math.max(attempt.claimedAt.getTime(), lastSend.getTime())",
    replace: "Math.min(attempt.claimedAt.getTime(), lastSend.getTime())",
  },
  {
    what: "one reading is enough to close an attempt as absent",
    file: "src/domain/ask-rules.ts",
    find: "if (missingReads < 2) {",
    replace: "if (missingReads < 1) {",
  },
  {
    what: "an invoice whose charge is out is passed over by a cancel",
    file: "src/domain/contract-rules.ts",
    find: ": { ...invoice, behind: true, stop: !goesOn, version: subscription.version };",
    replace: ": invoice;",
  },
  {
    what: "an older change of contract undoes a newer one",
    file: "src/domain/contract-rules.ts",
    find: " || subscription.version < invoice.version) return",
    replace: ") return",
  },
  {
    what: "a period is charged before its subscription has advanced past it",
    file: "src/billing/attempt-charge.ts",
    find: "invoice.periodNumber >= subscription.nextPeriod",
    replace: "invoice.periodNumber < 0",
  },
  {
    what: "a contract change is called finished whatever version it was",
    file: "src/billing/align-invoices.ts",
    find: "read.aligning && read.version === subscription.version",
    replace: "read.aligning",
  },
  {
    what: "a refund is checked, then reserved by another write",
    file: "src/domain/settle-rules.ts",
    find: "refundable: invoice.refundable - request.amount,",
    replace: "refundable: invoice.refundable,",
  },
  {
    what: "a part refund whose reply was lost is sent again",
    file: "src/domain/refund-rules.ts",
    find: "if (policy.repeatableFullRefund && isEverythingLeft(invoice, refund)) {",
    replace: "if (policy.repeatableFullRefund) {",
  },
  {
    what: "a charge that a cancel overtook is kept",
    file: "src/domain/settle-rules.ts",
    find: "if (!invoice.stop) return paid;",
    replace: "return paid;",
  },
  {
    what: "a late approval is taken although the period is paid",
    file: "src/domain/late-rules.ts",
    find: 'const canAdopt = invoice.state === "open" || invoice.state === "failed";',
    replace: "const canAdopt = true;",
  },
  {
    what: "a late answer is thrown away",
    file: "src/domain/late-rules.ts",
    find: "  const changed = attempts.some((attempt, index) => attempt !== invoice.attempts[index]);",
    replace: "  const changed = attempts.length < 0;",
  },
  {
    what: "another amount under our number is taken for ours",
    file: "src/domain/ask-rules.ts",
    find: "if (transactions.some((found) => found.amount !== attempt.amount)) {",
    replace: "if (transactions.length === 0) {",
  },
  {
    what: "a write adds told events once more",
    file: "src/stores/revisioned.ts",
    find: "events: next.outbox.filter(({ number }) => number > read.outboxNumber),",
    replace: "events: next.outbox,",
  },
  {
    what: "every member of a joined batch has won when one of them has",
    file: "src/stores/joined-operations.ts",
    find: "const isClear = matched === 0 || matched === writes.length - failures.size;",
    replace: "const isClear = matched !== null;",
  },
  {
    what: "a misspelt filter matches every document",
    file: "src/stores/connection.ts",
    find: 'mongoose.set("strictQuery", "throw");',
    replace: 'mongoose.set("strictQuery", true);',
  },
  {
    what: "the subscription is not told of an outcome",
    file: "src/domain/settle-rules.ts",
    find: "followUp: changesStanding(invoice),",
    replace: "followUp: false,",
  },
  {
    what: "window: what came back is charged without a claim",
    file: "src/billing/approve-window.ts",
    find: "claimWindow(read, { ...request, version: read.version }, deps.policy),",
    replace:
      'claimWindow({ ...read, step: "window", state: "open", claim: null, attempts: [] }, { ...request, version: read.version }, deps.policy),',
  },
  {
    what: "window: another order's return is taken for this one's",
    file: "src/gateways/payup/authentication.ts",
    find: "if (gatewayOrderId === null || orderId !== gatewayOrderId) {",
    replace: "if (gatewayOrderId === null) {",
  },
  {
    what: "window: a payment that a browser names is believed whatever its amount",
    file: "src/billing/read-window.ts",
    find: 'return reading.amount === attempt.amount ? null : "another amount";',
    replace: "return null;",
  },
  {
    what: "window: a browser that says it was paid is believed",
    file: "src/billing/come-back.ts",
    find: "noteReturn(read, at),",
    replace:
      '({ ...read, state: "paid" as const, step: "none" as const, capturedAmount: read.amount, refundable: read.amount }),',
  },
  {
    what: "window: the gateway hears of an order that is not on record",
    file: "src/billing/prepare-window.ts",
    find: "if (await deps.invoices.insert(invoice)) return goOn(deps, adapter, { input, invoice });",
    replace:
      "const told = await goOn(deps, adapter, { input, invoice });\n  if (await deps.invoices.insert(invoice)) return told;",
  },
];
