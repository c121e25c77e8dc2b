// The product: its sweep, its queues, its workers, as `npm run worker` starts them.
import { composeProduct } from "./composed.ts";
import { type DuePeriod, readPeriods, seedPeriods } from "./periods.ts";
import { serveContender } from "../contender.ts";
import { type RunningWorkers, WORKER_NAMES, startWorkers } from "../../workers/start-workers.ts";

await serveContender(async (settings) => {
  const composition = await composeProduct(settings);
  let periods: DuePeriod[] = [];
  let workers: RunningWorkers | null = null;
  return {
    async seed(round, charges) {
      periods = await seedPeriods(composition, round, charges);
    },
    async begin() {
      workers = startWorkers(composition, WORKER_NAMES);
    },
    async isSettled() {
      if (await composition.invoices.hasWork(composition.clock.now())) return false;
      const [charges] = composition.queues.all();
      const left = await charges?.getJobCounts("active", "waiting", "prioritized", "delayed");
      return Object.values(left ?? {}).every((count) => count === 0);
    },
    async end() {
      await workers?.stop(5000);
      return readPeriods(composition, periods);
    },
  };
});
