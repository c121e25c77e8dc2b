import { answerJson } from "../../support/scripted-server.ts";
import { describeListing } from "../listing-contract.ts";
import { CONTRACT_KEY } from "../contract-fixtures.ts";
import { describeGateway } from "../contract.ts";
import { CARD_NUMBER, PATHS, SECRET, TOKEN, approveEverything, createAdapter } from "./wire.ts";

describeGateway("cookiepay", {
  createAdapter: (options) => createAdapter({ ...options, tokenTimeoutMs: options.callDeadlineMs }),
  paths: { credential: PATHS.token, charge: PATHS.pay, read: PATHS.decrypt },
  approveEverything,
  declineCharges(server, { code, message }) {
    server.script(PATHS.pay, answerJson({ RESULTCODE: code, RESULTMSG: message }));
  },
  credentialRefusals: [
    (server) =>
      server.script(PATHS.pay, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" })),
    (server) => server.script(PATHS.pay, answerJson({ RTN_CD: "9999", RTN_MSG: "TOKEN ERROR" })),
    (server) =>
      server.script(PATHS.pay, answerJson({ RESULTCODE: "E003", RESULTMSG: "Invalid token" }, 401)),
  ],
  declineCodes: { hard: "1012", soft: "2001", merchant: "E007", unmapped: "8837" },
  sentCharges: (server) =>
    server.bodiesAt(PATHS.pay).map((body) => ({
      orderNumber: body.ORDERNO ?? "",
      amount: body.AMOUNT ?? "",
      productName: body.PRODUCTNAME ?? "",
      customerName: body.BUYERNAME ?? "",
    })),
  nameLengthMax: { productName: 40, customerName: 20 },
  secrets: [SECRET, TOKEN, CARD_NUMBER, CONTRACT_KEY],
  keyIn: {
    path: PATHS.keyIn,
    savePath: PATHS.issue,
    decline(server, { code, message }) {
      const declined = answerJson({ RESULTCODE: code, RESULTMSG: message });
      for (const path of [PATHS.keyIn, PATHS.issue]) server.script(path, declined);
    },
  },
});

describeListing("cookiepay", {
  createAdapter,
  giveCredentials: (server) => approveEverything(server),
  secrets: [SECRET, TOKEN],

  path: PATHS.search,
  list: (server, payments) =>
    server.script(PATHS.search, (request, response) => {
      const { STD_DT, END_DT } = JSON.parse(request.body) as Record<string, string>;
      const rows = payments
        .filter(({ on }) => on >= (STD_DT ?? "") && on <= (END_DT ?? ""))
        .map(({ orderNumber, transactionId, amount, on, refunded }) => ({
          RESULTCODE: "0000",
          ORDERNO: orderNumber,
          TID: transactionId,
          AMOUNT: String(amount),
          ACCEPTDATE: `${on.replaceAll("-", "")}120000`,
          CANCELDATE: refunded ? `${on.replaceAll("-", "")}180000` : "",
        }));
      const nothing = { RESULTCODE: "E008", RESULTMSG: "조회 결과가 없습니다" };
      answerJson(rows.length === 0 ? nothing : rows)(request, response);
    }),
});
