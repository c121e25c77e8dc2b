import { parseArgs } from "node:util";
import { DateTime } from "luxon";
import { advanceClock } from "../billing/advance-clock.ts";
import { tellSimulator } from "../tell-simulator.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { withComposition } from "./with-composition.ts";

/** Business time: shows it, or moves it forward and waits until all due work is done. */
export const clockCommand: Command = {
  name: "clock",
  summary: "show business time, or move it forward (never in production)",
  usage:
    "billing clock\nbilling clock advance 1d|2w|1mo|1y\nbilling clock advance --to 2026-12-31T10:00:00+09:00",
  async run(context) {
    const { values, positionals } = parseArgs({
      args: context.args,
      allowPositionals: true,
      options: { to: { type: "string" } },
    });
    const [verb, span, ...more] = positionals;
    if (verb === undefined) return show(context);
    const given = (span === undefined ? 0 : 1) + (values.to === undefined ? 0 : 1);
    if (verb !== "advance" || given !== 1 || more.length > 0) {
      throw new UsageError("write: billing clock advance 1mo, or --to an instant");
    }
    return withComposition(context, async (composition) => {
      const now = await composition.businessClock.now();
      const to = readTarget({ now, span, to: values.to, zone: composition.config.zone });
      const result = await advanceClock(
        {
          ...composition,
          hints: composition.queues.hints,
          tellOthers: (at) => tellSimulator(composition.config, at),
        },
        { to },
        ({ now: at }) => context.err(`${at.toISOString()}\n`),
      );
      context.out(`${result.now.toISOString()}\n`);
      return 0;
    });
  },
};

function show(context: CommandContext): Promise<number> {
  return withComposition(context, async ({ businessClock }) => {
    context.out(`${(await businessClock.now()).toISOString()}\n`);
    return 0;
  });
}

const UNITS = { d: "days", w: "weeks", mo: "months", y: "years" } as const;

function readTarget(asked: {
  now: Date;
  span: string | undefined;
  to: string | undefined;
  zone: string;
}): Date {
  if (asked.to !== undefined) {
    const to = new Date(asked.to);
    if (Number.isNaN(to.getTime())) {
      throw new UsageError(
        `--to must be an instant such as 2026-12-31T10:00:00+09:00, not ${asked.to}`,
      );
    }
    return to;
  }
  const match = /^(\d{1,4})(d|w|mo|y)$/.exec(asked.span ?? "");
  const unit = Object.entries(UNITS).find(([short]) => short === match?.[2])?.[1];
  if (match?.[1] === undefined || unit === undefined) {
    throw new UsageError(`${asked.span} is no span; write 10d, 2w, 1mo or 1y`);
  }
  const now = DateTime.fromJSDate(asked.now, { zone: asked.zone });
  return now.plus({ [unit]: Number(match[1]) }).toJSDate();
}
