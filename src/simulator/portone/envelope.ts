import type { Processed } from "../wire.ts";

/** The gateway's name in the ledger, in fault rules and in the books. */
export const GATEWAY = "portone";

/** A request that the gateway does not carry out, and why. */
export interface Refusal {
  readonly refused: true;
  readonly code: number;
  readonly message: string;
  /** HTTP status where it is not 200. */
  readonly status?: number;
  /** The name of a field that the simulator does not know. */
  readonly unknownField?: string;
}

/** A refusal with HTTP 200, as most are. */
export function refuse(message: string, code = 1): Refusal {
  return { refused: true, code, message };
}

/** A refusal whose HTTP status tells it too; its code is always -1. */
export function refuseWith(status: number, message: string): Refusal {
  return { refused: true, code: -1, message, status };
}

/** Whether a result is a refusal. */
export function isRefusal(result: object): result is Refusal {
  return "refused" in result;
}

/** Messages seen in the tests of the vendor's client libraries. */
export const MESSAGES = {
  unauthorized: "Unauthorized",
  unknownPayment: "존재하지 않는 결제정보입니다.",
  unknownCustomer: "등록되지 않은 구매자입니다.",
  cardRefused: "카드정보 인증에 실패하였습니다.",
  keyRefused: "카드정보 인증 및 빌키 발급에 실패하였습니다.",
  nothingToCancel: "취소할 결제건이 존재하지 않습니다.",
  fullyCancelled: "이미 전액취소된 주문입니다.",
  nothingToUnschedule: "취소할 예약결제 기록이 존재하지 않습니다.",
  customerNotFound: (uid: string) =>
    `요청하신 customer_uid(${uid})로 등록된 정보를 찾을 수 없습니다.`,
} as const;

/** Messages of the simulator's own: the real ones stand in no document. */
export const OWN_MESSAGES = {
  alreadyPaid: "이미 결제가 이루어진 거래건입니다.",
  checksum: "취소 가능한 잔액이 checksum과 일치하지 않습니다.",
  cancelTooHigh:
    "취소 가능한 금액을 초과하였습니다. (requested cancel amount is bigger than cancelable amount)",
  usedMerchantUid: "이미 등록된 merchant_uid입니다.",
  forgedAmount: "결제금액이 사전등록된 금액과 일치하지 않습니다. (위변조)",
  voucherInParts: "상품권 결제는 전액 취소만 가능합니다.",
  noAccountRefund: "가상계좌 환불은 별도 계약이 필요합니다.",
  noEscrow: "에스크로 배송정보를 등록할 수 없는 결제건입니다.",
  deliveryRegistered: "이미 등록된 배송정보가 있습니다.",
  noDelivery: "등록된 배송정보가 없습니다.",
  unknownSchedule: "존재하지 않는 예약결제정보입니다.",
  unknownPrepared: "사전등록된 결제정보가 존재하지 않습니다.",
  foreignCustomer: "다른 가맹점이 사용 중인 customer_uid입니다.",
  tooManyCalls: "Too Many Requests",
  missing: (name: string) => `필수 파라미터가 누락되었습니다. (${name})`,
  unknownField: (name: string) => `알 수 없는 파라미터입니다. (${name})`,
  bad: (name: string, expects: string) => `파라미터가 올바르지 않습니다. (${name}: ${expects})`,
} as const;

/** The envelope of a success. */
export function succeeding(response: unknown, status = 200): Processed {
  return { reply: { status, body: { code: 0, message: null, response } } };
}

/** The envelope of a refusal. */
export function refusing({ code, message, status }: Refusal): Processed {
  return { reply: { status: status ?? 200, body: { code, message, response: null } } };
}
