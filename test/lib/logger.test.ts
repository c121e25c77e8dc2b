import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { describeError } from "../../src/lib/logger.ts";

/** Runs the program that logs; a logger writes to a file descriptor of its own process. */
function runProgram(...args: string[]) {
  const program = fileURLToPath(new URL("logger-program.ts", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", program, ...args], {
    encoding: "utf8",
  });
  expect(run.status).toBe(0);
  return run;
}

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

describe("a logger", () => {
  test("writes one JSON line for each sentence, from its level on", () => {
    const lines = linesOf(runProgram().stdout);
    expect(lines.map((line) => line["msg"])).toEqual([
      "charge is sent",
      "a body by mistake",
      "a card by mistake",
      "failed",
      "request",
    ]);
    expect(lines[0]).toMatchObject({ name: "test", invoiceId: "sub_1-p0", amount: 9900 });
    expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  test("lets no card data, key or authorization through, whatever it is handed", () => {
    const { stdout } = runProgram();
    for (const secret of ["4111111111111111", "12-secret", "900101", "BILLKEY_1", "secret-key"]) {
      expect(stdout).not.toContain(secret);
    }
  });

  test("leaves stdout to the program where it is told so", () => {
    const run = runProgram("--stderr");
    expect(run.stdout).toBe("");
    expect(linesOf(run.stderr)).toHaveLength(5);
  });
});

describe("what is said of an error", () => {
  test("is its name, code and message, never what it carries", () => {
    const error = Object.assign(new TypeError("no route"), {
      code: "ECONNREFUSED",
      config: { data: "4111111111111111" },
    });
    expect(describeError(error)).toEqual({
      name: "TypeError",
      message: "no route",
      code: "ECONNREFUSED",
    });
    expect(describeError(new Error("plain"))).toEqual({ name: "Error", message: "plain" });
  });

  test("is bounded", () => {
    expect(describeError(new Error("x".repeat(5000))).message).toHaveLength(500);
  });

  test("that is none is its type alone", () => {
    expect(describeError("4111111111111111")).toEqual({ name: "unknown", message: "string" });
    expect(describeError(undefined)).toEqual({ name: "unknown", message: "undefined" });
    expect(describeError(Object.assign(new Error("odd"), { code: 42 }))).toEqual({
      name: "Error",
      message: "odd",
    });
  });
});
