import { answerJson } from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE, describeGateway } from "../contract.ts";
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
  secrets: [SECRET, TOKEN, CARD_NUMBER, CONTRACT_CHARGE.billingKey],
});
