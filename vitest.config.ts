import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findBrowser } from "./test/browser/support/find-browser.ts";
import { memoryFolder } from "./test/support/memory-folder.ts";

// Projects, one after the other: `unit` runs three files beside each other, each with the services it
// needs; `integration` two, with whole systems. The storm is long and waits most of the time for what
// it has struck down: others work beside it. `gates` comes last, and where there is a browser `browser`
// beside it: the demo keeps one core busy.
const gates = ["test/cli/demo.test.ts"];
const integration = [
  "test/chaos/storm.test.ts",
  "test/e2e/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/verify/{at-work,command}.test.ts",
];
const browser = ["test/browser/**/*.test.ts"];
const hasBrowser = findBrowser(process.env) !== null;
// This file is read once for each project, in one process; it is said once.
if (!hasBrowser && process.env["BROWSER_MISSED"] === undefined) {
  process.env["BROWSER_MISSED"] = "said";
  process.stderr.write("test/browser is left out: no CHROMIUM_BINARY, no chromium on the PATH\n");
}
/** Whole systems take their time to start. */
const slow = { testTimeout: 300_000, hookTimeout: 120_000 };

/** The longest first, so that the last minutes do not belong to one file alone. */
const LONGEST = [
  "crash-points-gateways",
  "crash-points",
  "interleavings",
  "ledger",
  "damage",
  "torture",
  "storm",
];

const isLong = ({ moduleId }: TestSpecification): boolean =>
  LONGEST.some((name) => moduleId.endsWith(`/${name}.test.ts`));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

const browserProject = {
  extends: true as const,
  test: {
    name: "browser",
    include: browser,
    ...slow,
    maxWorkers: 2,
    // Customers at once in one file: more of them only wait for each other.
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst, groupOrder: 2 },
  },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: "test/support/bundle.ts",
    setupFiles: "test/support/run-children-packed.ts",
    env: memoryFolder(),
    // Far more than any test takes: a busy machine is no fault of theirs.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // Fewer and shorter collections: the long proofs leave much behind.
    execArgv: ["--max-semi-space-size=64"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...integration, ...gates, ...browser],
          // The long proofs take one core each, others wait for servers that start and end.
          maxWorkers: 3,
          // Files share what they import, and nothing else: each has services of its own.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: integration,
          exclude: gates,
          ...slow,
          maxWorkers: 2,
          // Loading the product anew for each file took an eighth of their time.
          isolate: false,
          sequence: { sequencer: LongestFirst, groupOrder: 1 },
        },
      },
      ...(hasBrowser ? [browserProject] : []),
      {
        extends: true,
        test: {
          name: "gates",
          include: gates,
          ...slow,
          // One file, and the browser's beside it.
          maxWorkers: 2,
          sequence: { sequencer: LongestFirst, groupOrder: 2 },
        },
      },
    ],
  },
});
