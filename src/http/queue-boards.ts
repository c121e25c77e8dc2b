import type { BaseAdapter } from "@bull-board/api/baseAdapter";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";

/** A BullMQ queue, as the board takes it. */
export type BoardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** The queues as Bull Board shows them. Read-only ones refuse every change on the server itself. */
export function createQueueBoards(
  queues: readonly BoardQueue[],
  options: { readOnly: boolean },
): BaseAdapter[] {
  return queues.map(
    (queue) =>
      new BullMQAdapter(queue, {
        readOnlyMode: options.readOnly,
        allowRetries: !options.readOnly,
        description: describe(queue.name),
      }),
  );
}

function describe(name: string): string {
  if (name.startsWith("charge-")) return "Charges and refunds of one gateway account";
  if (name === "reconcile") return "Questions to gateways about unknown outcomes";
  if (name === "webhook") return "Notices of gateways that are to be looked at";
  return name === "sweep" ? "Looks in the database for what is due" : "";
}
