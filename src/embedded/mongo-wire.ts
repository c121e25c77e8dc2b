import { connect } from "node:net";
import { type Document, deserialize, serialize } from "bson";

const ANSWER_MS = 5_000;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
// Header, four bytes of flags, one byte for the kind of the only section.
const BODY_OFFSET = HEADER_BYTES + 5;

/** Sends one command to a MongoDB server on this machine; null where nothing readable answered. */
export function askMongo(port: number, command: Document): Promise<Document | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let received = Buffer.alloc(0);
    const finish = (answer: Document | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_MS, () => finish(null));
    socket.on("error", () => finish(null));
    socket.on("close", () => finish(null));
    socket.on("connect", () => socket.write(toMessage({ ...command, $db: "admin" })));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const whole = received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0);
      if (whole) finish(parseMessage(received));
    });
  });
}

function toMessage(command: Document): Buffer {
  const body = serialize(command);
  const message = Buffer.alloc(BODY_OFFSET + body.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(OP_MSG, 12);
  message.set(body, BODY_OFFSET);
  return message;
}

function parseMessage(message: Buffer): Document | null {
  try {
    return deserialize(message.subarray(BODY_OFFSET));
  } catch {
    return null;
  }
}
