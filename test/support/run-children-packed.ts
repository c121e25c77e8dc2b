// Before each test file: the processes that it starts run from the packed sources.
import { inject } from "vitest";
import { runChildrenFrom } from "../../src/embedded/node-child.ts";

runChildrenFrom(inject("bundle"));
