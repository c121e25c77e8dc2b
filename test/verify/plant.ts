/** Damage by a raw write, past every rule; and its removal. */
import type { Core } from "../support/core.ts";

type Collection =
  | "invoices"
  | "subscriptions"
  | "billingkeys"
  | "events"
  | "webhookendpoints"
  | "deliveries"
  | "deliverylanes";
type Document = Record<string, unknown> & { _id: string };

export interface Vandal {
  /** Sets fields of a document, by path. */
  set(collection: Collection, id: string, fields: Record<string, unknown>): Promise<void>;
  remove(collection: Collection, id: string): Promise<void>;
  insert(collection: Collection, document: Document): Promise<void>;
  read(collection: Collection, id: string): Promise<Document>;
  /** Makes everything as it was. */
  restore(): Promise<void>;
}

export function createVandal(core: Core): Vandal {
  const { database } = core.composition;
  const collectionOf = (name: string) => database.collection<Document>(name);
  let undo: (() => Promise<unknown>)[] = [];

  async function read(collection: Collection, id: string): Promise<Document> {
    const found = await collectionOf(collection).findOne({ _id: id });
    if (found === null) throw new Error(`${collection} has no ${id}`);
    return found;
  }

  async function keep(collection: Collection, id: string): Promise<void> {
    const before = await read(collection, id);
    undo.push(async () => {
      await collectionOf(collection).deleteOne({ _id: id });
      await collectionOf(collection).insertOne(before);
    });
  }

  return {
    read,
    async set(collection, id, fields) {
      await keep(collection, id);
      const result = await collectionOf(collection).updateOne({ _id: id }, { $set: fields });
      if (result.modifiedCount !== 1) throw new Error(`${id} is not damaged`);
    },
    async remove(collection, id) {
      await keep(collection, id);
      await collectionOf(collection).deleteOne({ _id: id });
    },
    async insert(collection, document) {
      await collectionOf(collection).insertOne(document);
      undo.push(() => collectionOf(collection).deleteOne({ _id: document._id }));
    },
    async restore() {
      for (const step of undo.toReversed()) await step();
      undo = [];
    },
  };
}
