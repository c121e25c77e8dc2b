/**
 * Stands before the simulator and makes its tokens short-lived. What a dead worker may still send is
 * bounded by the end of its token: with the simulator's hour every such question would stay open for
 * an hour. Everything else passes unchanged; an expired token is passed on as one nobody knows.
 */
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  createServer,
  request,
} from "node:http";
import type { AddressInfo } from "node:net";
import { sleep, systemClock } from "../../lib/clock.ts";

export interface GatewayFront {
  readonly url: string;
  close(): Promise<void>;
}

interface IssuedToken {
  original: string;
  endsAtMs: number;
}

const TOKEN_PATH = "/payAuth/token";
/** A caller that died is forgotten after this; its request has long reached the gateway then. */
const ABANDONED_MS = 3_000;

export async function openGatewayFront(target: string, tokenLifeMs: number): Promise<GatewayFront> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const tokens = createShortTokens(tokenLifeMs);
  const forward = (call: IncomingMessage, body: Buffer, answer: ServerResponse): void => {
    const onward = request({
      agent,
      hostname,
      port,
      method: call.method,
      path: call.url,
      headers: { ...tokens.restore(call.headers), host: `${hostname}:${port}` },
    });
    onward.on("response", (response) => {
      if (call.url !== TOKEN_PATH) return passOn(response, answer);
      readAll(response).then(
        (text) => sendJson(answer, response.statusCode ?? 502, tokens.shorten(text)),
        () => answer.destroy(),
      );
    });
    // A connection that the gateway drops is dropped here too.
    onward.on("error", () => answer.destroy());
    answer.on("close", () => void sleep(ABANDONED_MS).then(() => onward.destroy()));
    onward.end(body);
  };
  const server = createServer((call, answer) => {
    readAll(call).then(
      (body) => forward(call, body, answer),
      () => answer.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      agent.destroy();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Hands out tokens of its own for the gateway's, and takes them back until they end. */
function createShortTokens(lifeMs: number) {
  const issued = new Map<string, IssuedToken>();
  const forgetEnded = (): void => {
    for (const [token, { endsAtMs }] of issued) {
      if (endsAtMs >= systemClock.now().getTime()) return;
      issued.delete(token);
    }
  };
  return {
    restore(headers: IncomingHttpHeaders): IncomingHttpHeaders {
      const { token } = headers;
      if (typeof token !== "string") return headers;
      const known = issued.get(token);
      const isGood = known !== undefined && known.endsAtMs > systemClock.now().getTime();
      return { ...headers, token: isGood ? known.original : "expired" };
    },
    shorten(body: Buffer): Buffer {
      const reply = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
      const original = reply["TOKEN"];
      if (typeof original !== "string") return body;
      forgetEnded();
      const token = withShortLife(original, issued.size, Math.floor(lifeMs / 1000));
      issued.set(token, { original, endsAtMs: systemClock.now().getTime() + lifeMs });
      return Buffer.from(JSON.stringify({ ...reply, TOKEN: token }));
    },
  };
}

/** The same token with an earlier end, and with a number that makes it unique. */
function withShortLife(token: string, number: number, lifeSeconds: number): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as { iat: number };
  const nonce = `${number}-${systemClock.monotonicMs()}`;
  const short = { ...claims, exp: claims.iat + lifeSeconds, nonce };
  return `${header}.${Buffer.from(JSON.stringify(short)).toString("base64url")}.${signature}`;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function sendJson(answer: ServerResponse, status: number, body: Buffer): void {
  answer.writeHead(status, { "content-type": "application/json", "content-length": body.length });
  answer.end(body);
}

function passOn(response: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(response.statusCode ?? 502, response.headers);
  response.pipe(answer);
  response.on("error", () => answer.destroy());
}
