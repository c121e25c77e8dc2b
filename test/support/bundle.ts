import type { TestProject } from "vitest/node";
import { bundleSources } from "../../bin/bundle.js";

declare module "vitest" {
  export interface ProvidedContext {
    bundle: string;
  }
}

/** Before all tests: the sources are packed, as `billing` does it. */
export async function setup(project: TestProject): Promise<void> {
  project.provide("bundle", await bundleSources());
}
