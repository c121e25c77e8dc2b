import { type Server, type Socket, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { Double } from "bson";
import type { OperationalClock } from "../../lib/clock.ts";
import type { Answer, CommandContext } from "./commands/command.ts";
import { dispatch, waitsForDisk } from "./commands/dispatch.ts";
import { createCursors } from "./cursors.ts";
import { MongoError, toError } from "./errors.ts";
import { type Persistence, openPersistence } from "./persistence.ts";
import {
  type Message,
  MessageReader,
  batchReply,
  documentReply,
  fieldsReply,
  parseMessage,
} from "./wire.ts";

const CONNECTIONS_MAX = 2000;
const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);

/** A running server. */
export interface MongoServer {
  readonly port: number;
  /** Writes a snapshot now and drops the journals before it. */
  checkpoint(): Promise<void>;
  /** Closes the connections, flushes and lets go of the folder. */
  close(): Promise<void>;
}

export interface MongoServerOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Only loopback: there is no authentication. */
  readonly host: string;
  readonly clock: OperationalClock;
  readonly log: (line: string) => void;
  /** Called when the disk failed; must end the process, for nobody knows what the disk holds. */
  readonly onFatal: (error: Error) => void;
}

/** Opens the data folder and listens. */
export async function startMongoServer(options: MongoServerOptions): Promise<MongoServer> {
  if (!LOOPBACK.has(options.host)) {
    throw new Error(`the host must be a loopback address, not '${options.host}'`);
  }
  const persistence = await openPersistence(options);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true });
  server.maxConnections = CONNECTIONS_MAX;
  const { store } = persistence;
  const context: CommandContext = {
    store,
    cursors: createCursors(options.clock),
    clock: options.clock,
  };
  let lastConnectionId = 0;
  server.on("connection", (socket) => {
    lastConnectionId += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    const connection = { socket, id: lastConnectionId, context, persistence, log: options.log };
    serveConnection(connection);
  });
  try {
    await listen(server, options);
  } catch (error) {
    await persistence.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    checkpoint: () => persistence.checkpoint(),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      await persistence.close();
    },
  };
}

interface Connection {
  readonly socket: Socket;
  readonly id: number;
  readonly context: CommandContext;
  readonly persistence: Persistence;
  readonly log: (line: string) => void;
}

function listen(server: Server, { host, port }: MongoServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function serveConnection(connection: Connection): void {
  const { socket, log } = connection;
  const reader = new MessageReader();
  // A client that goes away is no news.
  socket.on("error", () => socket.destroy());
  socket.on("data", (piece: Buffer) => {
    try {
      for (const bytes of reader.push(piece)) serveMessage(connection, parseMessage(bytes));
    } catch (error) {
      log(`connection ${connection.id} closed: ${toError(error).message}`);
      socket.destroy();
    }
  });
}

/** Runs a command at once, so that it is atomic; only its answer may have to wait. */
function serveMessage(connection: Connection, message: Message): void {
  const reply = replyTo(connection, message);
  if (!waitsForDisk(message.body)) return send(connection, message, reply);
  connection.persistence.durable().then(
    () => send(connection, message, reply),
    (error: unknown) =>
      send(connection, message, fieldsReply(message, errorFields(toError(error)))),
  );
}

function replyTo({ context, id, log }: Connection, message: Message): Buffer {
  try {
    return toReply(message, dispatch(message.body, id, context));
  } catch (error) {
    if (!(error instanceof MongoError)) log(`an internal error: ${toError(error).stack ?? ""}`);
    return fieldsReply(message, errorFields(toError(error)));
  }
}

function toReply(message: Message, answer: Answer): Buffer {
  switch (answer.kind) {
    case "fields":
      return fieldsReply(message, { ...answer.fields, ok: new Double(1) });
    case "document":
      return documentReply(message, answer.document);
    case "batch":
      return batchReply(message, answer.batch);
  }
}

/** An error in MongoDB's shape. */
function errorFields(error: Error): Record<string, unknown> {
  if (!(error instanceof MongoError)) {
    return {
      ok: new Double(0),
      errmsg: `internal error: ${error.message}`,
      code: 1,
      codeName: "InternalError",
    };
  }
  const { message: errmsg, code, codeName, details } = error;
  return { ok: new Double(0), errmsg, code, codeName, ...details };
}

function send({ socket }: Connection, message: Message, reply: Buffer): void {
  if (message.wantsReply && !socket.destroyed) socket.write(reply);
}
