import { defineConfig } from "vitest/config";

// Two projects: `unit` runs two files beside each other, each with the services it needs;
// `integration` starts and kills whole systems, one file at a time, and comes after it.
const integration = [
  "test/e2e/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/verify/{at-work,command}.test.ts",
  "test/chaos/storm.test.ts",
];

export default defineConfig({
  test: {
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
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
