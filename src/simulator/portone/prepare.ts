/** Amounts announced before a payment window opens. */
import type { Processed } from "../wire.ts";
import { OWN_MESSAGES, refuse, refuseWith, refusing, succeeding } from "./envelope.ts";
import { type CheckedBody, mandatory, text, textOf, whole, wholeOf } from "./fields.ts";
import type { Incoming, Operation, Portone } from "./operation.ts";

const PATH = "/payments/prepare";
const FIELDS = { merchant_uid: mandatory(text(40)), amount: mandatory(whole(1)) };
const UNKNOWN = refuseWith(404, OWN_MESSAGES.unknownPrepared);

const facts = ({ body }: Incoming) => ({
  orderNumber: textOf(body, "merchant_uid"),
  amount: wholeOf(body, "amount"),
});

/** POST: announces an amount, once. */
export function createPrepareOperation({ prepared }: Portone): Operation {
  return {
    name: "prepare",
    method: "POST",
    paths: [PATH],
    needsToken: true,
    fields: FIELDS,
    facts,
    run({ merchant, body }) {
      const { merchantUid, amount } = readAmount(body);
      if (prepared.get(merchant, merchantUid) !== undefined) {
        return refusing(refuse(OWN_MESSAGES.usedMerchantUid));
      }
      prepared.set(merchant, merchantUid, amount);
      return answer(merchantUid, amount);
    },
  };
}

/** PUT: changes an announced amount. */
export function createPrepareChangeOperation({ prepared }: Portone): Operation {
  return {
    name: "prepare_change",
    method: "PUT",
    paths: [PATH],
    needsToken: true,
    fields: FIELDS,
    facts,
    run({ merchant, body }) {
      const { merchantUid, amount } = readAmount(body);
      if (prepared.get(merchant, merchantUid) === undefined) return refusing(UNKNOWN);
      prepared.set(merchant, merchantUid, amount);
      return answer(merchantUid, amount);
    },
  };
}

/** GET: the announced amount. */
export function createPrepareReadOperation({ prepared }: Portone): Operation {
  return {
    name: "prepare_read",
    method: "GET",
    paths: [`${PATH}/:merchant_uid`],
    needsToken: true,
    facts: ({ params }) => ({ orderNumber: params.merchant_uid }),
    run({ merchant, params }) {
      const merchantUid = params.merchant_uid ?? "";
      const amount = prepared.get(merchant, merchantUid);
      return amount === undefined ? refusing(UNKNOWN) : answer(merchantUid, amount);
    },
  };
}

function readAmount(body: CheckedBody): { merchantUid: string; amount: number } {
  return { merchantUid: body.text("merchant_uid") ?? "", amount: body.whole("amount") ?? 0 };
}

function answer(merchantUid: string, amount: number): Processed {
  return succeeding({ merchant_uid: merchantUid, amount });
}
