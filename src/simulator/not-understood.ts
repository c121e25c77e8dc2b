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

/** The known path that is spelled most like this one. */
export function nearestPath(path: string, known: readonly string[]): string | undefined {
  const distances = known.map((candidate) => ({
    candidate,
    distance: editDistance(path.toLowerCase(), candidate.toLowerCase()),
  }));
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.candidate;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of a.split("").entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      const dropped = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, dropped, inserted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
