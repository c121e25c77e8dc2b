import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** A request as it arrived, body complete. */
export interface ArrivedRequest {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  /** As UTF-8; what came in another charset stands in `bytes`. */
  body: string;
  bytes: Buffer;
}

/** What the server does with one request. */
export type Script = (request: ArrivedRequest, response: http.ServerResponse) => void;

/** A server on this machine that does what each test tells it, path by path. */
export interface ScriptedServer {
  readonly url: string;
  /** Every request whose body arrived, in order. */
  readonly requests: ArrivedRequest[];
  /** How many connections were opened so far. */
  connectionCount(): number;
  /**
   * Sets what a path does from now on; a path without a script answers 404. A script of the path
   * alone serves it with every query too.
   */
  script(path: string, script: Script): void;
  /** The bodies that arrived at a path, parsed. */
  bodiesAt(path: string): Array<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts a scripted server; with a certificate it speaks TLS. */
export async function startScriptedServer(tls?: {
  key: string;
  cert: string;
}): Promise<ScriptedServer> {
  const requests: ArrivedRequest[] = [];
  const scripts = new Map<string, Script>();
  const listener: http.RequestListener = (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", () => {});
    incoming.on("end", () => {
      const path = incoming.url ?? "";
      const bytes = Buffer.concat(chunks);
      const { method = "", headers } = incoming;
      const request = { method, path, headers, body: bytes.toString("utf8"), bytes };
      requests.push(request);
      const script =
        scripts.get(path) ?? scripts.get(withoutQuery(path)) ?? answerText("not found", 404);
      script(request, response);
    });
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  const sockets = trackSockets(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connectionCount: () => sockets.count,
    script: (path, script) => scripts.set(path, script),
    bodiesAt: (path) =>
      requests
        .filter((request) => request.path === path || withoutQuery(request.path) === path)
        .map((request) => JSON.parse(request.body) as Record<string, string>),
    close: () => closeServer(server, sockets.open),
  };
}

function withoutQuery(path: string): string {
  return path.split("?")[0] ?? path;
}

function trackSockets(server: http.Server): { count: number; open: Set<Socket> } {
  const sockets = { count: 0, open: new Set<Socket>() };
  server.on("connection", (socket) => {
    sockets.count += 1;
    sockets.open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  return sockets;
}

function closeServer(server: http.Server, open: Set<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

/** An address on which nobody listens. */
export async function findClosedUrl(): Promise<string> {
  const server = await startScriptedServer();
  await server.close();
  return server.url;
}

export function answerJson(body: unknown, status = 200): Script {
  return answerText(JSON.stringify(body), status);
}

export function answerText(text: string | Buffer, status = 200): Script {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(text);
  };
}

/** Redirects to a path of the same server. */
export function redirectTo(path: string, status: number): Script {
  return (_request, response) => {
    response.writeHead(status, { location: path }).end();
  };
}

/** Takes the request and ends the connection without an answer. */
export const dropConnection: Script = (_request, response) => {
  response.socket?.destroy();
};

/** Takes the request and resets the connection. */
export const resetConnection: Script = (_request, response) => {
  response.socket?.resetAndDestroy();
};

/** Takes the request and never answers. */
export const hang: Script = () => {};

/** Begins an answer, and ends the connection in the middle of it. */
export const cutAnswer: Script = (_request, response) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write('{"RESULTCODE":"0000"', () => response.socket?.destroy());
};

/** Answers with something that is no HTTP. */
export const speakNoHttp: Script = (_request, response) => {
  response.socket?.end("SMTP ready\r\n\r\n");
};

/** Answers a byte at a time, without end. */
export const dripForever: Script = (_request, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};
