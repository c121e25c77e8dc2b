import { spawnNode } from "../embedded/node-child.ts";
import type { Command } from "./command.ts";

/** Runs the gateways' stand-in by itself. */
export const simulatorCommand: Command = {
  name: "simulator",
  summary: "run the gateways' stand-in by itself",
  usage:
    "billing simulator [--port 4000] [--host 127.0.0.1] [--dir .data/simulator] [--notify kiwoompay=http://…]",
  async run({ args, env, err }) {
    const entry = new URL("../simulator/main.ts", import.meta.url);
    const child = await spawnNode(entry, args, { env, onLine: (line) => err(`${line}\n`) });
    err(`simulator: http://127.0.0.1:${String(child.ready["port"])}/\n`);
    const stop = () => void child.stop();
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    const end = await child.ended;
    return end.code ?? 0;
  },
};
