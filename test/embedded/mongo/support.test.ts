import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { supportList } from "../../../src/embedded/mongo/support.ts";

const START = "<!-- support list: begin (test/embedded/mongo/support.test.ts compares it) -->";
const END = "<!-- support list: end -->";

test("docs/embedded.md lists exactly what the server's tables support", () => {
  const page = readFileSync("docs/embedded.md", "utf8");
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  expect(start).toBeGreaterThan(0);
  expect(end).toBeGreaterThan(start);
  expect(page.slice(start + START.length, end).trim()).toBe(supportList());
});
