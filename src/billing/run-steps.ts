import { type Logger, describeError } from "../lib/logger.ts";

/** What is done, in words, and the doing of it. */
export type Step = readonly [string, () => Promise<unknown>];

/** Does one after the other. A step that fails is logged and holds up no other. */
export async function runSteps(log: Logger, steps: readonly Step[]): Promise<void> {
  for (const [name, step] of steps) {
    try {
      await step();
    } catch (error) {
      log.error({ step: name, err: describeError(error) }, "a step of the sweep failed");
    }
  }
}
