/** The words of e-mails to the operator. */
import type { MessageLanguage, OperatorKind } from "../domain/message.ts";
import type { MailText } from "./mail-texts.ts";

const ROWS = ["about", "reason", "date"] as const;

export const OPERATOR_MAILS: Readonly<Record<OperatorKind, Record<MessageLanguage, MailText>>> = {
  webhook_disabled: {
    ko: {
      subject: "[#{merchant}] 웹훅 엔드포인트가 비활성화되었습니다",
      heading: "웹훅 엔드포인트가 비활성화되었습니다",
      paragraphs: [
        "아래 엔드포인트로의 이벤트 전송을 중단했습니다. 수신 서버를 확인하신 후 다시 활성화하십시오.",
      ],
      rows: ROWS,
      closing: ["중단된 동안의 이벤트는 보관되며 다시 보낼 수 있습니다."],
    },
    en: {
      subject: "[#{merchant}] A webhook endpoint has been disabled",
      heading: "A webhook endpoint has been disabled",
      paragraphs: [
        "No more events are sent to the endpoint below. Look at the receiving server, then enable the endpoint again.",
      ],
      rows: ROWS,
      closing: ["Events of the time in between are kept and can be sent again."],
    },
  },
  account_paused: {
    ko: {
      subject: "[#{merchant}] 결제사 계정이 중지되었습니다",
      heading: "결제사 계정이 중지되었습니다",
      paragraphs: [
        "결제사가 아래 계정의 요청을 가맹점 사유로 거절했습니다. 해당 계정의 건은 대기 중이며 고객에게는 안내되지 않습니다.",
      ],
      rows: ROWS,
      closing: ["/admin/declines 화면에서 원인을 확인하고 조치한 후 해제하십시오."],
    },
    en: {
      subject: "[#{merchant}] A gateway account is stopped",
      heading: "A gateway account is stopped",
      paragraphs: [
        "The gateway refuses the account below for a reason on the merchant's side. What is due there waits, and no customer is told.",
      ],
      rows: ROWS,
      closing: ["See /admin/declines for the cause, put it right, then let the account go on."],
    },
  },
  subscription_parked: {
    ko: {
      subject: "[#{merchant}] 구독이 중지되어 담당자 확인이 필요합니다",
      heading: "구독이 중지되었습니다",
      paragraphs: [
        "아래 구독의 기록이 서로 맞지 않아 담당자가 확인할 때까지 중지했습니다. 다른 구독에는 영향이 없습니다.",
      ],
      rows: ROWS,
      closing: ["/admin/unresolved 화면에서 확인하십시오."],
    },
    en: {
      subject: "[#{merchant}] A subscription is stopped until a person looks at it",
      heading: "A subscription is stopped",
      paragraphs: [
        "The records of the subscription below contradict each other, so it is stopped until a person releases it. No other subscription is affected.",
      ],
      rows: ROWS,
      closing: ["See /admin/unresolved."],
    },
  },
};
