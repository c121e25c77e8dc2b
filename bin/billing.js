#!/usr/bin/env node
// From the sources where they and their tools are at hand (a checkout), else from the build.
import { existsSync } from "node:fs";

const source = new URL("../src/cli/main.ts", import.meta.url);
const built = new URL("../dist/src/cli/main.js", import.meta.url);

async function entry() {
  if (!existsSync(source)) return built.href;
  try {
    const { bundleSources, commandLineOf } = await import("./bundle.js");
    return commandLineOf(await bundleSources());
  } catch (error) {
    if (existsSync(built)) return built.href;
    process.stderr.write(
      `The sources cannot be packed (${String(error)}). Was \`npm ci\` run here?\n`,
    );
    process.exit(1);
  }
}

await import(await entry());
