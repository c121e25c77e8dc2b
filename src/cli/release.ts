import { parseArgs } from "node:util";
import { listUnresolved } from "../billing/list-unresolved.ts";
import { releaseHeld } from "../billing/release-held.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { operatorName } from "./operator-name.ts";
import { renderTable } from "./table.ts";
import { withComposition } from "./with-composition.ts";

/** What waits for a person, and letting go on one of them. */
export const releaseCommand: Command = {
  name: "release",
  summary: "list what waits for a person, let one of them go on",
  usage:
    "billing release\nbilling release SUBSCRIPTION|INVOICE --reason R\n" +
    "billing release --account GATEWAY/ACCOUNT --reason R",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: { account: { type: "string" }, reason: { type: "string" } },
    });
    if (values.account !== undefined && !ACCOUNT.test(values.account)) {
      throw new UsageError(
        "--account names a gateway and its account, for example cookiepay/default",
      );
    }
    const [id, ...more] = [
      ...positionals,
      ...(values.account === undefined ? [] : [values.account]),
    ];
    if (more.length > 0) throw new UsageError("release one thing at a time");
    if (id === undefined) return list(context);
    const { reason } = values;
    if (!reason) throw new UsageError("--reason must say why");
    const released = await withComposition(context, (composition) =>
      releaseHeld(
        { ...composition, hints: composition.queues.hints },
        { id, reason, by: operatorName() },
      ),
    );
    context.out(`${released.id} is ${released.state}\n`);
    return 0;
  },
};

const ACCOUNT = /^[\w-]+\/[\w-]+$/;

async function list(context: CommandContext): Promise<number> {
  const rows = await withComposition(context, (composition) =>
    listUnresolved(composition, { language: "en", zone: composition.config.zone }),
  );
  context.out(
    renderTable(
      ["id", "waits because", "since", "won", "what a person can do"],
      rows.map((row) => [row.id, row.why, row.since, row.amount ?? "", row.remedy]),
      [3],
    ),
  );
  return 0;
}
