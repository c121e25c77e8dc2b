/** The merchant's side of the events, as docs/events.md shows it: takes what is signed, in order. */
import { randomBytes } from "node:crypto";
import { type IncomingMessage, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface EventReceiver {
  /** For WEBHOOK_ENDPOINTS: the address and the secret. */
  endpoint: string;
  /** Different events whose signature was right. */
  verified(): number;
  /** Calls whose signature was wrong. */
  refused(): number;
  /** Events that came before an earlier one of their stream. */
  outOfOrder(): number;
  close(): Promise<void>;
}

const BODY_MAX_BYTES = 65_536;

interface ReceivedEvent {
  id: string;
  stream: string;
  sequence: number;
}

/** Opens it on a free port of the loopback address, with a secret of its own. */
export async function openEventReceiver(): Promise<EventReceiver> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const webhook = new Webhook(secret);
  const seen = new Set<string>();
  const lastOf = new Map<string, number>();
  let refused = 0;
  let outOfOrder = 0;
  const take = ({ id, stream, sequence }: ReceivedEvent): void => {
    // At least once: the same one may come again, and tells nothing new.
    if (seen.has(id)) return;
    seen.add(id);
    if (sequence < (lastOf.get(stream) ?? 0)) outOfOrder += 1;
    lastOf.set(stream, Math.max(sequence, lastOf.get(stream) ?? 0));
  };
  const server = createServer((request, response) => {
    readBody(request)
      .then((body) => take(eventOf(webhook.verify(body, headersOf(request)))))
      .then(
        () => response.writeHead(204).end(),
        () => {
          refused += 1;
          response.writeHead(400).end();
        },
      );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/events|${secret}`,
    verified: () => seen.size,
    refused: () => refused,
    outOfOrder: () => outOfOrder,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > BODY_MAX_BYTES) throw new Error("too long");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function eventOf(payload: unknown): ReceivedEvent {
  return payload as ReceivedEvent;
}
