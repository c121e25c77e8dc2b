/** Takes the pictures of docs/pages.md anew: the browser tests look at every page on their way. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Pictures of the documents, and what the tests call them. */
const PICTURES = {
  "save-card": "1-register-pc-ko",
  pay: "4-paid-phone-ko",
  "sdk-example": "20-window-kiwoompay-all-pc-ko",
  "simulator-window": "20-window-kiwoompay-all-phone-ko",
  result: "21-paid-payup-kakaopay-phone-ko",
  queues: "12-queue-pc-ko",
};
const TARGET = join(import.meta.dirname, "..", "docs", "pictures");

const folder = mkdtempSync(join(tmpdir(), "pictures-"));
try {
  const run = spawnSync("npx", ["vitest", "run", "--project", "browser"], {
    stdio: "inherit",
    env: { ...process.env, SCREENSHOTS_DIR: folder },
  });
  if (run.status !== 0) throw new Error("a browser test failed: no picture was taken over");
  mkdirSync(TARGET, { recursive: true });
  for (const [name, taken] of Object.entries(PICTURES)) {
    copyFileSync(join(folder, `${taken}.png`), join(TARGET, `${name}.png`));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
