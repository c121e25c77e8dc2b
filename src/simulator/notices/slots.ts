/** Work of which only so much runs at a time; the rest waits for its turn. */
export interface Slots {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** So many free slots. */
export function createSlots(max: number): Slots {
  const waiting: (() => void)[] = [];
  let taken = 0;
  const take = async (): Promise<void> => {
    if (taken >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken += 1;
  };
  const give = (): void => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  return {
    async run(work) {
      await take();
      try {
        return await work();
      } finally {
        give();
      }
    },
  };
}
