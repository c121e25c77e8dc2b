import { tellReady } from "../../process.ts";

/** Longest timer there is: it only keeps the process alive. */
const FOREVER_MS = 2 ** 31 - 1;

/** Says that everything is loaded, and begins when the parent says so. */
export function standBy(begin: () => Promise<unknown>): void {
  const alive = setInterval(() => {}, FOREVER_MS);
  process.once("message", () => {
    clearInterval(alive);
    void begin();
  });
  tellReady({ warm: true });
}
