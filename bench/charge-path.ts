/**
 * Charges per second through the whole path: due payment in the database, job, durable claim, HTTP
 * charge at the simulator, durable outcome. Everything runs on this machine in processes of its own.
 *
 *   npm run bench -- --charges 3000 --in-flight 50 [--json]
 */
import { parseArgs } from "node:util";
import { setStage } from "../src/cli/demo/stage.ts";
import { openPaymentInvoice } from "../src/domain/invoice.ts";
import { newId, randomText } from "../src/lib/ids.ts";
import { sleep, systemClock } from "../src/lib/clock.ts";
import { createSimulatorClient } from "../src/cli/demo/simulator-client.ts";

const { values } = parseArgs({
  options: {
    charges: { type: "string", default: "3000" },
    "in-flight": { type: "string", default: "50" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const charges = Number(values.charges);

const stage = await setStage(
  {
    args: [],
    env: process.env,
    out: () => {},
    err: (text) => void process.stderr.write(text),
    isTerminal: false,
  },
  {
    CHARGE_CONCURRENCY: values["in-flight"],
    // The real limits: a busy machine must not turn slow replies into unknown ones.
    CHARGE_CALL_DEADLINE_MS: "20000",
    CHARGE_CONNECT_TIMEOUT_MS: "3000",
    CHARGE_TOKEN_TIMEOUT_MS: "5000",
    CHARGE_LEASE_MS: "45000",
    CHARGE_LEASE_MARGIN_MS: "5000",
    CHARGE_LOCK_MS: "60000",
    SETTLE_DELAY_MS: "90000",
    TEST_CLOCK: "false",
    SWEEP_INTERVAL_MS: "5000",
  },
);

/** One round: so many payments made due at once, until the last one is settled. */
async function round(): Promise<number> {
  const { composition } = stage;
  const registered = await fetch(`${stage.apiUrl}/billing/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      cardNumber: "4111111111111111",
      expireDate: "2512",
      cardPassword: "12",
      birthDate: "901231",
      customerName: "홍길동",
      customerId: "bench",
    }),
  });
  const { billingKey }: { billingKey: string } = JSON.parse(await registered.text());
  const due = new Date(systemClock.now().getTime() + 60_000);
  const ids = Array.from({ length: charges }, () => newId("pay"));
  const at = { business: systemClock.now(), operational: systemClock.now() };
  const invoices = ids.map((id) => ({
    ...openPaymentInvoice(
      {
        id,
        number: randomText(12),
        amount: 9900,
        productName: "월간 구독",
        gateway: "cookiepay",
        account: "default",
        billingKeyId: billingKey,
        customerId: "bench",
        customerName: "홍길동",
        dueAt: at.business,
        at,
      },
      null,
    ),
    nextActionAt: due,
  }));
  for (let from = 0; from < invoices.length; from += 200) {
    await Promise.all(
      invoices.slice(from, from + 200).map((one) => composition.invoices.insert(one)),
    );
  }
  const model = composition.database.model("Invoice");
  await model.updateMany({ _id: { $in: ids } }, { $set: { nextActionAt: at.operational } });
  const startedMs = systemClock.monotonicMs();
  await composition.queues.hints.sweep();
  while (await composition.invoices.hasWork(at.business)) await sleep(20);
  return charges / ((systemClock.monotonicMs() - startedMs) / 1000);
}

try {
  await round();
  const rates: number[] = [];
  for (let number = 0; number < Number(values.rounds); number += 1) rates.push(await round());
  const ledger = await createSimulatorClient(stage.simulatorUrl).ledger({ kind: "approval" });
  const expected = charges * (rates.length + 1);
  if (ledger.length !== expected) {
    throw new Error(`${ledger.length} approvals in the ledger, expected ${expected}`);
  }
  const sorted = rates.map(Math.round).sort((a, b) => a - b);
  const result = {
    charges,
    inFlight: Number(values["in-flight"]),
    chargesPerSecond: sorted[Math.floor(sorted.length / 2)],
    range: [sorted[0], sorted.at(-1)],
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await stage.close();
}
