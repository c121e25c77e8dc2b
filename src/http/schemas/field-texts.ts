import type { Text } from "../language.ts";

/** What is right in each field that a request can carry. Shown in errors and in the documentation. */
export const FIELD_TEXTS = {
  cardNumber: {
    en: "13 to 19 digits without spaces or dashes, with a valid check digit",
    ko: "공백이나 하이픈 없는 숫자 13~19자리 (검증 번호가 맞아야 함)",
  },
  expireDate: {
    en: 'the card\'s expiry as four digits, year first (YYMM), for example "2512"',
    ko: '카드 유효기간 숫자 4자리, 연도 먼저 (YYMM), 예: "2512"',
  },
  cardPassword: {
    en: "the first two digits of the card's password",
    ko: "카드 비밀번호 앞 두 자리",
  },
  birthDate: {
    en: "the holder's birth date as six digits (YYMMDD), or a business number of ten digits",
    ko: "카드 소유자 생년월일 6자리(YYMMDD) 또는 사업자등록번호 10자리",
  },
  customerName: {
    en: "the customer's name, 1 to 50 characters that Korean gateways can take (CP949), without |",
    ko: "고객 이름 1~50자. 국내 결제사가 받을 수 있는 문자(CP949)만 가능하며 | 는 쓸 수 없음",
  },
  customerId: {
    en: "your id of the customer, 1 to 50 characters that Korean gateways can take (CP949), without |",
    ko: "가맹점의 고객 ID 1~50자. 국내 결제사가 받을 수 있는 문자(CP949)만 가능하며 | 는 쓸 수 없음",
  },
  customerEmail: {
    en: "an e-mail address of at most 254 characters",
    ko: "254자 이하의 이메일 주소",
  },
  customerPhone: {
    en: "a phone number: 8 to 20 digits and dashes, a + in front is allowed",
    ko: "전화번호: 숫자와 하이픈 8~20자, 맨 앞에 + 가능",
  },
  locale: { en: '"ko" or "en"', ko: '"ko" 또는 "en"' },
  gateway: {
    en: "the name of a configured gateway, for example cookiepay",
    ko: "설정된 결제사 이름, 예: cookiepay",
  },
  account: {
    en: "the name of a configured merchant account at the gateway, for example default",
    ko: "결제사에 설정된 가맹점 계정 이름, 예: default",
  },
  card: {
    en: "an object with cardNumber, expireDate, cardPassword and birthDate, in place of billingKey",
    ko: "billingKey 대신 쓰는 카드 정보 객체 (cardNumber, expireDate, cardPassword, birthDate)",
  },
  saveCard: {
    en: "true or false: whether the card is saved with the payment; only together with card",
    ko: "true 또는 false: 결제와 함께 카드를 등록할지 여부 (card와 함께만 사용)",
  },
  billingKey: {
    en: "a billing key as POST /billing/register answered it",
    ko: "POST /billing/register 응답의 billingKey",
  },
  planId: {
    en: "your id of the plan, 1 to 50 characters that Korean gateways can take (CP949), without |",
    ko: "가맹점의 요금제 ID 1~50자. 국내 결제사가 받을 수 있는 문자(CP949)만 가능하며 | 는 쓸 수 없음",
  },
  amount: {
    en: "a whole number of won from 1 to 999999999, written as a number",
    ko: "1부터 999999999까지의 원 단위 정수 (숫자로 표기)",
  },
  productName: {
    en: "the product's name, 1 to 50 characters that Korean gateways can take (CP949), without |",
    ko: "상품 이름 1~50자. 국내 결제사가 받을 수 있는 문자(CP949)만 가능하며 | 는 쓸 수 없음",
  },
  cycleDay: {
    en: "a day of the month from 1 to 31, written as a number; a shorter month uses its last day",
    ko: "매월 결제일 1~31 (숫자로 표기). 짧은 달은 말일에 결제",
  },
  trialDays: {
    en: "a whole number of free days from 0 to 730, written as a number",
    ko: "무료 체험 일수 0~730의 정수 (숫자로 표기)",
  },
  startOn: {
    en: "a real calendar day as YYYY-MM-DD, from 2000 to 2099",
    ko: "실제로 있는 날짜 YYYY-MM-DD (2000~2099년)",
  },
  on: {
    en: "a real calendar day as YYYY-MM-DD, from 2000 to 2099; today where it is left out",
    ko: "실제로 있는 날짜 YYYY-MM-DD (2000~2099년). 생략하면 오늘",
  },
  firstCharge: {
    en: '"now" (the first period begins at once) or "cycleDay" (it begins on the first cycle day)',
    ko: '"now"(바로 첫 결제) 또는 "cycleDay"(첫 결제일에 결제)',
  },
  metadata: {
    en: "an object of at most 20 texts; keys of 1 to 40 letters, digits, _ or -, values of at most 200 characters",
    ko: "문자열 값 최대 20개인 객체. 키는 문자, 숫자, _, - 1~40자, 값은 200자 이하",
  },
  subscriptionId: {
    en: "a subscription's id as POST /billing/subscribe answered it",
    ko: "POST /billing/subscribe 응답의 id",
  },
  atPeriodEnd: {
    en: "true (ends with the period that is paid) or false (ends now)",
    ko: "true(결제된 기간이 끝날 때 해지) 또는 false(즉시 해지)",
  },
  reason: {
    en: "1 to 100 characters that Korean gateways can take (CP949), without |",
    ko: "1~100자. 국내 결제사가 받을 수 있는 문자(CP949)만 가능하며 | 는 쓸 수 없음",
  },
  paymentId: {
    en: "the id of a payment or of a period's invoice",
    ko: "결제 ID 또는 청구서 ID",
  },
  outcome: {
    en: '"approved" or "not_charged" for a charge, "refunded" or "not_refunded" for a refund',
    ko: '결제는 "approved" 또는 "not_charged", 환불은 "refunded" 또는 "not_refunded"',
  },
  transactionId: {
    en: "the gateway's transaction number of the approval, needed where the outcome is approved",
    ko: "결제사 승인 거래번호 (outcome이 approved이면 필수)",
  },
  id: {
    en: "an id of 1 to 64 letters, digits, _ or -",
    ko: "영문자, 숫자, _, - 로 된 1~64자의 ID",
  },
  state: {
    en: "one of trialing, active, past_due, paused, canceled, unpaid",
    ko: "trialing, active, past_due, paused, canceled, unpaid 중 하나",
  },
  limit: { en: "a whole number from 1 to 100", ko: "1~100의 정수" },
  after: {
    en: "the field next of the page before",
    ko: "이전 페이지 응답의 next 값",
  },
  to: {
    en: "an instant such as 2027-03-15T10:00:00+09:00, not before the present business time and at most ten years after it",
    ko: "2027-03-15T10:00:00+09:00 형식의 시각. 현재 업무 시각 이후 10년 이내",
  },
  days: { en: "a whole number from 1 to 3650", ko: "1~3650의 정수" },
  url: {
    en: "an https URL of at most 2000 characters whose host is public, without user, password or #",
    ko: "공개된 호스트의 https URL (2000자 이내, 사용자 정보와 # 제외)",
  },
  types: {
    en: "a list of event types as /docs names them, each once; left out: all of them",
    ko: "문서(/docs)에 있는 이벤트 종류의 목록 (중복 불가, 생략하면 전체)",
  },
  description: {
    en: "a note of at most 100 characters",
    ko: "100자 이내의 메모",
  },
  type: { en: "an event type as /docs names it", ko: "문서(/docs)에 있는 이벤트 종류" },
  from: {
    en: "an instant such as 2027-03-01T00:00:00+09:00, the first that counts; not beside ids",
    ko: "2027-03-01T00:00:00+09:00 형식의 시작 시각 (포함). ids와 함께 쓸 수 없음",
  },
  until: {
    en: "an instant such as 2027-04-01T00:00:00+09:00, the first that counts no more",
    ko: "2027-04-01T00:00:00+09:00 형식의 끝 시각 (제외)",
  },
  ids: {
    en: "1 to 100 ids of events, each once, and no range beside them",
    ko: "이벤트 ID 1~100개 (중복 불가, 기간과 함께 쓸 수 없음)",
  },
  eventId: {
    en: "an event's id such as sub_4k2v9x7c1m3n5b8q:2",
    ko: "sub_4k2v9x7c1m3n5b8q:2 형식의 이벤트 ID",
  },
  endpointId: {
    en: "an endpoint's id as POST /webhook-endpoints answered it",
    ko: "POST /webhook-endpoints 응답의 id",
  },
  months: { en: "a whole number from 1 to 120", ko: "1~120의 정수" },
  orderId: {
    en: "your own number of the order, 1 to 40 of A-Z, a-z, 0-9, _ . and -, each for one order",
    ko: "가맹점 주문번호 1~40자 (영문, 숫자, _ . -). 주문마다 고유해야 함",
  },
  provider: {
    en: "kiwoompay, payup or portone: whose payment window is opened",
    ko: "결제창을 여는 결제사: kiwoompay, payup 또는 portone",
  },
  method: {
    en: "a wallet that GET /easypay/methods lists for kiwoompay; left out: the window offers all",
    ko: "GET /easypay/methods에 있는 kiwoompay 간편결제. 생략하면 결제창에서 선택",
  },
  device: { en: '"pc" or "mobile"', ko: '"pc" 또는 "mobile"' },
  returnUrl: {
    en: "where the customer's browser ends up: a URL with https (http on this machine), at most 500 characters",
    ko: "결제 후 고객이 돌아갈 https 주소 (이 컴퓨터에서는 http 가능), 500자 이하",
  },
  portone: {
    en: "the parameters of IMP.request_pay that are yours to choose, in PortOne's own words, pay_method among them",
    ko: "IMP.request_pay의 파라미터 중 가맹점이 정하는 값 (pay_method 필수)",
  },
  impUid: {
    en: "the imp_uid that PortOne's window handed back, 1 to 32 letters, digits, _ and -",
    ko: "포트원 결제창이 돌려준 imp_uid (영문, 숫자, _ - 1~32자)",
  },
  logis: {
    en: "an object: invoice, company, receiving_at, address",
    ko: "객체: invoice, company, receiving_at, address",
  },
  receiver: { en: "an object such as { name }", ko: "{ name } 형식의 객체" },
  sender: { en: "an object such as { relationship }", ko: "{ relationship } 형식의 객체" },
} as const satisfies Record<string, Text>;

export type FieldName = keyof typeof FIELD_TEXTS;

/** Whether a word is the name of a field. */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(FIELD_TEXTS, name);
}
