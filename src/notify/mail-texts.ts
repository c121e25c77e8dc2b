/**
 * The words of every e-mail. `#{…}` are the variables of variables.ts; which kind has which stands
 * there as well. A Korean particle never follows a variable: its form would depend on the value.
 */
import type { CustomerKind, MessageKind, MessageLanguage } from "../domain/message.ts";
import { OPERATOR_MAILS } from "./mail-texts-operator.ts";
import type { VariableName } from "./variables.ts";

export interface MailText {
  subject: string;
  /** Says in a few words what has happened. */
  heading: string;
  paragraphs: readonly string[];
  /** Shown as a table of label and value. */
  rows: readonly VariableName[];
  /** After the table. */
  closing: readonly string[];
}

const PAID_ROWS = ["product", "amount", "date", "period", "card", "order"] as const;
const FAILED_ROWS = ["product", "amount", "nextDate", "card", "reason"] as const;

const CUSTOMER_MAILS: Readonly<Record<CustomerKind, Record<MessageLanguage, MailText>>> = {
  receipt: {
    ko: {
      subject: "[#{merchant}] 결제가 완료되었습니다 (#{product})",
      heading: "결제가 완료되었습니다",
      paragraphs: ["#{name} 님, 이용해 주셔서 감사합니다. 결제 내역을 안내해 드립니다."],
      rows: PAID_ROWS,
      closing: [],
    },
    en: {
      subject: "[#{merchant}] Your payment receipt (#{product})",
      heading: "Thank you for your payment",
      paragraphs: ["Hello #{name}, your payment has been made. Here are the details."],
      rows: PAID_ROWS,
      closing: [],
    },
  },
  upcoming_charge: {
    ko: {
      subject: "[#{merchant}] 결제 예정 안내 (#{product})",
      heading: "곧 정기결제가 진행됩니다",
      paragraphs: ["#{name} 님, 아래 일자에 등록하신 카드로 정기결제가 진행될 예정입니다."],
      rows: ["product", "amount", "nextDate", "card"],
      closing: ["계속 이용하시려면 별도로 하실 일은 없습니다."],
    },
    en: {
      subject: "[#{merchant}] Upcoming charge (#{product})",
      heading: "A charge is coming up",
      paragraphs: ["Hello #{name}, your saved card will be charged on the date below."],
      rows: ["product", "amount", "nextDate", "card"],
      closing: ["If you wish to continue, there is nothing you need to do."],
    },
  },
  payment_failed: {
    ko: {
      subject: "[#{merchant}] 결제가 되지 않았습니다 (#{product})",
      heading: "정기결제가 되지 않았습니다",
      paragraphs: [
        "#{name} 님, 등록하신 카드로 결제를 시도했으나 승인되지 않았습니다. 아래 예정일에 다시 시도하겠습니다.",
      ],
      rows: FAILED_ROWS,
      closing: ["예정일 전에 카드 상태를 확인하시거나 다른 카드로 변경해 주시기 바랍니다."],
    },
    en: {
      subject: "[#{merchant}] Your payment did not go through (#{product})",
      heading: "Your payment did not go through",
      paragraphs: [
        "Hello #{name}, we tried to charge your saved card, but the payment was declined. We will try again on the date below.",
      ],
      rows: FAILED_ROWS,
      closing: ["Please check your card, or change to another one, before that date."],
    },
  },
  last_warning: {
    ko: {
      subject: "[#{merchant}] 마지막 결제 시도 예정 안내 (#{product})",
      heading: "다음 결제가 마지막 시도입니다",
      paragraphs: [
        "#{name} 님, 이번에도 결제가 승인되지 않았습니다. 아래 예정일에 마지막으로 한 번 더 시도하며, 그때도 승인되지 않으면 이용이 종료됩니다.",
      ],
      rows: FAILED_ROWS,
      closing: [
        "계속 이용하시려면 예정일 전에 카드 상태를 확인하시거나 다른 카드로 변경해 주시기 바랍니다.",
      ],
    },
    en: {
      subject: "[#{merchant}] Last attempt to charge your card (#{product})",
      heading: "The next attempt is the last one",
      paragraphs: [
        "Hello #{name}, your payment was declined again. We will try one last time on the date below. If that payment is declined too, your subscription will end.",
      ],
      rows: FAILED_ROWS,
      closing: [
        "To keep your subscription, please check your card, or change to another one, before that date.",
      ],
    },
  },
  card_expiring: {
    ko: {
      subject: "[#{merchant}] 등록 카드의 유효기간 만료가 다가옵니다",
      heading: "등록 카드의 유효기간이 곧 만료됩니다",
      paragraphs: [
        "#{name} 님, 정기결제에 사용 중인 카드의 유효기간이 곧 만료됩니다. 만료 후에는 결제가 되지 않을 수 있습니다.",
      ],
      rows: ["product", "card"],
      closing: ["계속 이용하시려면 새 카드로 변경해 주시기 바랍니다."],
    },
    en: {
      subject: "[#{merchant}] Your saved card expires soon",
      heading: "Your saved card expires soon",
      paragraphs: [
        "Hello #{name}, the card that pays for your subscription expires soon. After that, payments may be declined.",
      ],
      rows: ["product", "card"],
      closing: ["To keep your subscription, please change to a new card."],
    },
  },
  ended_declined: {
    ko: {
      subject: "[#{merchant}] 결제 실패로 이용이 종료되었습니다 (#{product})",
      heading: "결제가 되지 않아 이용이 종료되었습니다",
      paragraphs: [
        "#{name} 님, 마지막 결제까지 승인되지 않아 정기결제 이용이 종료되었습니다. 이 건으로 더 이상 결제를 시도하지 않습니다.",
      ],
      rows: ["product", "amount", "date", "card"],
      closing: ["다시 이용을 원하시면 카드를 변경하신 후 결제해 주시기 바랍니다."],
    },
    en: {
      subject: "[#{merchant}] Your subscription has ended: payment declined (#{product})",
      heading: "Your subscription has ended because the payment was declined",
      paragraphs: [
        "Hello #{name}, the last attempt to charge your card was declined as well, so your subscription has ended. We will not try to charge it again.",
      ],
      rows: ["product", "amount", "date", "card"],
      closing: ["If you would like to return, please change your card and pay."],
    },
  },
  ended_canceled: {
    ko: {
      subject: "[#{merchant}] 해지가 완료되었습니다 (#{product})",
      heading: "정기결제 해지가 완료되었습니다",
      paragraphs: [
        "#{name} 님, 정기결제 해지가 완료되었습니다. 앞으로 등록하신 카드로 정기결제가 진행되지 않습니다.",
      ],
      rows: ["product", "date"],
      closing: ["그동안 이용해 주셔서 감사합니다."],
    },
    en: {
      subject: "[#{merchant}] Your subscription has been canceled (#{product})",
      heading: "Your subscription has been canceled",
      paragraphs: [
        "Hello #{name}, your subscription has been canceled. Your card will not be charged for it any more.",
      ],
      rows: ["product", "date"],
      closing: ["Thank you for having been with us."],
    },
  },
  refund: {
    ko: {
      subject: "[#{merchant}] 환불이 완료되었습니다 (#{product})",
      heading: "환불이 완료되었습니다",
      paragraphs: ["#{name} 님, 아래 금액의 환불이 처리되었습니다."],
      rows: ["product", "amount", "date", "card", "order"],
      closing: ["카드사에 따라 실제 취소 반영까지 며칠이 걸릴 수 있습니다."],
    },
    en: {
      subject: "[#{merchant}] Your refund (#{product})",
      heading: "Your refund has been made",
      paragraphs: ["Hello #{name}, we have refunded the amount below."],
      rows: ["product", "amount", "date", "card", "order"],
      closing: ["Depending on your card company it may take a few days to appear."],
    },
  },
};

