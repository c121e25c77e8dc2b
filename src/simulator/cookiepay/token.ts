import { CODES, GATEWAY, SUCCESS_TEXT } from "./codes.ts";
import { required, textOf } from "./fields.ts";
import { type Cookiepay, type Operation, refusing } from "./operation.ts";

/** POST /payAuth/token: a token for one hour. */
export function createTokenOperation(gateway: Cookiepay): Operation {
  return {
    name: "token",
    path: "/payAuth/token",
    needs: { apiKey: false, token: false },
    codeFields: ["RTN_CD", "RTN_MSG"],
    fields: { pay2_id: required(30), pay2_key: required(50) },
    facts: (body) => ({ merchant: textOf(body, "pay2_id") }),
    run({ body, effect }) {
      const merchant = body.pay2_id ?? "";
      const isKnown = gateway.state.merchants.secretOf(GATEWAY, merchant) === body.pay2_key;
      if (!isKnown || effect?.kind === "token_refused") {
        return refusing(this, {
          code: CODES.wrongAccount,
          message: "연동 정보가 올바르지 않습니다",
        });
      }
      const TOKEN = gateway.tokens.issue(merchant);
      const reply = { RTN_CD: CODES.success, RTN_MSG: SUCCESS_TEXT, TOKEN };
      return { reply: { status: 200, body: reply } };
    },
  };
}
