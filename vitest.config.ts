import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Two projects: `unit` runs two files beside each other, each with the services it needs;
// `integration` starts and kills whole systems, one file at a time, and comes after it.
const integration = [
  "test/e2e/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/verify/{at-work,command}.test.ts",
  "test/chaos/storm.test.ts",
];

/** The longest first, so that the last minutes do not belong to one file alone. */
const LONGEST = ["crash-points", "interleavings", "ledger", "damage", "torture"];

const isLong = ({ moduleId }: TestSpecification): boolean =>
  LONGEST.some((name) => moduleId.endsWith(`/${name}.test.ts`));

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: "test/support/bundle.ts",
    setupFiles: "test/support/run-children-packed.ts",
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: integration,
          // The long proofs wait for one core each: two beside each other use a small machine whole.
          maxWorkers: 2,
          // Files share what they import, and nothing else: each has services of its own.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: integration,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { sequencer: LongestFirst, groupOrder: 1 },
        },
      },
    ],
  },
});
