import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { supportList } from "../../../src/embedded/mongo/support.ts";
import { differencesPage } from "../differences/list.ts";

const page = readFileSync("docs/embedded.md", "utf8");

/** What stands between the two marks of a list. */
function listed(list: string, file: string): string {
  const start = `<!-- ${list}: begin (${file} compares it) -->`;
  const [before, rest] = page.split(start);
  expect(before?.length).toBeGreaterThan(0);
  return (rest?.split(`<!-- ${list}: end -->`)[0] ?? "").trim();
}

test("docs/embedded.md lists exactly what the server's tables support", () => {
  expect(listed("support list", "test/embedded/mongo/support.test.ts")).toBe(supportList());
});

test("docs/embedded.md explains exactly the differences that the table allows", () => {
  const file = "test/embedded/mongo/support.test.ts";
  expect(listed("differences", file)).toBe(differencesPage());
});
