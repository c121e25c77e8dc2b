import { createAcmepayAdapter } from "../gateway/index.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { CONTRACT_KEY } from "../../../../test/gateways/contract-fixtures.ts";
import { describeGateway } from "../../../../test/gateways/contract.ts";
import { answerJson } from "../../../../test/support/scripted-server.ts";

const SECRET = "acmepay-secret-of-tests";

// Everything that the suite must know of the wire. Write it from the gateway's documents, not from
// the adapter: what both took from the same misreading no test can see.
describeGateway("acmepay", {
  createAdapter: (server) =>
    createAcmepayAdapter(
      {
        account: "main",
        merchantId: "acmepay-shop",
        secret: SECRET,
        connectTimeoutMs: Math.min(5_000, server.callDeadlineMs - 100),
        ...server,
      },
      { clock: systemClock },
    ),
  // The path at which a token is fetched, where there is one.
  paths: { credential: null, charge: "/charge" },
  approveEverything(server, echo = {}) {
    server.script("/charge", (request, response) => {
      const sent = JSON.parse(request.body) as Record<string, string>;
      answerJson({
        code: "0000",
        orderNumber: echo.orderNumber ?? sent["orderNumber"],
        amount: echo.amount ?? sent["amount"],
        transactionId: echo.transactionId ?? "ACME-1",
        approvedAt: "20260205175611",
      })(request, response);
    });
  },
  declineCharges: (server, decline) => server.script("/charge", answerJson(decline)),
  credentialRefusals: [],
  // One code of the gateway for each kind, and one that stands in no document.
  declineCodes: { hard: "H", soft: "S", merchant: "M", unmapped: "9898" },
  sentCharges: (server) =>
    server.bodiesAt("/charge").map((body) => ({
      orderNumber: body["orderNumber"] ?? "",
      amount: body["amount"] ?? "",
      productName: body["productName"] ?? "",
      customerName: body["customerName"] ?? "",
    })),
  nameLengthMax: { productName: 50, customerName: 50 },
  secrets: [SECRET, CONTRACT_KEY],
});
