// A worker that has loaded everything and begins when its parent says so. What runs then is the
// product's own worker program, word for word; only the time to load it has been spent before.
import { standBy } from "./stand-by.ts";

await Promise.all([import("../../compose.ts"), import("../../../workers/start-workers.ts")]);
standBy(() => import("../../../workers/main.ts"));
