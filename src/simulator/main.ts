import path from "node:path";
import { parseArgs } from "node:util";
import { DIALECTS } from "./dialects.ts";
import { type SimulatorOptions, createSimulator } from "./simulator.ts";
import type { MerchantAccount } from "./state.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4000" },
    host: { type: "string", default: "127.0.0.1" },
    dir: { type: "string", default: path.join(".data", "simulator") },
    account: { type: "string", multiple: true, default: [] },
    notify: { type: "string", multiple: true, default: [] },
    "watch-stdin": { type: "boolean", default: false },
  },
});

const simulator = await createSimulator(toOptions());
let stopping = false;

function toOptions(): SimulatorOptions {
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not "${values.port}"`);
  }
  return {
    port,
    host: values.host,
    dir: values.dir,
    accounts: values.account.map(toAccount),
    noticeUrls: Object.fromEntries(values.notify.map(toNoticeUrl)),
  };
}

function toAccount(text: string): MerchantAccount {
  const [gateway, id, secret, ...rest] = text.split(":");
  if (!gateway || !id || !secret || rest.length > 0) {
    throw new Error(`--account must be written gateway:id:secret, not "${text}"`);
  }
  if (!DIALECTS.some((dialect) => dialect.gateway === gateway)) {
    const known = DIALECTS.map((dialect) => dialect.gateway).join(", ");
    throw new Error(`--account names the gateway "${gateway}"; there are ${known}`);
  }
  return { gateway, id, secret };
}

function toNoticeUrl(text: string): readonly [string, string] {
  const [, gateway, url] = /^([a-z]+)=(.+)$/.exec(text) ?? [];
  if (gateway === undefined || url === undefined) {
    throw new Error(`--notify must be written gateway=http://…, not "${text}"`);
  }
  return [gateway, url];
}

function stop(): void {
  // A second signal does not wait for anything.
  if (stopping) process.exit(1);
  stopping = true;
  simulator.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`simulator: ${String(error)}\n`);
      process.exit(1);
    },
  );
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
if (values["watch-stdin"]) process.stdin.on("end", stop).on("error", stop).resume();

process.stdout.write(`${JSON.stringify({ port: simulator.port, pid: process.pid })}\n`);
