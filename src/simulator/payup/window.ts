/** The payment window: it authenticates the customer, and the merchant takes the money afterwards. */
import type { FastifyInstance } from "fastify";
import { serveGatewayScript } from "../windows/browser-scripts.ts";
import { readBodiesAsForms } from "../windows/form-bodies.ts";
import { createOpenWindows } from "../windows/open-windows.ts";
import { type PageReply, sendPage, toMessagePage } from "../windows/reply-page.ts";
import { toPostingPage, toTellingPage } from "../windows/return-pages.ts";
import { type WindowChoice, readWindowChoice, toWindowPage } from "../windows/window-page.ts";
import { GIVEN_UP, REFUSED, agree, giveUp } from "./authenticate.ts";
import { CODES, GATEWAY, type Refusal, refusal } from "./codes.ts";
import { isRefusal } from "./fields.ts";
import { type Payup, isAlive } from "./operation.ts";
import { WINDOW_PATH } from "./order.ts";
import { type WindowOrder, readWindowForm } from "./window-form.ts";

/** The path of KCP's own. */
const SCRIPT_PATH = "/plugin/payplus_web.jsp";
const CHOICE_PATH = `${WINDOW_PATH}/choice`;
const TITLE = "KCP 카카오페이 결제창 KCP KakaoPay window";

/** Registers the window and the script that opens it on a PC; returns their paths. */
export function registerWindow(app: FastifyInstance, gateway: Payup): readonly string[] {
  const windows = createOpenWindows<WindowOrder>();
  void app.register((scope, _options, done) => {
    readBodiesAsForms(scope, "euc-kr");
    scope.post(WINDOW_PATH, (request, reply) => {
      const opened = readWindowForm(gateway, request.body);
      const page = isRefusal(opened)
        ? toRefusalPage(opened)
        : describeWindow(opened, windows.open(opened));
      return sendPage(reply, page);
    });
    scope.post<{ Body: Record<string, string> | undefined }>(CHOICE_PATH, (request, reply) => {
      const choice = readWindowChoice(request.body ?? {});
      const window = windows.take(choice.windowId);
      const page = window ? answer(gateway, window, choice) : toMessagePage(TITLE, GONE, 410);
      return sendPage(reply, page);
    });
    done();
  });
  return [WINDOW_PATH, CHOICE_PATH, serveGatewayScript(app, SCRIPT_PATH, "payplus-web")];
}

function describeWindow({ order }: WindowOrder, windowId: string): PageReply {
  return toWindowPage({
    title: TITLE,
    action: CHOICE_PATH,
    windowId,
    facts: {
      merchant: order.merchant,
      goods: order.itemName,
      amount: order.amount,
      orderNumber: order.ordrIdxx,
    },
    methods: [],
    withoutCard: { ko: "카카오페이 머니", en: "KakaoPay money" },
    vanishing: VANISHING,
  });
}

function answer(gateway: Payup, window: WindowOrder, { act, card }: WindowChoice): PageReply {
  const { order } = window;
  switch (act) {
    case "close":
      return goBack(window, giveUp(order, GIVEN_UP));
    case "decline":
      return goBack(window, giveUp(order, REFUSED));
    case "pay":
      if (!isAlive(gateway, order)) return toRefusalPage(refusal(CODES.unknownOrder));
      return goBack(window, agree(gateway, order, card));
    case "vanish":
      return toMessagePage(TITLE, VANISHED);
    default:
      return act satisfies never;
  }
}

/** A PC's window tells the script around it; a phone's goes to the merchant with a form. */
function goBack(
  { order, pageOrigin, options }: WindowOrder,
  handed: Readonly<Record<string, string>>,
): PageReply {
  const fields = { ...handed, ...options };
  return pageOrigin === null
    ? toPostingPage(TITLE, { url: order.returnUrl, fields, charset: "euc-kr" })
    : toTellingPage(TITLE, { from: GATEWAY, origin: pageOrigin, result: fields });
}

const GONE = { ko: "없거나 이미 사용한 결제창입니다.", en: "No such window, or it was used." };
const VANISHING = {
  button: {
    ko: "인증 후 돌아가지 않기 (돈은 움직이지 않음)",
    en: "Agree, then lose the way back (no money moves)",
  },
  note: {
    ko: "이 결제창은 인증만 합니다. 승인은 가맹점이 요청하므로 돌아가지 않으면 결제되지 않습니다.",
    en: "This window authenticates only. The merchant asks for the approval, so nothing is paid unless the browser returns.",
  },
};
const VANISHED = {
  ko: "인증되었고, 브라우저는 가맹점으로 돌아가지 않습니다. 결제되지 않았습니다.",
  en: "The customer agreed, and the browser does not go back to the merchant. Nothing was paid.",
};

function toRefusalPage({ code, message }: Refusal): PageReply {
  return toMessagePage(TITLE, { ko: message, en: "The window cannot be used.", code }, 400);
}
