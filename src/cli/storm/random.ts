/** Chance that hangs on a seed alone: the same seed draws the same faults. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[];
}

/** The mulberry32 generator: small, and good enough to spread faults. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = between(0, last);
        const [one, two] = [shuffled[last], shuffled[other]];
        if (one !== undefined && two !== undefined) [shuffled[last], shuffled[other]] = [two, one];
      }
      return shuffled;
    },
  };
}
