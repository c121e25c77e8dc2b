/** How goods paid for in escrow are delivered, as the gateway was told. A restart forgets it. */
export interface Deliveries {
  get(impUid: string): Delivery | undefined;
  set(impUid: string, delivery: Delivery): void;
}

/** One delivery; instants are UNIX seconds. */
export interface Delivery {
  readonly company: string;
  readonly invoice: string;
  readonly sentAt: number;
  readonly appliedAt: number;
}

/** Nothing told yet. */
export function createDeliveries(): Deliveries {
  const all = new Map<string, Delivery>();
  return {
    get: (impUid) => all.get(impUid),
    set: (impUid, delivery) => {
      all.set(impUid, delivery);
    },
  };
}
