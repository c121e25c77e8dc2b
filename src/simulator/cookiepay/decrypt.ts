import { CODES, SUCCESS_TEXT } from "./codes.ts";
import { required, textOf } from "./fields.ts";
import { type Cookiepay, type Operation, RESULT_FIELDS, refusing } from "./operation.ts";

/** POST /EdiAuth/cookiepay_edi_decrypt: opens ENC_DATA for the merchant that it was sealed for. */
export function createDecryptOperation(gateway: Cookiepay): Operation {
  return {
    name: "decrypt",
    path: "/EdiAuth/cookiepay_edi_decrypt",
    needs: { apiKey: true, token: false },
    codeFields: RESULT_FIELDS,
    fields: { API_ID: required(30), ENC_DATA: required(8192) },
    facts: (body) => ({ merchant: textOf(body, "API_ID") }),
    run({ merchant, body }) {
      const sealed = gateway.encData.open(body.ENC_DATA ?? "");
      if (!sealed || sealed.merchant !== merchant) {
        return refusing(this, { code: CODES.undecryptable, message: "복호화에 실패하였습니다" });
      }
      const { decryptData } = sealed;
      const reply = { RESULTCODE: CODES.success, RESULTMSG: SUCCESS_TEXT, decryptData };
      return { reply: { status: 200, body: reply } };
    },
  };
}
