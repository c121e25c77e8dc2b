import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, refusal } from "./codes.ts";
import { optional, required, textOf } from "./fields.ts";
import { type AdmittedCall, type Operation, type Payup, refusing } from "./operation.ts";
import type { Order } from "./orders.ts";
import { refuseSignature } from "./signature.ts";

const AMOUNT = /^[1-9]\d*$/;
/** Such words in its User-Agent give a request the window of a phone. */
const PHONE = /iPhone|iPad|Linux.*Android/;
/** The merchant at KCP. */
export const SITE_CODE = "SIM01";
const AFFILIATER_CODE = "0005";

/** Where browsers open payment windows: phones by a form of the merchant, PCs by the script. */
export const WINDOW_PATH = `/_sim/${GATEWAY}/window`;

/** POST …/order: takes an order and answers with what its payment window needs. */
export function createOrderOperation(gateway: Payup): Operation {
  return {
    name: "kakao_order",
    step: "order",
    fields: {
      orderNumber: required(20),
      userAgent: optional(2, /^W[MP]$/),
      appUrl: optional(128),
      amount: required(12, AMOUNT),
      itemName: required(100),
      userName: required(50),
      returnUrl: required(200),
      userEmail: optional(50),
      signature: required(64),
      // The specification's own sample ends in second 60: no real time is asked for.
      timestamp: required(14, /^\d{14}$/),
      cashbillYn: optional(1, /^[YN]$/),
      mobileNumber: optional(11, /^\d+$/),
    },
    facts: (body) => ({
      buyerId: textOf(body, "userName"),
      orderNumber: textOf(body, "orderNumber"),
      amount: AMOUNT.test(textOf(body, "amount") ?? "")
        ? Number(textOf(body, "amount"))
        : undefined,
    }),
    run: (call) => takeOrder(gateway, call),
  };
}

function takeOrder(gateway: Payup, call: AdmittedCall): Processed {
  const { merchant, secret, body, effect } = call;
  const { orderNumber = "", amount = "", timestamp = "", signature = "" } = body;
  const signed = [merchant, orderNumber, amount, secret, timestamp];
  const forged = refuseSignature(gateway, signature, signed);
  if (forged) return refusing(gateway, forged);
  if (effect?.kind === "decline") return refusing(gateway, refusal(effect.code));
  const order = toOrder(gateway, call);
  gateway.orders.add(order);
  return { reply: { status: 200, body: describeOrder(order, call) } };
}

function toOrder({ state, numbers }: Payup, { merchant, body }: AdmittedCall): Order {
  return {
    ordrIdxx: numbers.next(state.clock.business()),
    merchant,
    orderNumber: body.orderNumber ?? "",
    amount: Number(body.amount),
    itemName: body.itemName ?? "",
    userName: body.userName ?? "",
    returnUrl: body.returnUrl ?? "",
    device: body.userAgent === "WP" ? "WP" : "WM",
    cashReceipt: body.cashbillYn !== "N",
    orderedAtMs: state.clock.operational.now().getTime(),
  };
}

/** What lets a phone open the window of an order. */
export function approvalKeyOf({ ordrIdxx }: Order): string {
  return Buffer.from(`${SITE_CODE}${ordrIdxx}`).toString("base64");
}

function describeOrder(order: Order, call: AdmittedCall): Record<string, string> {
  // Without such a header no phone's window can be opened, as the specification has it.
  const isPhone = order.device === "WM" && PHONE.test(call.userAgent);
  return {
    responseCode: CODES.success,
    responseMsg: "성공",
    good_mny: `${order.amount}`,
    site_cd: SITE_CODE,
    Ret_URL: order.returnUrl,
    buyr_name: order.userName,
    ordr_idxx: order.ordrIdxx,
    good_name: order.itemName,
    affiliaterCode: AFFILIATER_CODE,
    ...(isPhone && {
      approval_key: approvalKeyOf(order),
      pay_url: call.baseUrl + WINDOW_PATH,
    }),
  };
}
