import { describe, expect, test } from "vitest";
import { readOptions } from "../../bench/options.ts";

describe("the bench's command line", () => {
  test("measures the four contenders at six loads by default", () => {
    expect(readOptions([])).toMatchObject({
      contenders: ["ours", "ungrouped", "naive", "loop"],
      rounds: 5,
      inFlight: [50, 200, 400],
      latencies: [0, 50],
    });
  });

  test("is small with --quick, and takes sizes beside it", () => {
    const options = readOptions(["--quick", "--charges", "40", "--in-flight", "5,10"]);
    expect(options).toMatchObject({ charges: 40, rounds: 1, inFlight: [5, 10], latencies: [0] });
  });

  test.each([
    [["--rounds", "0"], /--rounds must be a whole number from 1 to 100, not 0/],
    [["--in-flight", "50,many"], /--in-flight must be a whole number .* not many/],
    [["--contenders", "ours,theirs"], /--contenders knows no theirs; there are ours, ungrouped/],
    [["--fast"], /'--fast'/],
  ])("refuses %j and says what would be right", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });
});
