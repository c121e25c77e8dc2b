/**
 * The table of MongoDB's behaviour on the server that MONGODB_URI names, or on the embedded one, and
 * the product's own tests of its stores where the server is fit for the product.
 */
import { spawnSync } from "node:child_process";
import { probeUrl, refusalOf } from "../src/stores/server-probe.ts";

/** What every server is asked; the probe says whether the product starts on it. */
const EVERY_SERVER = ["test/embedded/cases", "test/stores/server-probe.test.ts"];
const FIT_SERVER = ["test/stores", "test/http/flow.test.ts"];

const url = process.env["MONGODB_URI"];
const refusal = url === undefined ? null : refusalOf(await probeUrl(url));
if (refusal !== null) process.stdout.write(`${refusal} Its stores are not tested there.\n`);
const files = refusal === null ? [...EVERY_SERVER, ...FIT_SERVER] : EVERY_SERVER;
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    "unit",
    ...files,
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
