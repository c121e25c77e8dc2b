import { setTimeout as wait } from "node:timers/promises";
import type { OperationalClock } from "../../lib/clock.ts";
import type { SwitchBoard, Switches } from "../switches.ts";
import type { GatewayNotices, NoticeAnswer, NoticeMessage } from "./gateway-notices.ts";
import type { NoticeRecord } from "./notice-log.ts";
import { describeFailure, sendOnce } from "./send-once.ts";
import { createSlots } from "./slots.ts";

const CALLS_AT_ONCE = 16;
const WAITING_MAX = 10_000;
const ANSWER_KEPT = 300;

/** A notice on its way to one address. */
export interface Delivery {
  readonly record: NoticeRecord;
  readonly message: NoticeMessage;
  readonly gateway: GatewayNotices;
  /** As they stood when the notice was written: they say what acknowledges its form. */
  readonly switches: Switches;
}

/** Carries notices out, each until it is acknowledged or its tries are used up. */
export interface Courier {
  /** Whether one more notice may wait. */
  hasRoom(): boolean;
  /** Begins once `ready` says true. Resolves after the first try; further ones go on. Never rejects. */
  start(delivery: Delivery, ready: Promise<boolean>): Promise<void>;
  /** Waits in real time; false when the simulator stops meanwhile. */
  pause(ms: number): Promise<boolean>;
  /** How many notices wait for a try or its answer. */
  waiting(): number;
}

/** A courier without work. */
export function createCourier({
  clock,
  switches,
  closing,
}: {
  readonly clock: OperationalClock;
  readonly switches: SwitchBoard;
  readonly closing: AbortSignal;
}): Courier {
  const slots = createSlots(CALLS_AT_ONCE);
  let waiting = 0;

  const pause = async (ms: number): Promise<boolean> => {
    if (ms > 0) await wait(ms, undefined, { signal: closing }).catch(() => undefined);
    return !closing.aborted;
  };
  const tryOnce = async (delivery: Delivery): Promise<boolean> => {
    const { record, message, gateway } = delivery;
    const { noticeTimeoutMs: timeoutMs } = gateway.timing(switches.current());
    const realAt = clock.now().toISOString();
    try {
      const answer = await slots.run(() => sendOnce(record.url, message, { timeoutMs, closing }));
      record.tries.push({ realAt, ...toKept(answer) });
      return gateway.isAcknowledged(answer, delivery.switches);
    } catch (error) {
      record.tries.push({ realAt, error: describeFailure(error) });
      return false;
    }
  };
  const deliver = async (delivery: Delivery, onFirstTry: () => void): Promise<void> => {
    const { record, gateway } = delivery;
    const triesMax = () => (record.isForged ? 1 : gateway.timing(switches.current()).noticeTries);
    while (record.tries.length < triesMax()) {
      const { noticeRetryMs } = gateway.timing(switches.current());
      if (!(await pause(record.tries.length === 0 ? 0 : noticeRetryMs))) return;
      const isAcknowledged = await tryOnce(delivery);
      if (isAcknowledged) record.state = "acknowledged";
      onFirstTry();
      if (isAcknowledged) return;
    }
    record.state = "given_up";
  };

  return {
    hasRoom: () => waiting < WAITING_MAX,
    waiting: () => waiting,
    pause,
    start: (delivery, ready) =>
      new Promise((resolve) => {
        // A notice that is held back counts too: what waits must stay bounded.
        waiting += 1;
        const deliverWhenReady = async (): Promise<void> => {
          if (await ready) await deliver(delivery, resolve);
        };
        void deliverWhenReady().finally(() => {
          waiting -= 1;
          resolve();
        });
      }),
  };
}

function toKept({ status, body }: NoticeAnswer) {
  return { status, answer: body.slice(0, ANSWER_KEPT) };
}
