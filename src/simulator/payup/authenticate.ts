import { randomBytes } from "node:crypto";
import { type TestCard, findCardByNumber } from "../cards.ts";
import { ControlInputError, readObject, readText } from "../strict-input.ts";
import { sealAuthentication } from "./enc-data.ts";
import { type Payup, isAlive } from "./operation.ts";
import { SITE_CODE } from "./order.ts";
import type { Order } from "./orders.ts";

/** Of a customer who closes the window, and of one whom the wallet does not know: the simulator's own. */
export const GIVEN_UP = { res_cd: "3001", res_msg: "사용자가 결제를 취소하였습니다." };
export const REFUSED = { res_cd: "3002", res_msg: "카카오페이 인증에 실패하였습니다." };

/** What a window hands to the merchant, by name. */
type Handed = Readonly<Record<string, string>>;

/**
 * What the payment window hands to the merchant, by the names that were recorded: the customer
 * agreed to pay with the wallet's money, or with the test card that is named, or declined to.
 */
export function authenticate(gateway: Payup, input: unknown): Handed {
  const given = readObject(input, "the body", ["ordr_idxx", "card", "decline"]);
  const order = gateway.orders.find(readText(given.ordr_idxx, "ordr_idxx"));
  if (!order || !isAlive(gateway, order)) {
    throw new ControlInputError("ordr_idxx names no order that can still be paid");
  }
  const card = given.card === undefined ? null : readCard(given.card);
  if (given.decline !== undefined && typeof given.decline !== "boolean") {
    throw new ControlInputError("decline must be true or false");
  }
  return given.decline === true ? giveUp(order, GIVEN_UP) : agree(gateway, order, card);
}

/** The customer did not agree: nothing is sealed. */
export function giveUp(order: Order, result: typeof GIVEN_UP): Handed {
  return { ...describeWindow(order), ...result };
}

/** The customer agreed to pay with this card, or with the wallet's money. */
export function agree(gateway: Payup, order: Order, card: TestCard | null): Handed {
  const data = { order, cardId: card?.id ?? null };
  return {
    ...describeWindow(order),
    res_cd: "0000",
    res_msg: "정상처리",
    enc_info: randomBytes(96).toString("base64"),
    enc_data: sealAuthentication(data, gateway.state.keys.data),
    ret_pay_method: "CARD",
    tran_cd: "00100000",
    use_pay_method: "100000000000",
    card_pay_method: card ? "KAKAO_CARD" : "KAKAO_MONEY",
  };
}

function readCard(value: unknown): TestCard {
  const card = findCardByNumber(readText(value, "card"));
  if (card) return card;
  throw new ControlInputError("card must be the number of a test card, without blanks");
}

function describeWindow(order: Order): Record<string, string> {
  return {
    ordr_idxx: order.ordrIdxx,
    good_name: order.itemName,
    good_mny: `${order.amount}`,
    buyr_name: order.userName,
    site_cd: SITE_CODE,
    req_tx: "pay",
    pay_method: "100000000000",
    currency: "410",
    kakaopay_direct: "Y",
    module_type: "01",
    ordr_chk: `${order.ordrIdxx}|${order.amount}`,
    param_opt_1: "",
    param_opt_2: "",
    param_opt_3: "",
  };
}
