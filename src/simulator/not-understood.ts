import type { OperationalClock } from "../lib/clock.ts";

const REMEMBERED_MAX = 1000;

/** A request, or a field of one, that the simulator refused because it does not know it. */
interface NotUnderstood {
  readonly realAt: string;
  readonly method: string;
  readonly path: string;
  readonly reason: string;
  readonly field?: string | undefined;
}

/** The latest things that were not understood; never holds a value that was sent. */
export interface NotUnderstoodList {
  add(item: Omit<NotUnderstood, "realAt">): void;
  /** Oldest first. */
  items(): readonly NotUnderstood[];
  clear(): void;
}

/** An empty list; it forgets the oldest beyond a thousand. */
export function createNotUnderstoodList(clock: OperationalClock): NotUnderstoodList {
  let items: NotUnderstood[] = [];
  return {
    add(item) {
      items.push({ realAt: clock.now().toISOString(), ...item });
      if (items.length > REMEMBERED_MAX) items = items.slice(-REMEMBERED_MAX);
    },
    items: () => items,
    clear: () => {
      items = [];
    },
  };
}
