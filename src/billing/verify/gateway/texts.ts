/** Every way in which our books and a gateway's can differ. */
import type { Text } from "../finding.ts";

export const GATEWAY_TEXTS = {
  "gateway-unknown-charge": {
    title: { en: "Approved at the gateway and unknown here", ko: "PG에는 승인, 시스템에는 없음" },
    advice: {
      en: "Find out who charged it. If nobody should have, refund it at the gateway.",
      ko: "누가 결제했는지 확인하고, 잘못된 결제이면 PG에서 환불하십시오.",
    },
  },
  "gateway-unpaid-charge": {
    title: {
      en: "Approved at the gateway, closed without money here",
      ko: "PG에는 승인, 시스템에는 미결제로 종료됨",
    },
    advice: {
      en: "The customer has paid: mark the attempt approved, or refund the transaction.",
      ko: "고객은 결제했습니다. 시도를 승인으로 바로잡거나 거래를 환불하십시오.",
    },
  },
  "gateway-second-charge": {
    title: {
      en: "A second approval under one of our order numbers",
      ko: "같은 주문번호로 두 번째 승인이 있음",
    },
    advice: {
      en: "The customer was charged twice: refund the transaction that is not recorded here.",
      ko: "고객이 두 번 결제되었습니다. 시스템에 없는 거래를 환불하십시오.",
    },
  },
  "gateway-other-transaction": {
    title: {
      en: "The gateway has another transaction number than we",
      ko: "거래번호가 PG와 다름",
    },
    advice: {
      en: "Refunds would fail: correct the transaction number of the attempt.",
      ko: "환불이 실패합니다. 시도의 거래번호를 바로잡으십시오.",
    },
  },
  "gateway-missing-charge": {
    title: { en: "Approved here and not at the gateway", ko: "시스템에는 승인, PG에는 없음" },
    advice: {
      en: "Ask the gateway about the transaction: the money may never arrive.",
      ko: "PG에 거래를 문의하십시오. 정산되지 않을 수 있습니다.",
    },
  },
  "gateway-amount": {
    title: { en: "The gateway approved another amount", ko: "승인 금액이 PG와 다름" },
    advice: {
      en: "Find out which amount the customer agreed to; refund the difference or correct our record.",
      ko: "고객이 동의한 금액을 확인하여 차액을 환불하거나 기록을 바로잡으십시오.",
    },
  },
  "gateway-unknown-refund": {
    title: { en: "Refunded at the gateway and not here", ko: "PG에서 환불, 시스템에는 없음" },
    advice: {
      en: "Somebody refunded it in the console, or the sandbox did overnight: record the refund here.",
      ko: "콘솔에서 환불했거나 샌드박스가 자동 취소했습니다. 시스템에 환불을 기록하십시오.",
    },
  },
  "gateway-missing-refund": {
    title: { en: "Refunded here and not at the gateway", ko: "시스템에서 환불, PG에는 없음" },
    advice: {
      en: "The customer has not got the money: refund it at the gateway.",
      ko: "고객이 환불받지 못했습니다. PG에서 환불하십시오.",
    },
  },
  "gateway-refund-amount": {
    title: { en: "The gateway refunded another amount", ko: "환불 금액이 PG와 다름" },
    advice: {
      en: "Compare the refunds one by one and correct the side that is wrong.",
      ko: "환불을 하나씩 비교하여 잘못된 쪽을 바로잡으십시오.",
    },
  },
} as const satisfies Record<string, { title: Text; advice: Text }>;

export type GatewayCheckName = keyof typeof GATEWAY_TEXTS;
