/**
 * Agents that hand a socket to its request only once it is connected and the request may still be
 * sent: no byte waits in a buffer for a connection that opens too late.
 */
import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";

/** More than calls run at once: a socket that is closed for want of room is opened again at once. */
const IDLE_SOCKETS_MAX = 1000;
/** Below the five seconds after which common servers close an idle connection under our feet. */
const IDLE_SOCKET_MS = 4_000;

export interface GuardedAgentOptions {
  connectTimeoutMs: number;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}

export interface GuardedAgents {
  http: http.Agent;
  https: https.Agent;
}

/** Where a request carries its check to the agent that opens a connection for it. */
export const maySendKey: unique symbol = Symbol("maySend");

/** The options of Node's request, with the check. */
export interface GuardedRequestOptions extends https.RequestOptions {
  [maySendKey]?: () => boolean;
}

/** Raised when the check said no: nothing was written. */
export class LeaseSpentError extends Error {
  readonly code = "ELEASESPENT";
}

/** An end of the connection before it stood, told in the manner of Node's own connect errors. */
class NotConnectedError extends Error {
  readonly code: string;
  readonly syscall = "connect";

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

type OnConnected = (error: Error | null, socket: Duplex) => void;

/** The agents of one client. */
export function createGuardedAgents({ connectTimeoutMs, ca }: GuardedAgentOptions): GuardedAgents {
  // Without a bound on sockets no request waits in the agent's queue, where the first check would
  // grow old; the callers bound how many calls run at once.
  const kept = { keepAlive: true, maxFreeSockets: IDLE_SOCKETS_MAX, timeout: IDLE_SOCKET_MS };
  return {
    http: new GuardedHttpAgent(kept, connectTimeoutMs),
    https: new GuardedHttpsAgent({ ...kept, ...(ca !== undefined && { ca }) }, connectTimeoutMs),
  };
}

class GuardedHttpAgent extends http.Agent {
  private readonly doors: Doors;

  constructor(options: http.AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.doors = new Doors("connect", connectTimeoutMs);
  }

  override createConnection(options: GuardedRequestOptions, onConnected: OnConnected): undefined {
    this.doors.open(super.createConnection(options), options[maySendKey], onConnected);
  }

  override destroy(): void {
    this.doors.close();
    super.destroy();
  }
}

class GuardedHttpsAgent extends https.Agent {
  private readonly doors: Doors;

  constructor(options: https.AgentOptions, connectTimeoutMs: number) {
    super(options);
    this.doors = new Doors("secureConnect", connectTimeoutMs);
  }

  override createConnection(options: GuardedRequestOptions, onConnected: OnConnected): undefined {
    this.doors.open(super.createConnection(options), options[maySendKey], onConnected);
  }

  override destroy(): void {
    this.doors.close();
    super.destroy();
  }
}

/** The sockets that are still connecting; no request has one of them yet. */
class Doors {
  private readonly connecting = new Set<Duplex>();
  private readonly connectedEvent: string;
  private readonly timeoutMs: number;

  constructor(connectedEvent: string, timeoutMs: number) {
    this.connectedEvent = connectedEvent;
    this.timeoutMs = timeoutMs;
  }

  /** Second check: hands the socket over when it is connected and the lease still stands. */
  open(socket: Duplex | null | undefined, maySend: (() => boolean) | undefined, done: OnConnected) {
    if (!socket) throw new NotConnectedError("ENOSOCKET");
    const timer = setTimeout(
      () => socket.destroy(new NotConnectedError("ECONNECTTIMEOUT")),
      this.timeoutMs,
    );
    const settle = () => {
      clearTimeout(timer);
      this.connecting.delete(socket);
      socket.off("error", fail);
    };
    const fail = (error: Error) => {
      settle();
      done(error, socket);
    };
    this.connecting.add(socket);
    // Between the hand-over and the request's own listener an error would end the process.
    socket.on("error", () => {});
    socket.once("error", fail);
    socket.once(this.connectedEvent, () => {
      settle();
      if (maySend?.() === true) return done(null, socket);
      socket.destroy();
      done(new LeaseSpentError("lease spent"), socket);
    });
  }

  close(): void {
    for (const socket of this.connecting) socket.destroy(new NotConnectedError("ECLIENTCLOSED"));
  }
}