/** Every kind in both languages. */
export const MAIL_TEXTS: Readonly<Record<MessageKind, Record<MessageLanguage, MailText>>> = {
  ...CUSTOMER_MAILS,
  ...OPERATOR_MAILS,
};

/** What stands before each value. */
export const ROW_LABELS: Readonly<Record<VariableName, Record<MessageLanguage, string>>> = {
  merchant: { ko: "상점", en: "Merchant" },
  contact: { ko: "문의", en: "Contact" },
  name: { ko: "고객명", en: "Name" },
  product: { ko: "상품", en: "Product" },
  amount: { ko: "금액", en: "Amount" },
  date: { ko: "일자", en: "Date" },
  nextDate: { ko: "결제 예정일", en: "Date of charge" },
  period: { ko: "이용 기간", en: "Period" },
  card: { ko: "카드", en: "Card" },
  reason: { ko: "사유", en: "Reason" },
  order: { ko: "주문번호", en: "Order number" },
  about: { ko: "대상", en: "About" },
};

/** The foot of every e-mail to a customer; the second line only where the merchant names a contact. */
export const FOOT: Readonly<Record<MessageLanguage, { by: string; contact: string }>> = {
  ko: {
    by: "#{merchant}에서 발송한 결제 안내 메일입니다.",
    contact: "문의: #{contact}",
  },
  en: {
    by: "This message about your payments was sent by #{merchant}.",
    contact: "Questions: #{contact}",
  },
};
