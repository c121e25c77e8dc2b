import { type Script, answerJson } from "../../support/scripted-server.ts";
import { CONTRACT_KEY, type GatewayFixtures } from "../contract-fixtures.ts";
import { describeGateway } from "../contract.ts";
import { describeListing, type ListedPayment } from "../listing-contract.ts";
import {
  CARD,
  PATHS,
  SECRET,
  TOKEN,
  answerPage,
  answerRefusal,
  approveEverything,
  createAdapter,
  failCharges,
  payment,
} from "./wire.ts";

function fixturesAt(path: string): GatewayFixtures {
  return {
    createAdapter: (options) =>
      createAdapter({ ...options, tokenTimeoutMs: options.callDeadlineMs }),
    paths: { credential: PATHS.token, charge: path },
    approveEverything,
    declineCharges: (server, { code, message }) => failCharges(server, `[${code}] ${message}`),
    credentialRefusals: [
      (server) => server.script(path, answerRefusal("Unauthorized", -1, 401)),
      (server) => server.script(path, answerJson({ code: -1, message: null }, 401)),
    ],
    declineCodes: { hard: "1012", soft: "2001", merchant: "2005", unmapped: "8837" },
    sentCharges: (server) =>
      server.bodiesAt(path).map((body) => ({
        orderNumber: body.merchant_uid ?? "",
        amount: String(body.amount),
        productName: body.name ?? "",
        customerName: body.buyer_name ?? "",
      })),
    nameLengthMax: { productName: 40, customerName: 16 },
    secrets: [SECRET, TOKEN],
    keyIn: {
      path: PATHS.onetime,
      savePath: PATHS.onetime,
      decline: (server, { code, message }) => failCharges(server, `[${code}] ${message}`),
    },
  };
}

describeGateway("portone, by billing key", {
  ...fixturesAt(PATHS.again),
  secrets: [SECRET, TOKEN, CARD.number, CONTRACT_KEY],
});

describeGateway("portone, by card", {
  ...fixturesAt(PATHS.onetime),
  source: { kind: "card", card: CARD, save: false },
  secrets: [SECRET, TOKEN, CARD.number, "4111-1111-1111-1111", CARD.holderId],
});

const secondsOf = (on: string, time: string) => Date.parse(`${on}T${time}+09:00`) / 1000;

function toRow({ orderNumber, transactionId, amount, on, refunded }: ListedPayment) {
  const refundedAt = secondsOf(on, "18:00:00");
  return payment({
    imp_uid: transactionId,
    merchant_uid: orderNumber,
    amount,
    paid_at: secondsOf(on, "12:00:00"),
    ...(refunded && {
      status: "cancelled",
      cancel_amount: amount,
      cancelled_at: refundedAt,
      cancel_history: [
        { pg_tid: "t", amount, cancelled_at: refundedAt, reason: "", cancellation_id: "c" },
      ],
    }),
  });
}

describeListing("portone", {
  createAdapter,
  giveCredentials: (server) => approveEverything(server),
  secrets: [SECRET, TOKEN],
  path: PATHS.paid,
  list(server, payments) {
    const answer =
      (refunded: boolean): Script =>
      (request, response) => {
        const query = new URL(request.path, "http://localhost").searchParams;
        const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
        const rows = payments
          .filter((one) => one.refunded === refunded)
          .filter(({ on }) => {
            const at = secondsOf(on, refunded ? "18:00:00" : "12:00:00");
            return at >= from && at <= to;
          });
        answerPage(rows.map(toRow))(request, response);
      };
    server.script(PATHS.paid, answer(false));
    server.script(PATHS.cancelled, answer(true));
  },
});
