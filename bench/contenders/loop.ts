// The ceiling: the product's own charge in a plain loop, without a queue.
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { accountsOf, chargeDepsOf } from "../../src/compose.ts";
import { serveContender } from "../contender.ts";
import { composeProduct } from "./composed.ts";
import { type DuePeriod, readPeriods, seedPeriods } from "./periods.ts";

await serveContender(async (settings) => {
  const composition = await composeProduct(settings);
  const deps = chargeDepsOf(composition, "loop");
  let periods: DuePeriod[] = [];
  let running: Promise<unknown> | null = null;

  async function chargeAll(): Promise<void> {
    const [account] = accountsOf(composition.gateways);
    const now = composition.clock.now();
    const before = { business: now, operational: now };
    if (account === undefined) throw new Error("there is no gateway account");
    const due = await composition.invoices.listChargeable(account, before, periods.length);
    const chargeNext = async (): Promise<void> => {
      for (let one = due.shift(); one !== undefined; one = due.shift()) {
        await attemptCharge(deps, { invoiceId: one.id });
      }
    };
    await Promise.all(Array.from({ length: settings.inFlight }, chargeNext));
  }

  return {
    async seed(round, charges) {
      periods = await seedPeriods(composition, round, charges);
    },
    async begin() {
      running = chargeAll();
    },
    async isSettled() {
      await running;
      return true;
    },
    end: () => readPeriods(composition, periods),
  };
});
