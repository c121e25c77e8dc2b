/** Reads what our own side lists, for the parts of the verdict that only it can know. */
import type { Composition } from "../../compose.ts";
import type { Invoice } from "../../domain/invoice.ts";

export interface OurSide {
  /** `customer/first day` of periods listed open, with the reason. */
  openPeriods: Map<string, string>;
  /** Attempts whose outcome was unknown and is settled. */
  unknownResolved: number;
  billingKeyByCustomer: Map<string, string>;
}

const PAGE = 100;

/** Reads every subscription of the demo with its invoices. */
export async function readOurSide(composition: Composition): Promise<OurSide> {
  const side: OurSide = {
    openPeriods: new Map(),
    unknownResolved: 0,
    billingKeyByCustomer: new Map(),
  };
  for (let after: string | undefined; ; ) {
    const filter = after === undefined ? {} : { after };
    const page = await composition.subscriptions.list(filter, PAGE);
    for (const subscription of page) {
      for (const invoice of await composition.invoices.listOfSubscription(subscription.id)) {
        readInvoice(side, invoice);
      }
      const key = await composition.billingKeys.find(subscription.billingKeyId);
      if (key?.secret != null) {
        const value = composition.secrets.open(key.secret, key.id);
        side.billingKeyByCustomer.set(subscription.customerId, value);
      }
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return side;
  }
}

function readInvoice(side: OurSide, invoice: Invoice): void {
  if (invoice.state === "open") {
    const reason = invoice.held ?? invoice.attempts.at(-1)?.state ?? "due";
    side.openPeriods.set(`${invoice.customerId}/${invoice.periodStartOn}`, reason);
  }
  side.unknownResolved += invoice.attempts.filter(
    (attempt) => attempt.unknownSince !== null && !["unknown", "pending"].includes(attempt.state),
  ).length;
}
