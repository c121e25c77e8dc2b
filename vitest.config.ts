import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findBrowser } from "./test/browser/support/find-browser.ts";
import { memoryFolder } from "./test/support/memory-folder.ts";

// Two groups, one after the other, three files beside each other: `unit`, each file with the services
// it needs; then whole systems, `integration` and, where there is a browser, `browser`.
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

/**
 * The long ones first, so that the last minutes do not belong to one file alone, and beside those that
 * keep a core busy the ones that wait for time-outs. The storm stands first among whole systems and the
 * demo last of the long ones: they are not to meet.
 */
const ORDER = [
  "chaos/crash-points",
  "chaos/interleavings",
  "traffic/pace",
  "kiwoompay/contract",
  "why/ledger",
  "kiwoompay/simulator",
  "portone/contract",
  "portone/simulator",
  "payup/simulator",
  "cookiepay/contract",
  "chaos/crash-points-gateways",
  "chaos/notice-fuzz",
  "http/notices",
  "mongo/torture",
  "billing/pay-with-card",
  "notices/orders",
  "verify/damage",
  "chaos/storm",
  "browser/windows",
  "browser/window-trouble",
  "browser/cards",
  "browser/operators",
  "e2e/gateway-outage",
  "e2e/outages",
  "e2e/renewals",
  "cli/storm-checks",
  "cli/boot",
  "cli/demo-checks",
  "cli/demo",
];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const at = ORDER.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
  return at === -1 ? ORDER.length : at;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

/** Whole systems take their time to start. */
const wholeSystems = {
  testTimeout: 300_000,
  hookTimeout: 120_000,
  sequence: { sequencer: LongestFirst, groupOrder: 1 },
};

const browserProject = {
  extends: true as const,
  test: {
    name: "browser",
    include: browser,
    ...wholeSystems,
    // Customers at once in one file: more of them only wait for each other.
    maxConcurrency: 3,
  },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // The long proofs take one core each, others wait for servers that start and end.
    maxWorkers: 3,
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
          exclude: [...integration, ...browser],
          // Files share what they import, and nothing else: each has services of its own.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: integration,
          ...wholeSystems,
          // Loading the product anew for each file took an eighth of their time.
          isolate: false,
        },
      },
      ...(hasBrowser ? [browserProject] : []),
    ],
  },
});
