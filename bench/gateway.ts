/**
 * The gateway of the bench: CookiePayments' wire as far as a charge needs it, and a ledger of every
 * approval. It does as little as it can, so that what is measured is its clients; it also approves
 * whatever it is asked twice, so that a double charge shows in the ledger.
 *
 * The process is told by messages: `expect` begins a ledger and says how many customers are to be
 * charged; it answers `reached` when each was approved once, and `ledger` with all approvals.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Approval, GatewayReply, GatewayRequest } from "./messages.ts";

const state = {
  latencyMs: 0,
  expected: Number.POSITIVE_INFINITY,
  approvals: [] as Approval[],
  buyers: new Set<string>(),
};

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const serve = () => answer(request, response, Buffer.concat(parts).toString("utf8"));
    if (state.latencyMs === 0) serve();
    else setTimeout(serve, state.latencyMs);
  });
});
// A connection that is kept must not end under a client's feet in the middle of a round.
server.keepAliveTimeout = 60_000;

function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
  const body = JSON.parse(text) as Record<string, string>;
  const reply = Buffer.from(JSON.stringify(replyTo(request.url ?? "", body)));
  response.writeHead(200, {
    "content-type": "application/json; charset=utf-8",
    "content-length": reply.length,
  });
  response.end(reply);
}

function replyTo(path: string, body: Record<string, string>): object {
  switch (path) {
    case "/payAuth/token":
      return { RTN_CD: "0000", RTN_MSG: "성공", TOKEN: "bench-token" };
    case "/Subscribe/payments":
      return { RESULTCODE: "0000", RESULTMSG: "성공", ENC_DATA: approve(body) };
    case "/EdiAuth/cookiepay_edi_decrypt":
      return { RESULTCODE: "0000", RESULTMSG: "성공", decryptData: open(body["ENC_DATA"] ?? "") };
    default:
      return { RESULTCODE: "E001", RESULTMSG: `no such path: ${path}` };
  }
}

/** Writes the approval into the ledger; what it returns opens as the approval's text. */
function approve(body: Record<string, string>): string {
  const approval: Approval = {
    transactionId: `T${String(state.approvals.length + 1).padStart(9, "0")}`,
    orderNumber: body["ORDERNO"] ?? "",
    customerId: body["BUYERID"] ?? "",
    amount: Number(body["AMOUNT"]),
  };
  state.approvals.push(approval);
  const before = state.buyers.size;
  state.buyers.add(approval.customerId);
  if (before < state.buyers.size && state.buyers.size === state.expected) tell({ kind: "reached" });
  return Buffer.from(JSON.stringify(approval)).toString("base64");
}

function open(sealed: string): Record<string, string> {
  const approval = JSON.parse(Buffer.from(sealed, "base64").toString("utf8")) as Approval;
  return {
    RESULTCODE: "0000",
    TID: approval.transactionId,
    ORDERNO: approval.orderNumber,
    AMOUNT: String(approval.amount),
    ACCEPTDATE: "20260101100000",
    ACCEPTNO: approval.transactionId.slice(-8),
    CARDNAME: "벤치카드",
  };
}

function tell(reply: GatewayReply): void {
  process.send?.(reply);
}

process.on("message", (request: GatewayRequest) => {
  switch (request.kind) {
    case "expect":
      Object.assign(state, { latencyMs: request.latencyMs, expected: request.charges });
      Object.assign(state, { approvals: [], buyers: new Set<string>() });
      return tell({ kind: "expecting" });
    case "ledger":
      return tell({ kind: "ledger", approvals: state.approvals });
    default:
      request satisfies never;
  }
});
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ port, pid: process.pid })}\n`);
});
