const REMEMBERED_MAX = 100_000;

/** An order whose payment window may be open. */
export interface Order {
  readonly ordrIdxx: string;
  readonly merchant: string;
  readonly orderNumber: string;
  readonly amount: number;
  readonly itemName: string;
  readonly userName: string;
  readonly returnUrl: string;
  readonly device: "WM" | "WP";
  /** Whether a receipt for cash is issued by itself. */
  readonly cashReceipt: boolean;
  /** Real instant in milliseconds: an order's life is counted in real time. */
  readonly orderedAtMs: number;
}

/** The orders of this run. An authentication carries its order, so that a restart loses none that counts. */
export interface Orders {
  add(order: Order): void;
  find(ordrIdxx: string): Order | undefined;
}

/** No orders yet; the oldest are forgotten beyond a hundred thousand. */
export function createOrders(): Orders {
  const orders = new Map<string, Order>();
  return {
    add(order) {
      const [oldest] = orders.keys();
      if (oldest !== undefined && orders.size >= REMEMBERED_MAX) orders.delete(oldest);
      orders.set(order.ordrIdxx, order);
    },
    find: (ordrIdxx) => orders.get(ordrIdxx),
  };
}
