import { parseArgs } from "node:util";
import { type Resolution, resolveAttempt } from "../billing/resolve-attempt.ts";
import { resolveRefund } from "../billing/resolve-refund.ts";
import { reconcileDepsOf } from "../compose.ts";
import { type Command, UsageError } from "./command.ts";
import { operatorName } from "./operator-name.ts";
import { withComposition } from "./with-composition.ts";

const OUTCOMES = ["approved", "not-charged", "refunded", "not-refunded"] as const;

/** A person's word about an unknown charge or refund. */
export const resolveCommand: Command = {
  name: "resolve",
  summary: "settle an unknown charge or refund by a person's word",
  usage:
    "billing resolve ORDER_NUMBER --approved --transaction T [--reason R]\n" +
    "billing resolve ORDER_NUMBER --not-charged --reason R\n" +
    "billing resolve REFUND_ID --refunded|--not-refunded --reason R",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: {
        approved: { type: "boolean" },
        "not-charged": { type: "boolean" },
        refunded: { type: "boolean" },
        "not-refunded": { type: "boolean" },
        transaction: { type: "string" },
        reason: { type: "string" },
      },
    });
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) {
      throw new UsageError("give one order number, or the id of a refund");
    }
    const said = OUTCOMES.filter((outcome) => values[outcome]);
    const [outcome] = said;
    if (outcome === undefined || said.length > 1) {
      throw new UsageError(`say one of ${OUTCOMES.map((one) => `--${one}`).join(", ")}`);
    }
    const by = operatorName();
    const invoice = await withComposition(context, (composition) => {
      if (outcome === "refunded" || outcome === "not-refunded") {
        const kind = outcome === "refunded" ? "refunded" : "not_refunded";
        const reason = required(values.reason, outcome);
        return resolveRefund(composition, { refundId: id, kind, reason, by });
      }
      const resolution = readResolution(outcome, values);
      const deps = { ...reconcileDepsOf(composition), policy: composition.policy };
      return resolveAttempt(deps, { orderNumber: id, resolution, by });
    });
    context.out(`${id}: ${outcome}; ${invoice.id} is ${invoice.state}, next: ${invoice.step}\n`);
    return 0;
  },
};

function readResolution(
  outcome: "approved" | "not-charged",
  values: { transaction?: string | undefined; reason?: string | undefined },
): Resolution {
  if (outcome === "not-charged") {
    return { kind: "not_charged", reason: required(values.reason, outcome) };
  }
  if (!values.transaction) {
    throw new UsageError("--approved needs --transaction, the gateway's transaction number");
  }
  const reason = values.reason ?? "seen at the gateway";
  return { kind: "approved", transactionId: values.transaction, reason };
}

function required(reason: string | undefined, outcome: string): string {
  if (!reason) throw new UsageError(`--${outcome} needs --reason`);
  return reason;
}
