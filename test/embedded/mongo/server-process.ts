import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { packed } from "../../support/packed.ts";

export const MAIN = packed("src/embedded/mongo/main.ts");

/** The server as a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  readonly port: number;
  readonly stderr: () => string;
}

export interface ChildOptions {
  /** Further arguments of the server. */
  readonly args?: readonly string[];
  /** A shell command that runs before it in the same process, such as `ulimit`. */
  readonly before?: string;
  /** A module that is loaded before it. */
  readonly preload?: string;
}

/** Starts the server over a folder; rejects with what it said where it ends instead. */
export async function startChild(folder: string, options: ChildOptions = {}): Promise<Child> {
  const { args: more = [], before, preload } = options;
  const preloads = preload === undefined ? [] : ["--import", "tsx", "--import", preload];
  const args = [...preloads, MAIN, "--dir", folder, ...more];
  const child =
    before === undefined
      ? spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] })
      : spawn("bash", ["-c", `${before}; exec "$0" "$@"`, process.execPath, ...args]);
  let stderr = "";
  child.stderr?.on("data", (text: Buffer) => (stderr += text.toString()));
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), "line"),
    once(child, "close").then(() => {
      throw new Error(`the server ended: ${stderr}`);
    }),
  ]);
  const { port, pid } = JSON.parse(String(line)) as { port: number; pid: number };
  if (pid !== child.pid) throw new Error("the ready line names another process");
  return { process: child, port, stderr: () => stderr };
}

/** Sends a signal and waits for the end; returns the exit code. */
export async function end(
  child: Child,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<number | null> {
  const ended = once(child.process, "exit");
  child.process.kill(signal);
  const [code] = await ended;
  return code as number | null;
}
