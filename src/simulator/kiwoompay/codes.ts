import { declineText } from "../cards.ts";

/** The gateway's name in the ledger, in fault rules and in the books. */
export const GATEWAY = "kiwoompay";

/**
 * KiwoomPay's result codes. 0000 is documented; FAIL and the others up to 9206 come second-hand, from
 * a reseller's specification; the last five are the simulator's own. A client must not depend on them.
 */
export const CODES = {
  success: "0000",
  notOpened: "FAIL",
  missingField: "9001",
  duplicateOrderNumber: "9002",
  tokenExpired: "9003",
  tokenInvalid: "9004",
  forbiddenCharacter: "9011",
  unknownMerchant: "9101",
  badPayMethod: "9102",
  wrongKey: "9103",
  unknownTransaction: "9201",
  otherPayMethod: "9202",
  cancelTooHigh: "9204",
  alreadyCancelled: "9206",
  tooManyCalls: "9008",
  badValue: "9012",
  unknownField: "9013",
  unknownBillingKey: "9301",
  wrongHash: "9302",
} as const;

/** The message beside every success, as it was recorded. */
export const SUCCESS_TEXT = "정상 처리 되었습니다.";

const TEXTS: Readonly<Record<string, string>> = {
  [CODES.notOpened]: "결제수단이 개통되지 않았습니다",
  [CODES.duplicateOrderNumber]: "중복된 주문번호입니다",
  [CODES.tokenExpired]: "토큰이 만료되었습니다",
  [CODES.tokenInvalid]: "토큰이 유효하지 않습니다",
  [CODES.unknownMerchant]: "등록되지 않은 CPID입니다",
  [CODES.badPayMethod]: "PAYMETHOD가 올바르지 않습니다",
  [CODES.wrongKey]: "연동키가 일치하지 않습니다",
  [CODES.unknownTransaction]: "원거래가 존재하지 않습니다",
  [CODES.otherPayMethod]: "원거래의 결제수단과 다릅니다",
  [CODES.cancelTooHigh]: "취소 가능 금액을 초과하였습니다",
  [CODES.alreadyCancelled]: "이미 취소된 거래입니다",
  [CODES.tooManyCalls]: "초당 호출 건수를 초과하였습니다",
  [CODES.unknownBillingKey]: "등록되지 않은 빌링키입니다",
};

/** A request that the gateway does not carry out, and why. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** HTTP status where it is not 200. */
  readonly status?: number;
  /** The name of a field that the simulator does not know. */
  readonly unknownField?: string;
}

/** A refusal in the gateway's usual words for this code. */
export function refuse(code: string): Refusal {
  return { code, message: TEXTS[code] ?? declineText(code) };
}

/** Whether a result is a refusal. */
export function isRefusal(result: object): result is Refusal {
  return "code" in result && "message" in result;
}
