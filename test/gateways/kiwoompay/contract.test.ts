import type { KiwoompayDialect } from "../../../src/gateways/kiwoompay/account.ts";
import type { PaymentSource } from "../../../src/gateways/gateway.ts";
import type { ScriptedServer } from "../../support/scripted-server.ts";
import { CONTRACT_KEY, type GatewayFixtures } from "../contract-fixtures.ts";
import { describeGateway } from "../contract.ts";
import {
  CARD_NUMBER,
  LINK_KEY,
  READY,
  TOKEN,
  answerEucKr,
  approveEverything,
  bodiesAt,
  createAdapter,
  returnPath,
} from "./wire.ts";

const CARD: PaymentSource = {
  kind: "card",
  card: { number: CARD_NUMBER, expiry: "2812", password: "47", holderId: "900101" },
  save: false,
};

function fixtures(dialect: KiwoompayDialect, payMethod: string): GatewayFixtures {
  const path = returnPath(payMethod);
  const message = dialect === "recorded" ? "ERRORMESSAGE" : "RESULTMSG";
  const refuse = (code: string, words: string) => (server: ScriptedServer) =>
    server.script(path, answerEucKr({ RESULTCODE: code, [message]: words }));
  return {
    createAdapter: (options) => createAdapter({ ...options, dialect }),
    credentialPerCall: true,
    echoes: ["token", "merchant"],
    paths: { credential: READY, charge: path },
    approveEverything: (server, echo) => approveEverything(server, echo, dialect),
    declineCharges: (server, decline) => refuse(decline.code, decline.message)(server),
    credentialRefusals: [refuse("9003", "토큰 만료"), refuse("9004", "토큰 오류")],
    declineCodes: { hard: "1012", soft: "2001", merchant: "9101", unmapped: "8837" },
    sentCharges: (server) =>
      bodiesAt(server, path).map((body) => ({
        orderNumber: body.ORDERNO ?? "",
        amount: body.AMOUNT ?? "",
        productName: body.PRODUCTNAME ?? "",
        customerName: body.USERNAME ?? "",
      })),
    nameLengthMax: { productName: 50, customerName: 50 },
    secrets: [LINK_KEY, TOKEN, CARD_NUMBER],
    keyIn: {
      path: returnPath("CARD-SUGI"),
      savePath: returnPath("CARD-KEYGEN"),
      decline(server, { code, message: words }) {
        const declined = answerEucKr({ RESULTCODE: code, [message]: words });
        for (const at of ["CARD-SUGI", "CARD-KEYGEN"]) server.script(returnPath(at), declined);
      },
    },
  };
}

for (const dialect of ["recorded", "guide"] as const) {
  const ofKeys = fixtures(dialect, "CARD-BATCH");
  describeGateway(`kiwoompay, ${dialect}, a billing key`, {
    ...ofKeys,
    secrets: [...ofKeys.secrets, CONTRACT_KEY],
  });
}

describeGateway("kiwoompay, recorded, a card keyed in", {
  ...fixtures("recorded", "CARD-SUGI"),
  source: CARD,
});
