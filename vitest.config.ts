import { defineConfig } from "vitest/config";

// Two projects: `unit` needs nothing but Node and runs in parallel; `integration` starts real
// processes (Redis, the embedded MongoDB server, the simulator), one file at a time.
const integration = [
  "test/billing/**/*.test.ts",
  "test/e2e/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/verify/**/*.test.ts",
  "test/chaos/storm.test.ts",
];

export default defineConfig({
  test: {
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
