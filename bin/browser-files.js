// What browsers are given is read from beside the code that gives it, as it was written: wherever the
// code goes, these folders go along. `node bin/browser-files.js FOLDER` copies them there.
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = [join("src", "http", "browser"), join("src", "simulator", "windows", "browser")];

/** @param {string} file */
const isGiven = (file) => !file.endsWith(".json") && !file.endsWith(".d.ts");

/** The files by their paths in the checkout. */
export function listBrowserFiles() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter(isGiven)
      .map((file) => join(folder, file)),
  );
}

/** @param {string} into */
export function copyBrowserFiles(into) {
  for (const folder of FOLDERS) {
    cpSync(join(ROOT, folder), join(into, folder), { recursive: true, filter: isGiven });
  }
}

const [, program, into] = process.argv;
if (program === fileURLToPath(import.meta.url) && into !== undefined) {
  copyBrowserFiles(join(process.cwd(), into));
}
