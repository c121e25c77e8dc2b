import { spawn } from "node:child_process";

/** What a run of the `billing` program gave. */
export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the `billing` program to its end, with both streams piped. */
export function runBilling(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, ["bin/billing.js", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}
