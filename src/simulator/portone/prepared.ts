/** Amounts that were announced for a payment window, by merchant and order. A restart forgets them. */
export interface PreparedAmounts {
  get(merchant: string, merchantUid: string): number | undefined;
  set(merchant: string, merchantUid: string, amount: number): void;
}

/** Nothing announced yet. */
export function createPreparedAmounts(): PreparedAmounts {
  const amounts = new Map<string, number>();
  return {
    get: (merchant, merchantUid) => amounts.get(keyOf(merchant, merchantUid)),
    set: (merchant, merchantUid, amount) => {
      amounts.set(keyOf(merchant, merchantUid), amount);
    },
  };
}

function keyOf(...names: readonly string[]): string {
  return JSON.stringify(names);
}
