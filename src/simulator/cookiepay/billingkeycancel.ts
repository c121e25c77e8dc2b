import { CODES, GATEWAY, SUCCESS_TEXT } from "./codes.ts";
import { required, textOf } from "./fields.ts";
import type { Cookiepay, Operation } from "./operation.ts";
import { RESULT_FIELDS, refusing } from "./operation.ts";

/** POST /Subscribe/billingkeycancel: revokes a billing key for good. */
export function createBillingKeyCancelOperation(gateway: Cookiepay): Operation {
  const { ledger, clock } = gateway.state;
  return {
    name: "billingkeycancel",
    path: "/Subscribe/billingkeycancel",
    needs: { apiKey: true, token: true },
    codeFields: RESULT_FIELDS,
    fields: { API_ID: required(30), BILLKEY: required(50) },
    facts: (body) => ({
      merchant: textOf(body, "API_ID"),
      billingKey: textOf(body, "BILLKEY"),
      buyerId: ledger.books.billingKey(GATEWAY, textOf(body, "BILLKEY") ?? "")?.issued.buyerId,
    }),
    run({ merchant, body }) {
      const account = ledger.books.billingKey(GATEWAY, body.BILLKEY ?? "");
      if (!account || account.issued.merchant !== merchant) {
        const message = "등록되지 않은 빌링키입니다";
        return refusing(this, { code: CODES.unknownBillingKey, message });
      }
      if (account.revoked) {
        return refusing(this, {
          code: CODES.revokedBillingKey,
          message: "이미 해지된 빌링키입니다",
        });
      }
      const { billingKey, buyerId, cardLast4 } = account.issued;
      const at = clock.business().toISOString();
      const kind = "billing_key_revoked";
      ledger.append([{ at, gateway: GATEWAY, merchant, kind, billingKey, buyerId, cardLast4 }]);
      const reply = { RESULTCODE: CODES.success, RESULTMSG: SUCCESS_TEXT, BILLKEY: body.BILLKEY };
      return { reply: { status: 200, body: reply } };
    },
  };
}
