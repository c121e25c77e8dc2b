/** PayUp's own result codes, from its specification; `forged` is the simulator's own. */
export const CODES = {
  success: "0000",
  unknownMerchant: "1001",
  nothingToCancel: "1004",
  cancelNotRecorded: "1006",
  missingField: "6001",
  badValue: "6002",
  badBody: "6003",
  unknownOrder: "8001",
  alreadyPaid: "8002",
  outOfOrder: "9001",
  notAuthenticated: "9002",
  /** An authentication that is not of the window's making, or of another order's. */
  forged: "SIM9",
} as const;

/**
 * The specification's words beside its codes, then those of the companies behind: CC10 and CC61 are
 * KCP's, the SIM codes the simulator's own.
 */
const TEXTS: Readonly<Record<string, string>> = {
  "1001": "등록되지 않은 서비스아이디 입니다.",
  "1003": "정산 대상 금액 부족으로 취소가 불가 합니다.",
  "1004": "취소 대상건이 없습니다.",
  "1005": "취소 가능 상태가 아닙니다.",
  "1006": "취소 update 에러!",
  "2001": "전문 검증에러!(관리자에게 문의 부탁드립니다.)",
  "5001": "결제 금액이 최소 결제 금액 보다 작습니다.",
  "5002": "결제 금액이 최대 결제 금액 보다 큽니다.",
  "5003": "가맹점 일한도 초과! 관리자에게 문의 부탁드립니다.",
  "5004": "가맹점 월한도 초과! 관리자에게 문의 부탁드립니다.",
  "5005": "이행보증보험 한도 초과! 관리자에게 문의 부탁드립니다.",
  "6003": "파라미터를 확인해주세요.",
  "8001": "주문정보가 없습니다.",
  "8002": "결제가 진행된 주문입니다.",
  "9001": "관리자에게 문의해주세요.",
  "9002": "결과코드(res_cd)가 0000이 아닙니다.",
  CC10: "잔액부족",
  CC61: "한도초과",
  SIM3: "도난분실카드",
  SIM4: "카드사 시스템 점검",
  SIM9: "인증 데이터 오류",
};

/** The gateway's name in the ledger, in fault rules and in the books. */
export const GATEWAY = "payup";

/** A request that the gateway does not carry out, and why. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** HTTP status where the switch does not decide it. */
  readonly status?: number;
}

/** The refusal with this code, in the gateway's words. */
export function refusal(code: string): Refusal {
  return { code, message: TEXTS[code] ?? "승인거절" };
}
