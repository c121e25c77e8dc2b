import { createCookiepayAdapter } from "../../src/gateways/cookiepay/index.ts";
import type { Credential, GatewayAdapter } from "../../src/gateways/gateway.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { ContenderSettings } from "../messages.ts";

/** What a contender that is not ours knows of one charge. */
export interface PlainCharge {
  orderNumber: string;
  billingKey: string;
  amount: number;
  customerId: string;
}

/** Charges by the product's own adapter and returns the approval's number; throws on anything else. */
export type ChargeAtGateway = (charge: PlainCharge) => Promise<string>;

/** The same wire and the same HTTP client for every contender. */
export function createGatewayOf({ gatewayUrl }: ContenderSettings): ChargeAtGateway {
  const adapter = createCookiepayAdapter(
    {
      account: "default",
      apiId: "sim_merchant",
      secret: "sim_secret",
      baseUrl: gatewayUrl,
      connectTimeoutMs: 3000,
      callDeadlineMs: 20_000,
      tokenTimeoutMs: 5000,
    },
    { clock: systemClock },
  );
  return async ({ billingKey, ...charge }) => {
    const outcome = await adapter.charge(
      { credential: await credentialOf(adapter), maySend: () => true },
      {
        ...charge,
        source: { kind: "billing_key", billingKey },
        productName: "월간 구독",
        customerName: "홍길동",
      },
    );
    if (outcome.kind !== "approved") throw new Error(`payment failed: ${outcome.kind}`);
    return outcome.transaction.id;
  };
}

async function credentialOf(adapter: GatewayAdapter): Promise<Credential> {
  const opened = await adapter.openCredential({ call: "charge", paidWith: "billing_key" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return opened.credential;
}
