/**
 * Events on their way to endpoints. A lane is the events of one stream for one endpoint; whoever
 * holds its lease sends them in order.
 */
import {
  type Delivery,
  type Lane,
  type TriedFields,
  deliveryId,
  laneId,
} from "../domain/delivery.ts";
import type { Database } from "./connection.ts";
import type { StoredEvent } from "./events.ts";
import { type Settled, joinCalls } from "./join-calls.ts";
import { collectionOf, insertTogether } from "./joined-operations.ts";
import { JOINING } from "./revisioned.ts";
import { deliveryLaneSchema, deliverySchema } from "./schemas-webhooks.ts";

/** An event that is to go to an endpoint. */
export interface WantedDelivery {
  endpointId: string;
  event: Pick<StoredEvent, "id" | "type" | "stream" | "sequence">;
}

export interface DeliveryStore {
  /** Makes deliveries and wakes their lanes; those that are there already stay as they are. */
  add(wanted: readonly WantedDelivery[], now: Date): Promise<void>;
  /** Makes deliveries, or lets them wait anew, and wakes their lanes. */
  addAgain(wanted: readonly WantedDelivery[], now: Date): Promise<void>;
  /** Takes the lease of a lane of the endpoint in which something is due; null: there is none. */
  claimLane(endpointId: string, claim: LaneClaim): Promise<Lane | null>;
  /** Gives the lease back. What is due next is due then. */
  releaseLane(lane: Lane, token: string, nextTryAt: Date): Promise<void>;
  /** Gives the lease of an empty lane back, unless something was added since it was taken. */
  leaveLane(lane: Lane, token: string, now: Date): Promise<void>;
  /** Lanes of this endpoint that nobody holds are due now. */
  wakeLanes(endpointId: string, now: Date): Promise<void>;
  hasDue(endpointId: string, now: Date): Promise<boolean>;
  /** What waits in a lane, in its order. */
  listWaiting(lane: string, limit: number): Promise<Delivery[]>;
  /** Notes a try. What was delivered meanwhile by another stays delivered. */
  record(id: string, fields: TriedFields): Promise<void>;
  listOfEvent(eventId: string): Promise<Delivery[]>;
  /** Takes deliveries away that ended before an instant; returns how many. */
  removeClosed(before: Date, limit: number): Promise<number>;
  /** Deliveries of an endpoint in a state, counted up to a bound. */
  count(endpointId: string, state: Delivery["state"], most: number): Promise<number>;
}

export interface LaneClaim {
  token: string;
  now: Date;
  leaseUntil: Date;
}

type DeliveryDocument = Omit<Delivery, "id"> & { _id: string };
type LaneDocument = Omit<Lane, "id"> & {
  _id: string;
  work: boolean;
  /** Operational instant of the next try; while a worker holds the lane, the end of its lease. */
  nextTryAt: Date;
  /** Of the worker that holds it; empty: nobody does. */
  token: string;
};

export function createDeliveryStore(database: Database): DeliveryStore {
  const model = database.model<DeliveryDocument>("Delivery", deliverySchema, "deliveries");
  const laneModel = database.model<LaneDocument>("Lane", deliveryLaneSchema, "deliverylanes");
  const deliveries = () => collectionOf<DeliveryDocument>(model);
  const lanes = () => collectionOf<LaneDocument>(laneModel);
  const record = joinCalls((all: Tried[]) => recordTogether(deliveries(), all), JOINING);
  return {
    async add(wanted, now) {
      if (wanted.length === 0) return;
      for (const settled of await insertTogether(
        model,
        wanted.map((one) => blank(one, now)),
      )) {
        if ("error" in settled) throw settled.error;
      }
      await wake(lanes(), wanted, now);
    },
    async addAgain(wanted, now) {
      if (wanted.length === 0) return;
      await deliveries().bulkWrite(
        wanted.map((one) => waitAnew(one, now)),
        { ordered: false },
      );
      await wake(lanes(), wanted, now);
    },
    record: (id, fields) => record({ id, fields }),
    async listWaiting(lane, limit) {
      const found = await deliveries()
        .find({ lane, state: "waiting" }, { sort: { sequence: 1 }, limit })
        .toArray();
      return found.map(toDelivery);
    },
    async listOfEvent(eventId) {
      const found = await deliveries().find({ eventId }, { limit: LISTED_MAX }).toArray();
      return found.map(toDelivery);
    },
    async removeClosed(before, limit) {
      const found = await deliveries()
        .find({ state: { $in: ["delivered", "set_aside"] }, closedAt: { $lt: before } }, { limit })
        .project<{ _id: string }>({ _id: 1 })
        .toArray();
      if (found.length === 0) return 0;
      const ids = found.map(({ _id }) => _id);
      const { deletedCount } = await deliveries().deleteMany({
        _id: { $in: ids },
        state: { $in: ["delivered", "set_aside"] },
      });
      return deletedCount;
    },
    count: (endpointId, state, most) =>
      deliveries().countDocuments({ endpointId, state }, { limit: most }),
    ...laneMethods(lanes),
  };
}

