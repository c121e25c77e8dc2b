import { randomBytes } from "node:crypto";

const REMEMBERED_MAX = 100_000;

/** The payment windows of this run that customers have before them; a restart closes them all. */
export interface OpenWindows<Order> {
  /** Remembers what a window is about, under a new number. */
  open(order: Order): string;
  /** What the window is about, while it was not used. */
  peek(windowId: string): Order | undefined;
  /** What the window was about, once: no window is used twice. */
  take(windowId: string): Order | undefined;
}

/** No window yet; the oldest are forgotten beyond a hundred thousand. */
export function createOpenWindows<Order>(): OpenWindows<Order> {
  const orders = new Map<string, Order>();
  return {
    open(order) {
      const [oldest] = orders.keys();
      if (oldest !== undefined && orders.size >= REMEMBERED_MAX) orders.delete(oldest);
      const windowId = randomBytes(16).toString("hex");
      orders.set(windowId, order);
      return windowId;
    },
    peek: (windowId) => orders.get(windowId),
    take(windowId) {
      const order = orders.get(windowId);
      orders.delete(windowId);
      return order;
    },
  };
}
