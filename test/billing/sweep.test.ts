import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sweep } from "../../src/billing/sweep.ts";
import { accountsOf, sweepDepsOf } from "../../src/compose.ts";
import { SWEEP_QUEUE } from "../../src/queues/names.ts";
import { type Core, startCore } from "../support/core.ts";

const NOW = new Date("2026-01-10T10:00:00+09:00");
const WINDOW = 4;

describe("the sweep and who asks for it", () => {
  let core: Core;

  beforeAll(async () => {
    core = await startCore();
    await core.setClock(NOW);
  });
  afterAll(() => core?.close());

  const queueOf = (wanted: (name: string) => boolean) => {
    const queue = core.composition.queues.all().find(({ name }) => wanted(name));
    if (queue === undefined) throw new Error("no such queue");
    return queue;
  };
  const sweepsAskedFor = () => queueOf((name) => name === SWEEP_QUEUE).getWaitingCount();

  it("is asked for by a subscription that owes something now, and by no other", async () => {
    const key = await core.register("sweep-hint");
    await core.subscribe(key, { firstCharge: "cycleDay", startOn: "2026-02-01" });
    expect(await sweepsAskedFor()).toBe(0);
    await core.subscribe(key, { firstCharge: "now" });
    expect(await sweepsAskedFor()).toBe(1);
  });

  it("fills the window up again while what it found before still waits", async () => {
    const key = await core.register("sweep-window");
    const periods = Array.from({ length: 2 * WINDOW }, () =>
      core.subscribe(key, { firstCharge: "now" }),
    );
    await Promise.all(periods);
    const [account] = accountsOf(core.composition.gateways);
    if (account === undefined) throw new Error("no account");
    const sweepOnce = () => sweep({ ...sweepDepsOf(core.composition), queueWindow: WINDOW });
    const charges = queueOf((name) => name.startsWith("charge-"));
    const idsWaiting = async () => (await charges.getPrioritized()).map(({ id }) => id ?? "");

    await sweepOnce();
    const first = await idsWaiting();
    expect(first).toHaveLength(WINDOW);
    const gone = first.slice(0, WINDOW - 1);
    await Promise.all(
      gone.map(async (id) => core.charge((await charges.getJob(id))?.data.invoiceId)),
    );
    await Promise.all(gone.map((id) => charges.remove(id)));
    expect(await core.composition.queues.countWaiting(account)).toBe(1);

    await sweepOnce();
    const second = await idsWaiting();
    expect(second).toHaveLength(WINDOW);
    expect(second.filter((id) => first.includes(id))).toEqual(first.slice(WINDOW - 1));
  });
});
