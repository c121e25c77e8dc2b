import type { Socket } from "node:net";
import { newId } from "../../lib/ids.ts";
import { presentProblem } from "../problems.ts";

/** Answers what is no HTTP, or came too slowly: there is no request yet, only a socket. */
export function answerBrokenRequest(_error: Error, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId("req");
  const problem = presentProblem(
    { code: "MALFORMED_REQUEST", params: {}, faults: [] },
    { language: "en", requestId },
  );
  const body = JSON.stringify(problem);
  socket.end(
    [
      "HTTP/1.1 400 Bad Request",
      "Content-Type: application/problem+json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
