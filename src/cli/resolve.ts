import { parseArgs } from "node:util";
import { type Resolution, resolveAttempt } from "../billing/resolve-attempt.ts";
import { reconcileDepsOf } from "../compose.ts";
import { type Command, UsageError } from "./command.ts";
import { withComposition } from "./with-composition.ts";

/** A person's word about an unknown charge. */
export const resolveCommand: Command = {
  name: "resolve",
  summary: "settle an unknown charge by a person's word",
  usage:
    "billing resolve ORDER_NUMBER --approved --transaction T [--reason R]\n" +
    "billing resolve ORDER_NUMBER --not-charged --reason R",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: {
        approved: { type: "boolean" },
        "not-charged": { type: "boolean" },
        transaction: { type: "string" },
        reason: { type: "string" },
      },
    });
    const [orderNumber] = positionals;
    if (orderNumber === undefined || positionals.length > 1) {
      throw new UsageError("give one order number");
    }
    const resolution = readResolution(values);
    const invoice = await withComposition(context, (composition) =>
      resolveAttempt(
        { ...reconcileDepsOf(composition), policy: composition.policy },
        { orderNumber, resolution },
      ),
    );
    context.out(`${orderNumber}: ${resolution.kind}; ${invoice.id} is ${invoice.state}\n`);
    return 0;
  },
};

interface ResolutionOptions {
  approved?: boolean | undefined;
  "not-charged"?: boolean | undefined;
  transaction?: string | undefined;
  reason?: string | undefined;
}

function readResolution(options: ResolutionOptions): Resolution {
  if (options.approved === options["not-charged"]) {
    throw new UsageError("say either --approved or --not-charged");
  }
  if (options.approved) {
    if (!options.transaction) {
      throw new UsageError("--approved needs --transaction, the gateway's transaction number");
    }
    const reason = options.reason ?? "seen at the gateway";
    return { kind: "approved", transactionId: options.transaction, reason };
  }
  if (!options.reason) throw new UsageError("--not-charged needs --reason");
  return { kind: "not_charged", reason: options.reason };
}
