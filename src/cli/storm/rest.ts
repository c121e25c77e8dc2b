/** After the storm: business time goes on to the end of the month until nothing is left to do. */
import { advanceClock } from "../../billing/advance-clock.ts";
import { systemClock } from "../../lib/clock.ts";
import { describeError } from "../../lib/logger.ts";
import { tellSimulator } from "../../tell-simulator.ts";
import { StoppedError, type Walk, untilDone } from "./walk.ts";

/** Longest wait for rest; what is unsettled then is reported. */
const REST_MS = 600_000;

/** Drives everything to rest. Returns the business time that was reached. */
export async function restAtEnd(
  walk: Walk,
  end: Date,
  tell: (line: string) => void,
): Promise<Date> {
  const { composition, feed, stopped } = walk;
  const untilMs = systemClock.monotonicMs() + REST_MS;
  const isLate = () => systemClock.monotonicMs() > untilMs;
  let reached = end;
  await untilDone(stopped, async () => {
    try {
      const advanced = await advanceClock(
        {
          ...composition,
          hints: composition.queues.hints,
          tellOthers: (now) => tellSimulator(composition.config, now),
        },
        { to: end, shouldStop: () => stopped() || isLate() },
        () => feed.read(),
      );
      reached = advanced.now;
    } catch (error) {
      if (isLate()) return tell(`no rest: ${describeError(error).message}`);
      throw error;
    }
  });
  if (stopped()) throw new StoppedError();
  if (isLate()) tell(`not everything came to rest within ${REST_MS / 1000} seconds`);
  await feed.read();
  return reached;
}
