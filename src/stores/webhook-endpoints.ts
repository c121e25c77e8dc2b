import { ENDPOINTS_MAX, type WebhookEndpoint } from "../domain/webhook-endpoint.ts";
import type { Database } from "./connection.ts";
import type { Joining } from "./join-calls.ts";
import { collectionOf } from "./joined-operations.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { webhookEndpointSchema } from "./schemas-webhooks.ts";

/** Where events are delivered. */
export interface WebhookEndpointStore extends RevisionedStore<WebhookEndpoint> {
  /** All of them, disabled ones too, the oldest first. */
  listAll(): Promise<WebhookEndpoint[]>;
  /**
   * Counts tries beside the revision, so that no other change loses against it: one that was
   * delivered ends the count.
   */
  countTries(id: string, tries: { delivered: number; failed: number; at: Date }): Promise<void>;
}

export function createWebhookEndpointStore(
  database: Database,
  joining: Joining = JOINING,
): WebhookEndpointStore {
  const model = database.model<Stored<WebhookEndpoint>>(
    "WebhookEndpoint",
    webhookEndpointSchema,
    "webhookendpoints",
  );
  const { many } = createFinders<WebhookEndpoint>(model);
  return {
    ...createRevisionedStore<WebhookEndpoint>(model, joining),
    // Two may be added at once when there is room for one.
    listAll: () => many({ _id: { $gt: "" } }, { _id: 1 }, 2 * ENDPOINTS_MAX),
    async countTries(id, { delivered, failed, at }) {
      const collection = collectionOf<Stored<WebhookEndpoint>>(model);
      if (delivered > 0) {
        const cleared = { $set: { failures: 0, failingSince: null } };
        await collection.updateOne({ _id: id, failures: { $gt: 0 } }, cleared);
      } else if (failed > 0) {
        const first = { $set: { failingSince: at } };
        await collection.updateOne({ _id: id, failures: 0 }, first);
        await collection.updateOne({ _id: id }, { $inc: { failures: failed } });
      }
    },
  };
}
