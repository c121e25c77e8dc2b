/** The `billing` program. */
import { loadDotEnv } from "../process.ts";
import { ConfigError } from "../config.ts";
import { BillingError } from "../domain/errors.ts";
import { EmbeddedServiceError } from "../embedded/embedded-error.ts";
import { clockCommand } from "./clock.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { demoCommand } from "./demo/command.ts";
import { doctorCommand } from "./doctor.ts";
import { hashPasswordCommand } from "./hash-password.ts";
import { lateCommand } from "./late.ts";
import { migrateCommand } from "./migrate.ts";
import { releaseCommand } from "./release.ts";
import { resolveCommand } from "./resolve.ts";
import { simulatorCommand } from "./simulator.ts";
import { stormCommand } from "./storm/command.ts";
import { verifyCommand } from "./verify.ts";
import { whyCommand } from "./why.ts";

const COMMANDS: readonly Command[] = [
  demoCommand,
  simulatorCommand,
  stormCommand,
  clockCommand,
  migrateCommand,
  doctorCommand,
  whyCommand,
  verifyCommand,
  resolveCommand,
  releaseCommand,
  lateCommand,
  hashPasswordCommand,
];

function help(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `billing: renewals that are charged once\n\n${lines.join("\n")}\n\nbilling help COMMAND tells the arguments of one.\n`;
}

async function run(argv: string[]): Promise<number> {
  const context: CommandContext = {
    args: argv.slice(1),
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY && process.env["NO_COLOR"] === undefined,
  };
  const name = argv[0] ?? "help";
  if (["help", "--help", "-h"].includes(name)) return showHelp(context, argv[1]);
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    throw new UsageError(`unknown command ${name}; billing help lists them`);
  }
  if (context.args.includes("--help") || context.args.includes("-h")) {
    return showHelp(context, command.name);
  }
  loadDotEnv();
  return command.run(context);
}

function showHelp(context: CommandContext, name: string | undefined): number {
  const command = COMMANDS.find((one) => one.name === name);
  context.out(command === undefined ? help() : `${command.usage}\n`);
  return 0;
}

/** What went wrong, in a sentence; a stack trace only for faults of our own. */
function explain(error: unknown): string {
  if (error instanceof TypeError && "code" in error) return error.message;
  const readable = [UsageError, ConfigError, BillingError, EmbeddedServiceError];
  if (readable.some((kind) => error instanceof kind) && error instanceof Error)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
