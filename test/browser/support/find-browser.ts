import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The same engine in each; the first has no window around the pages, which is half of the work. */
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];

/** The browser that tests use: what CHROMIUM_BINARY names, else the first on the PATH; null: none. */
export function findBrowser(env: Record<string, string | undefined>): string | null {
  const named = env["CHROMIUM_BINARY"];
  if (named !== undefined && named !== "") return named;
  const folders = (env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
