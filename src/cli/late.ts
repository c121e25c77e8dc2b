import { parseArgs } from "node:util";
import { decideLatePeriod } from "../billing/decide-late-period.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { operatorName } from "./operator-name.ts";
import { renderTable } from "./table.ts";
import { withComposition } from "./with-composition.ts";

const LISTED_MAX = 1000;

/** Periods that were found a whole period late, and a person's decision about one. */
export const lateCommand: Command = {
  name: "late",
  summary: "list periods found too late, have one charged or waive it",
  usage: "billing late\nbilling late INVOICE --charge|--waive --reason R",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: {
        charge: { type: "boolean" },
        waive: { type: "boolean" },
        reason: { type: "string" },
      },
    });
    const [invoiceId] = positionals;
    if (invoiceId === undefined) return list(context);
    if (values.charge === values.waive) throw new UsageError("say either --charge or --waive");
    const { reason } = values;
    if (!reason) throw new UsageError("--reason must say why");
    const decision = values.charge ? "charge" : "waive";
    const invoice = await withComposition(context, (composition) =>
      decideLatePeriod(composition, { invoiceId, decision, reason, by: operatorName() }),
    );
    context.out(`${invoice.id} is ${invoice.state}, next: ${invoice.step}\n`);
    return 0;
  },
};

async function list(context: CommandContext): Promise<number> {
  const held = await withComposition(context, ({ invoices }) => invoices.listHeld(LISTED_MAX));
  const rows = held.map((invoice) => [
    invoice.id,
    invoice.held ?? "",
    invoice.periodStartOn ?? "",
    invoice.amount,
  ]);
  context.out(renderTable(["invoice", "waits because", "period", "won"], rows, [3]));
  return 0;
}
