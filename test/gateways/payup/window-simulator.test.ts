/** The adapter and the simulator, which share no code, around KCP's payment window. */
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import { createPayupAdapter } from "../../../src/gateways/payup/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Client, startSimulator } from "../../simulator/support.ts";
import { fieldsOf, formOf, postForm } from "../../simulator/windows/support.ts";
import { openCall } from "./wire.ts";

let client: Client;
let adapter: GatewayAdapter;

beforeEach(async () => {
  ({ client } = await startSimulator());
  const access = { account: "main", merchantId: "sim_payup", apiCertKey: "sim_cert_key" };
  const times = { connectTimeoutMs: 5_000, callDeadlineMs: 10_000 };
  const config = { ...access, ...times, baseUrl: client.base };
  adapter = createPayupAdapter(config, { clock: systemClock });
  onTestFinished(() => adapter.close());
});

test.each(["mobile", "pc"] as const)("what a %s hands back is charged", async (device) => {
  const order = {
    orderNumber: "T-WINDOW-1",
    amount: 9_900,
    productName: "똠방각하 & 뷁 구독 😀",
    customerName: "김철수",
  };
  const outcome = await adapter.openWindow?.(await openCall(adapter), {
    ...order,
    customerEmail: null,
    customerPhone: null,
    returnUrl: "http://127.0.0.1:9/easypay/return/pay_1",
    device,
    wallet: null,
    options: null,
  });
  if (outcome?.kind !== "opened") throw new Error(JSON.stringify(outcome));
  const texts = Object.entries(outcome.fields).map(([name, value]) => [
    name,
    typeof value === "string" ? value : "",
  ]);
  // The script adds the page that it runs in.
  const page = device === "pc" ? { simulator_page_origin: "http://127.0.0.1:9" } : {};
  const url = outcome.url ?? `${client.base}/_sim/payup/window`;
  const window = await postForm(url, { ...Object.fromEntries(texts), ...page }, "euc-kr");
  const shown = await window.text();
  const answer = await postForm(client.base + formOf(shown).action, {
    ...fieldsOf(shown),
    act: "pay",
  });
  const back = await answer.text();
  const told = (/data-result="([^"]*)"/.exec(back)?.[1] ?? "{}").replaceAll("&quot;", '"');
  const authentication =
    device === "pc" ? (JSON.parse(told) as Record<string, string>) : fieldsOf(back);
  const charged = await adapter.charge(await openCall(adapter), {
    ...order,
    customerId: "customer-1",
    source: { kind: "wallet", authentication },
  });
  expect(charged.kind).toBe("approved");
  const { body } = await client.ledger("?gateway=payup&orderNumber=T-WINDOW-1");
  expect(body.totals).toMatchObject({ approvals: 1, approvedAmount: 9_900 });
});
