/** What a test card does at each payment. */
type CardBehaviour =
  | { readonly kind: "approve" }
  | { readonly kind: "decline"; readonly code: string }
  | { readonly kind: "decline_first"; readonly times: number; readonly code: string }
  | { readonly kind: "approve_slowly"; readonly replyDelayMs: number }
  /** The fault strikes the 1st, 3rd, 5th … payment request of a billing key; the others approve. */
  | {
      readonly kind: "fault_on_odd";
      readonly effect: "commit_then_drop" | "commit_then_500" | "break_enc_data" | "hang";
    };

/** A test card: a number that no bank issued, and what it does. */
export interface TestCard {
  /** Names the behaviour in the ledger, which never holds the number. */
  readonly id: string;
  readonly number: string;
  readonly cardCode: string;
  readonly cardName: string;
  readonly ignoresExpiry: boolean;
  readonly behaviour: CardBehaviour;
  readonly english: string;
  readonly korean: string;
}

/** Decline codes and their texts. 1012 and 2015 are documented; the others are the simulator's own. */
export const DECLINE_TEXTS: Readonly<Record<string, string>> = {
  "1012": "미등록된 발급카드 거래불가",
  "2001": "잔액부족",
  "2002": "한도초과",
  "2003": "도난분실카드",
  "2004": "카드사 시스템 점검",
  "2005": "가맹점 한도초과",
  "2006": "카드번호 오류",
  "2015": "카드유효기간오류",
};

const BC = { cardCode: "CCBC", cardName: "BC" };
const SHINHAN = { cardCode: "CCLG", cardName: "신한" };
const KB = { cardCode: "CCKM", cardName: "국민" };
const APPROVE: CardBehaviour = { kind: "approve" };

/** Every test card. The front page and the documentation print this table. */
export const TEST_CARDS: readonly TestCard[] = [
  {
    ...card("always_approves", "4111111111111111", [BC, APPROVE]),
    ignoresExpiry: true,
    english: "approves always, whatever its expiry",
    korean: "항상 승인 (유효기간 무시)",
  },
  {
    ...card("approves", "4000000000010001", [SHINHAN, APPROVE]),
    english: "approves until it expires",
    korean: "유효기간 내 승인",
  },
  declining("insufficient_funds", "4000000000010118", ["2001", "insufficient funds"]),
  declining("limit_exceeded", "4000000000010126", ["2002", "over the card's limit"]),
  declining("lost_or_stolen", "4000000000010134", ["2003", "lost or stolen"]),
  declining("issuer_down", "4000000000010142", ["2004", "the issuer is down"]),
  declining("merchant_limit", "4000000000010159", ["2005", "over the merchant's limit"]),
  decliningFirst(1, "4000000000010217"),
  decliningFirst(2, "4000000000010225"),
  decliningFirst(3, "4000000000010233"),
  {
    ...card("approves_slowly", "4000000000010316", [
      KB,
      { kind: "approve_slowly", replyDelayMs: 1000 },
    ]),
    english: "approves at once, answers after 1 second",
    korean: "승인 후 1초 뒤 응답",
  },
  faulty("commit_then_drop", "4000000000010415", [
    "approves, then drops the connection",
    "승인 후 연결 끊김",
  ]),
  faulty("commit_then_500", "4000000000010423", [
    "approves, then answers HTTP 500",
    "승인 후 HTTP 500 응답",
  ]),
  faulty("break_enc_data", "4000000000010431", [
    "approves, with ENC_DATA that cannot be decrypted",
    "승인, 복호화할 수 없는 ENC_DATA",
  ]),
  faulty("hang", "4000000000010449", [
    "accepts and never answers; nothing is approved",
    "접수 후 무응답 (미승인)",
  ]),
];

const cardsByNumber = new Map(TEST_CARDS.map((testCard) => [testCard.number, testCard]));
const cardsById = new Map(TEST_CARDS.map((testCard) => [testCard.id, testCard]));

/** The test card with this number, if it is one. */
export function findCardByNumber(number: string): TestCard | undefined {
  return cardsByNumber.get(number);
}

/** The test card with this id, if it is one. */
export function findCardById(id: string): TestCard | undefined {
  return cardsById.get(id);
}

/** Whether the check digit of a card number is right. */
export function isLuhnValid(number: string): boolean {
  const sum = number
    .split("")
    .toReversed()
    .reduce((total, letter, position) => {
      const digit = Number(letter) * (position % 2 === 1 ? 2 : 1);
      return total + (digit > 9 ? digit - 9 : digit);
    }, 0);
  return sum % 10 === 0;
}

/** What the cardholder's bank prints beside a decline code. */
export function declineText(code: string): string {
  return DECLINE_TEXTS[code] ?? "승인거절";
}

function card(
  id: string,
  number: string,
  [brand, behaviour]: readonly [{ cardCode: string; cardName: string }, CardBehaviour],
) {
  return { id, number, ...brand, behaviour, ignoresExpiry: false };
}

function declining(
  id: string,
  number: string,
  [code, english]: readonly [string, string],
): TestCard {
  return {
    ...card(id, number, [SHINHAN, { kind: "decline", code }]),
    english: `declines: ${english} (${code})`,
    korean: `거절: ${declineText(code)} (${code})`,
  };
}

function decliningFirst(times: number, number: string): TestCard {
  const code = "2001";
  return {
    ...card(`declines_${times}_then_approves`, number, [
      KB,
      { kind: "decline_first", times, code },
    ]),
    english: `declines ${times} in a row (${code}), then approves once, and so on`,
    korean: `${times}회 연속 거절 (${code}) 후 승인, 반복`,
  };
}

function faulty(
  effect: "commit_then_drop" | "commit_then_500" | "break_enc_data" | "hang",
  number: string,
  [english, korean]: readonly [string, string],
): TestCard {
  return {
    ...card(effect, number, [KB, { kind: "fault_on_odd", effect }]),
    english: `${english}; every second payment request of the billing key approves normally`,
    korean: `${korean}; 빌링키의 짝수 번째 결제 요청은 정상 승인`,
  };
}
