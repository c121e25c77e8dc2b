/** Subscriptions whose customers have yet to be told of a coming charge. */
import type mongoose from "mongoose";
import type { Subscription } from "../domain/subscription.ts";
import { type Stored, createFinders } from "./revisioned.ts";

export interface NoticeQueries {
  /** Those whose customers have yet to be told of a charge in that time, the earliest first. */
  listToNotice(after: Date, until: Date, limit: number): Promise<Subscription[]>;
  /** The charge of that instant has been told of, or never will be. */
  markNoticed(noticed: readonly Pick<Subscription, "id" | "nextPeriodAt">[]): Promise<void>;
  /** The earliest charge after an instant of which the customer has yet to be told. */
  nextToNotice(after: Date): Promise<Date | null>;
}

/** `billable`: the filter of subscriptions that are charged at all. */
export function createNoticeQueries(
  model: mongoose.Model<Stored<Subscription>>,
  billable: Record<string, unknown>,
): NoticeQueries {
  const { many } = createFinders<Subscription>(model);
  return {
    listToNotice: (after, until, limit) =>
      many(
        { toNotice: true, nextPeriodAt: { $gt: after, $lte: until }, ...billable },
        { nextPeriodAt: 1 },
        limit,
      ),
    async markNoticed(noticed) {
      if (noticed.length === 0) return;
      await model.collection.bulkWrite(
        noticed.map(({ id, nextPeriodAt }) => ({
          updateOne: {
            // Not the revision: whoever writes meanwhile sets the mark only along with another period.
            filter: { _id: id as never, nextPeriodAt },
            update: { $set: { toNotice: false } },
          },
        })),
        { ordered: false },
      );
    },
    async nextToNotice(after) {
      const [next] = await many(
        { toNotice: true, nextPeriodAt: { $gt: after }, ...billable },
        { nextPeriodAt: 1 },
        1,
      );
      return next?.nextPeriodAt ?? null;
    },
  };
}
