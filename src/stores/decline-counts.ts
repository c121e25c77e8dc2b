import type { Decline, DeclineCode } from "../domain/decline.ts";
import { scrub } from "../lib/scrub.ts";
import { type Database, isDuplicateKey } from "./connection.ts";
import { declineCountSchema } from "./schemas.ts";

/** How often a gateway declined with one of our codes; where no map knows the gateway's own, with that. */
export interface DeclineCount {
  gateway: string;
  code: DeclineCode;
  /** The gateway's own code where ours is `unrecognized`, else null. */
  rawCode: string | null;
  count: number;
  /** Business instants. */
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** The order that met it last. */
  orderNumber: string;
}

/** What is counted. */
export interface SeenDecline {
  gateway: string;
  decline: Pick<Decline, "code" | "rawCode">;
  orderNumber: string;
  at: Date;
}

/** Declines are counted where all processes do: a few documents, however many declines. */
export interface DeclineCountStore {
  /** Counts one. A process that dies before it leaves a decline uncounted, and nothing else. */
  add(seen: SeenDecline): Promise<void>;
  /** All of them, those that no map knows by how often they came. */
  listAll(): Promise<DeclineCount[]>;
}

/** Most codes of one gateway that are told apart where no map knows them; the others are one. */
const UNRECOGNIZED_MAX = 100;
const RAW_CODE_LENGTH_MAX = 20;
const OTHERS = "(others)";
/** More than gateways times codes. */
const COUNTS_MAX = 2000;

type CountDocument = DeclineCount & { _id: string };

export function createDeclineCountStore(database: Database): DeclineCountStore {
  const model = database.model<CountDocument>("DeclineCount", declineCountSchema, "declinecounts");
  const known = new Set<string>();

  /** The gateway's own code as it is counted: short, clean, and not without end. */
  const rawCodeOf = async ({ gateway, decline }: SeenDecline): Promise<string | null> => {
    if (decline.code !== "unrecognized") return null;
    const rawCode = scrub(decline.rawCode, { lengthMax: RAW_CODE_LENGTH_MAX }) || "(none)";
    const id = idOf(gateway, decline.code, rawCode);
    if (known.has(id)) return rawCode;
    const others = await model
      .find({ gateway, code: decline.code }, { _id: 1 })
      .limit(UNRECOGNIZED_MAX)
      .lean<{ _id: string }[]>();
    const isRoom = others.length < UNRECOGNIZED_MAX || others.some(({ _id }) => _id === id);
    if (isRoom) known.add(id);
    return isRoom ? rawCode : OTHERS;
  };

  const count = (seen: SeenDecline, rawCode: string | null) => {
    const { gateway, decline, at, orderNumber } = seen;
    return model.updateOne(
      { _id: idOf(gateway, decline.code, rawCode) },
      {
        $inc: { count: 1 },
        $max: { lastSeenAt: at },
        $set: { orderNumber },
        $setOnInsert: { gateway, code: decline.code, rawCode, firstSeenAt: at },
      },
      { upsert: true },
    );
  };

  return {
    async add(seen) {
      const rawCode = await rawCodeOf(seen);
      try {
        await count(seen, rawCode);
      } catch (error) {
        // Two that count the first of its kind at once: it is there now.
        if (!isDuplicateKey(error)) throw error;
        await count(seen, rawCode);
      }
    },
    async listAll() {
      const found = await model
        .find({ gateway: { $gt: "" } })
        .sort({ gateway: 1, code: 1 })
        .limit(COUNTS_MAX)
        .lean<CountDocument[]>();
      return found.map(({ _id, ...one }) => one).sort((one, other) => other.count - one.count);
    },
  };
}

function idOf(gateway: string, code: DeclineCode, rawCode: string | null): string {
  return rawCode === null ? `${gateway}/${code}` : `${gateway}/${code}/${rawCode}`;
}
