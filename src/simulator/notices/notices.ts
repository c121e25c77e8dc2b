import type { Effect } from "../effects.ts";
import { NOTICE_OPERATION } from "../fault-rules.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import type { SimulatorState } from "../state.ts";
import { type Delivery, createCourier } from "./deliver.ts";
import { type Overrides, forge, override } from "./forge.ts";
import type { GatewayNotices, Told } from "./gateway-notices.ts";
import { type NoticeLog, type NoticeRecord, createNoticeLog } from "./notice-log.ts";
import type { NoticeUrls } from "./notice-urls.ts";
import { createReordering } from "./reordering.ts";
import { createNoticeWriter } from "./write.ts";

/** What the gateways tell the merchants' servers. What waits lives in memory: a restart forgets it. */
export interface Notices {
  readonly urls: NoticeUrls;
  readonly log: NoticeLog;
  /** What these entries of the ledger have the gateways tell. Faults are drawn here; nothing is sent yet. */
  raise(entries: readonly LedgerEntry[]): RaisedNotices;
  /** Sends the notice of an entry once more, whatever switches and rules say; empty without an address. */
  resend(entry: LedgerEntry, overrides: Overrides): readonly NoticeRecord[];
  /** How many wait for a try or its answer. */
  waiting(): number;
}

/** The notices of one request. */
export interface RaisedNotices {
  /** Sends those that a fault lets overtake the reply, and waits for their first answer. */
  sendEarly(): Promise<void>;
  /** Sends the others, and waits for nothing. */
  send(): void;
}

/** What notices need of the simulator. */
type Around = Pick<SimulatorState, "clock" | "ledger" | "faults" | "switches" | "closing">;

interface Plan {
  readonly gateway: string;
  readonly deliveries: readonly Delivery[];
  readonly delayMs: number;
  readonly effect: Effect | null;
}

/** Notices of the gateways that have any. */
export function createNotices(
  around: Around,
  gateways: ReadonlyMap<string, GatewayNotices>,
  urls: NoticeUrls,
): Notices {
  const log = createNoticeLog();
  const { clock, switches, closing } = around;
  const courier = createCourier({ clock: clock.operational, switches, closing });
  const reordering = createReordering((ms) => courier.pause(ms));
  const writer = createNoticeWriter({ state: around, courier, log, urls });

  const plan = (entry: LedgerEntry): Plan | null => {
    const gateway = gateways.get(entry.gateway);
    const told = toTold(entry, around);
    if (!gateway || !told || !gateway.tells(told, switches.current())) return null;
    if (writer.targetsOf(told, gateway).length === 0) return null;
    const { delayMs, effect } = drawFault(told, around);
    const fault = effect?.kind;
    const copies = fault === "notice_doubled" ? 2 : 1;
    const deliveries = Array.from({ length: copies }).flatMap(() =>
      writer.write(told, gateway, { isForged: false, fault }),
    );
    const forged =
      effect?.kind === "notice_forged"
        ? writer.write(forge(told, effect.field), gateway, { isForged: true, fault })
        : [];
    return { gateway: entry.gateway, deliveries: [...deliveries, ...forged], delayMs, effect };
  };

  /** Resolves after the first tries. */
  const carryOut = async ({ gateway, deliveries, delayMs, effect }: Plan): Promise<void> => {
    const becomeReady = async (): Promise<boolean> => {
      if (!(await courier.pause(delayMs))) return false;
      return effect?.kind === "notice_reordered" ? reordering.hold(gateway) : true;
    };
    const ready = becomeReady();
    await Promise.all(deliveries.map((delivery) => courier.start(delivery, ready)));
    if (deliveries.length > 0) reordering.passed(gateway);
  };

  return {
    urls,
    log,
    waiting: () => courier.waiting(),
    raise(entries) {
      const plans = entries.flatMap((entry) => plan(entry) ?? []);
      return {
        sendEarly: async () => {
          await Promise.all(plans.filter(isEarly).map(carryOut));
        },
        send: () => {
          for (const one of plans) if (!isEarly(one)) void carryOut(one);
        },
      };
    },
    resend(entry, overrides) {
      const gateway = gateways.get(entry.gateway);
      const told = toTold(entry, around);
      if (!gateway || !told) return [];
      const isForged = Object.keys(overrides).length > 0;
      const deliveries = writer.write(override(told, overrides), gateway, { isForged });
      void carryOut({ gateway: entry.gateway, deliveries, delayMs: 0, effect: null });
      return deliveries.map(({ record }) => record);
    },
  };
}

/** The entry beside its approval, or itself where nothing is approved; null for what no gateway tells. */
function toTold(entry: LedgerEntry, { ledger }: Around): Told | null {
  const { kind } = entry;
  if (kind === "approval" || kind === "virtual_account_issued") return { entry, approval: entry };
  if (entry.kind !== "refund") return null;
  const payment = ledger.books.payment(entry.gateway, entry.transactionId ?? "");
  return payment ? { entry, approval: payment.approval } : null;
}

function isEarly({ effect }: Plan): boolean {
  return effect?.kind === "notice_early";
}

function drawFault({ entry }: Told, { faults, clock }: Around) {
  const { gateway, merchant, buyerId, billingKey, orderNumber, transactionId, amount } = entry;
  const facts = { gateway, merchant, buyerId, billingKey, orderNumber, transactionId, amount };
  return faults.decide({ ...facts, operation: NOTICE_OPERATION }, clock.business());
}
