import { connect } from "node:net";

const ANSWER_MS = 5_000;

/** Where a Redis listens on this machine. */
export interface RedisAddress {
  port: number;
  password: string;
}

/**
 * Sends one command after AUTH over a connection of its own and returns the answer's text; null
 * where nothing answered. A refusal by the server comes back as its "-ERR ..." line.
 */
export function askRedis(address: RedisAddress, command: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: address.port });
    let received = "";
    const finish = (answer: string | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_MS, () => finish(null));
    socket.on("error", () => finish(null));
    socket.on("close", () => finish(null));
    socket.on("connect", () => socket.write(`AUTH ${address.password}\r\n${command}\r\n`));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const answer = secondReply(received);
      if (answer !== null) finish(answer);
    });
  });
}

/** The reply after AUTH's, or AUTH's own where it refuses; null while it is incomplete. */
function secondReply(received: string): string | null {
  const authEnd = received.indexOf("\r\n");
  if (authEnd < 0) return null;
  if (received.startsWith("-")) return received.slice(0, authEnd);
  const rest = received.slice(authEnd + 2);
  const lineEnd = rest.indexOf("\r\n");
  if (lineEnd < 0) return null;
  if (!rest.startsWith("$")) return rest.slice(0, lineEnd);
  const length = Number(rest.slice(1, lineEnd));
  const body = rest.slice(lineEnd + 2);
  return body.length < length + 2 ? null : body.slice(0, length);
}
