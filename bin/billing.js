#!/usr/bin/env node
// From the sources where they and tsx are at hand (a checkout), else from the build.
import { existsSync } from "node:fs";

const source = new URL("../src/cli/main.ts", import.meta.url);
const built = new URL("../dist/src/cli/main.js", import.meta.url);

/** Whether the sources can be run as they are. */
async function canRunSources() {
  if (!existsSync(source)) return false;
  try {
    const { register } = await import("tsx/esm/api");
    register();
    return true;
  } catch {
    return false;
  }
}

const entry = (await canRunSources()) ? source : built;
await import(entry.href);
