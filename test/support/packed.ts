import { join } from "node:path";
import { inject } from "vitest";

/** Where the packed sources have an entry, such as "workers/main.ts": it starts without tsx. */
export function packed(entry: string): string {
  return join(inject("bundle"), entry.replace(/\.ts$/, ".js"));
}