/** More than there are endpoints. */
const LISTED_MAX = 100;

function laneMethods(
  lanes: () => ReturnType<typeof collectionOf<LaneDocument>>,
): Pick<DeliveryStore, "claimLane" | "hasDue" | "leaveLane" | "releaseLane" | "wakeLanes"> {
  return {
    async claimLane(endpointId, { token, now, leaseUntil }) {
      const claimed = await lanes().findOneAndUpdate(
        { endpointId, work: true, nextTryAt: { $lte: now } },
        { $set: { token, nextTryAt: leaseUntil } },
        { sort: { nextTryAt: 1 }, returnDocument: "after" },
      );
      if (claimed === null) return null;
      const { _id, stream, wanted } = claimed;
      return { id: _id, endpointId, stream, wanted };
    },
    async releaseLane({ id }, token, nextTryAt) {
      await lanes().updateOne({ _id: id, token }, { $set: { token: "", nextTryAt } });
    },
    async leaveLane({ id, wanted }, token, now) {
      const left = { $set: { token: "", nextTryAt: now, work: false } };
      const { matchedCount } = await lanes().updateOne({ _id: id, token, wanted }, left);
      if (matchedCount === 1) return;
      await lanes().updateOne({ _id: id, token }, { $set: { token: "", nextTryAt: now } });
    },
    async wakeLanes(endpointId, now) {
      const idle = { endpointId, work: true, token: "" };
      await lanes().updateMany(idle, { $set: { nextTryAt: now } });
    },
    async hasDue(endpointId, now) {
      const due = { endpointId, work: true, nextTryAt: { $lte: now } };
      return (await lanes().find(due, { limit: 1 }).toArray()).length > 0;
    },
  };
}

interface Tried {
  id: string;
  fields: TriedFields;
}

async function recordTogether(
  deliveries: ReturnType<typeof collectionOf<DeliveryDocument>>,
  all: readonly Tried[],
): Promise<Settled<void>[]> {
  await deliveries.bulkWrite(
    all.map(({ id, fields }) => ({
      updateOne: { filter: { _id: id, state: "waiting" }, update: { $set: fields } },
    })),
    { ordered: false },
  );
  return all.map(() => ({ answer: undefined }));
}

/** A lane that is held or waits for its next try keeps its time: whoever is at it finds the new one. */
async function wake(
  lanes: ReturnType<typeof collectionOf<LaneDocument>>,
  wanted: readonly WantedDelivery[],
  now: Date,
): Promise<void> {
  const byId = new Map(
    wanted.map(({ endpointId, event: { stream } }) => [
      laneId(endpointId, stream),
      { endpointId, stream },
    ]),
  );
  await lanes.bulkWrite(
    [...byId].map(([_id, about]) => ({
      updateOne: {
        filter: { _id },
        update: {
          $set: { work: true },
          $inc: { wanted: 1 },
          $setOnInsert: { ...about, nextTryAt: now, token: "" },
        },
        upsert: true,
      },
    })),
    { ordered: false },
  );
}

function blank({ endpointId, event }: WantedDelivery, now: Date): DeliveryDocument {
  return {
    _id: deliveryId(endpointId, event.id),
    ...placeOf({ endpointId, event }),
    ...UNTRIED,
    replays: 0,
    createdAt: now,
  };
}

const UNTRIED = {
  state: "waiting",
  tries: 0,
  firstTriedAt: null,
  lastTriedAt: null,
  lastStatus: null,
  lastReason: null,
  lastAnswer: null,
  closedAt: null,
} as const;

function placeOf({ endpointId, event }: WantedDelivery) {
  const { id: eventId, type, stream, sequence } = event;
  return { lane: laneId(endpointId, stream), endpointId, eventId, type, sequence };
}

function waitAnew(wanted: WantedDelivery, now: Date) {
  return {
    updateOne: {
      filter: { _id: deliveryId(wanted.endpointId, wanted.event.id) },
      update: {
        $set: { ...UNTRIED, createdAt: now },
        $inc: { replays: 1 },
        $setOnInsert: placeOf(wanted),
      },
      upsert: true,
    },
  };
}

function toDelivery({ _id, ...delivery }: DeliveryDocument): Delivery {
  return { id: _id, ...delivery };
}
