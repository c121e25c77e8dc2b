import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { expect, onTestFinished } from "vitest";
import type { Answer, Client } from "../support.ts";

/** A notice as its bytes came. */
export interface Received {
  readonly method: string;
  /** Path and query, with their escapes. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** What a receiver answers; null leaves the connection without an answer. */
export type Answering = (
  received: Received,
) => { status?: number; body?: string } | null | Promise<{ status?: number; body?: string } | null>;

export const SUCCESS_PAGE = "<html><body><RESULT>SUCCESS</RESULT></body></html>";

/** A merchant's server that keeps whatever comes; stops when the test ends. */
export async function startReceiver(answer: Answering = () => ({ body: SUCCESS_PAGE })) {
  const received: Received[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const one = await read(request);
    received.push(one);
    const told = await answer(one);
    if (told === null) return;
    response.writeHead(told.status ?? 200, { "content-type": "text/html" });
    response.end(told.body ?? "");
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    /** Waits for so many, and fails where more have come. */
    async gets(count: number): Promise<readonly Received[]> {
      await expect.poll(() => received.length).toBeGreaterThanOrEqual(count);
      expect(received).toHaveLength(count);
      return received;
    },
  };
}

/** Waits until no notice is on its way, and returns all that the simulator remembers. */
export async function settledNotices(client: Client): Promise<readonly Record<string, unknown>[]> {
  let body: Answer["body"] = {};
  await expect
    .poll(async () => {
      ({ body } = await client.get("/_sim/notices"));
      return body.waiting;
    })
    .toBe(0);
  return body.notices as Record<string, unknown>[];
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    contentType: request.headers["content-type"],
    body: Buffer.concat(chunks),
  };
}
