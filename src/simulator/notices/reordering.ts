const HELD_MS_MAX = 5_000;

/** Lets a notice change places with the next one of its gateway. */
export interface Reordering {
  /**
   * Resolves when the gateway's next notice was sent, at most 5 s later; at once where one is held
   * already, since two that wait for each other would keep their order. False if the simulator stops.
   */
  hold(gateway: string): Promise<boolean>;
  /** Says that a notice of this gateway was sent. */
  passed(gateway: string): void;
}

/** Nothing held. `pause` waits in real time, and says false when the simulator stops. */
export function createReordering(pause: (ms: number) => Promise<boolean>): Reordering {
  const held = new Map<string, () => void>();
  return {
    async hold(gateway) {
      if (held.has(gateway)) return true;
      const released = new Promise<boolean>((resolve) => {
        held.set(gateway, () => resolve(true));
      });
      const isOn = await Promise.race([released, pause(HELD_MS_MAX)]);
      held.delete(gateway);
      return isOn;
    },
    passed(gateway) {
      const release = held.get(gateway);
      held.delete(gateway);
      release?.();
    },
  };
}
