import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLOCK = "src/lib/clock.ts";

/** Where a process begins: only there is the environment read. */
function isEntry(path: string): boolean {
  return path === "src/server.ts" || path === "workers/main.ts" || /^src\/.*\/main\.ts$/.test(path);
}

interface SourceFile {
  path: string;
  /** Without comments: what is said there is not done. */
  code: string;
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(ROOT, file).split(sep).join("/");
      return { path, code: withoutComments(readFileSync(file, "utf8")) };
    });
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

const sources = [...readSources("src"), ...readSources("workers")];

/** `path: line` of everything that a pattern finds outside the files where it is allowed. */
function findings(pattern: RegExp, isAllowed: (path: string) => boolean): string[] {
  return sources
    .filter(({ path }) => !isAllowed(path))
    .flatMap(({ path, code }) =>
      code
        .split("\n")
        .filter((line) => pattern.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
}

const READS_CLOCK = /\bDate\.now\b|\bnew Date(?:\(\s*\)|(?!\s*\())|(?<!new )\bDate\(\)/;
const READS_ENVIRONMENT =
  /\bprocess\s*\.\s*env\b|\bprocess\[["']env|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/;
const EXPORTS_DEFAULT = /\bexport\s+default\b|\bas\s+default\b/;

describe("the sources", () => {
  test("are all seen", () => {
    expect(sources.length).toBeGreaterThan(80);
    const paths = sources.map((source) => source.path);
    expect(paths).toContain(CLOCK);
    expect(paths).toContain("workers/main.ts");
    expect(paths).toContain("src/server.ts");
  });

  test("read the system's clock in one file", () => {
    expect(findings(READS_CLOCK, (path) => path === CLOCK)).toEqual([]);
  });

  test("read the environment where a process begins", () => {
    expect(findings(READS_ENVIRONMENT, isEntry)).toEqual([]);
  });

  test("export by name", () => {
    expect(findings(EXPORTS_DEFAULT, () => false)).toEqual([]);
  });

  test("of the rules and of the small libraries import nothing of ours", () => {
    const outside = /\bfrom\s+["']\.\.\//;
    expect(findings(outside, (path) => !/^src\/(domain|lib)\//.test(path))).toEqual([]);
  });

  test("of the simulator and of the embedded services import only the small libraries", () => {
    const own = /^src\/(simulator|embedded)\//;
    const strangers = sources
      .filter(({ path }) => own.test(path))
      .flatMap(({ path, code }) =>
        [...code.matchAll(/\bfrom\s+["'](\.[^"']*)["']/g)]
          .map(([, target]) => new URL(target ?? "", `file:///${path}`).pathname.slice(1))
          .filter((target) => {
            const home = own.exec(path)?.[0] ?? "";
            return !target.startsWith(home) && !target.startsWith("src/lib/");
          })
          .map((target) => `${path} imports ${target}`),
      );
    expect(strangers).toEqual([]);
  });
});

describe("the search itself", () => {
  test.each([
    [READS_CLOCK, "const now = Date.now();"],
    [READS_CLOCK, "const now = new Date();"],
    [READS_CLOCK, "const now = new Date( );"],
    [READS_CLOCK, "const now = new Date;"],
    [READS_CLOCK, "const read = Date.now;"],
    [READS_CLOCK, "const text = Date();"],
    [READS_ENVIRONMENT, "const { env } = process;"],
    [READS_ENVIRONMENT, 'const home = process["env"].HOME;'],
    [READS_ENVIRONMENT, "const home = process.env.HOME;"],
    [EXPORTS_DEFAULT, "export default function serve() {}"],
    [EXPORTS_DEFAULT, "export { serve as default };"],
  ])("%s finds %s", (pattern, line) => {
    expect(pattern.test(line)).toBe(true);
  });

  test.each([
    [READS_CLOCK, "const later = new Date(now.getTime() + 1000);"],
    [READS_CLOCK, "const at: Date = clock.now();"],
    [READS_CLOCK, "interface Due { at: Date }"],
    [READS_ENVIRONMENT, "spawn(file, { env: context.env });"],
    [EXPORTS_DEFAULT, "export interface ConfigKey { default: string }"],
  ])("%s leaves %s alone", (pattern, line) => {
    expect(pattern.test(line)).toBe(false);
  });

  test("passes over what is only said in a comment", () => {
    const text =
      "/** Never Date.now() here. */\nconst a = 1; // new Date()\nconst b = 'https://x';";
    expect(withoutComments(text)).toBe("\nconst a = 1; \nconst b = 'https://x';");
  });
});
