import type { FastifyInstance } from "fastify";
import type { Effect } from "../effects.ts";
import { serveExchange } from "../wire.ts";
import { serveGatewayScript } from "../windows/browser-scripts.ts";
import { readBodiesAsForms } from "../windows/form-bodies.ts";
import { createOpenWindows } from "../windows/open-windows.ts";
import { sendPage } from "../windows/reply-page.ts";
import { readWindowChoice } from "../windows/window-page.ts";
import { deposit } from "./deposit.ts";
import { GATEWAY } from "./envelope.ts";
import { textOf, wholeOf } from "./fields.ts";
import type { Portone } from "./operation.ts";
import { type WindowOrder, readAsked } from "./window-order.ts";
import { WINDOW_PATH } from "./window-return.ts";
import { actInWindow, closeWindow, openWindow } from "./window.ts";

/** The path of the real one. */
const SCRIPT_PATH = "/v1/iamport.js";
/** Where the script posts the order; the real one's stands in no document. */
const OPEN_PATH = "/_sim/portone/request-pay";
const DEPOSIT_PATH = "/_sim/portone/deposit";

type Form = Readonly<Record<string, string>> | undefined;

/** Registers the payment window, the script that opens it, and deposits; returns their paths. */
export function registerWindow(app: FastifyInstance, gateway: Portone): readonly string[] {
  const windows = createOpenWindows<WindowOrder>();
  void app.register((scope, _options, done) => {
    readBodiesAsForms(scope, "utf-8");
    scope.post<{ Body: Form }>(OPEN_PATH, (request, reply) => {
      const asked = readAsked(request.body ?? {});
      const exchange = {
        facts: { gateway: GATEWAY, operation: "window_open", ...factsOf(asked?.param) },
        process: () => openWindow(gateway, (order) => windows.open(order), asked),
      };
      return serveExchange(gateway.state, exchange, reply);
    });
    scope.post<{ Body: Form }>(WINDOW_PATH, (request, reply) => {
      const choice = readWindowChoice(request.body ?? {});
      // Who closes the window pays nothing: no rule about payments counts it.
      if (choice.act === "close") {
        return sendPage(reply, closeWindow(gateway, windows.take(choice.windowId)));
      }
      const { merchant, body } = windows.peek(choice.windowId) ?? {};
      const facts = {
        merchant,
        orderNumber: body?.text("merchant_uid"),
        buyerId: body?.text("custom_data"),
        amount: body?.whole("amount"),
      };
      const exchange = {
        facts: { ...facts, gateway: GATEWAY, operation: "window_pay" },
        // A button that is pressed twice pays once.
        process: (effect: Effect | null) =>
          actInWindow(gateway, windows.take(choice.windowId), { choice, effect }),
      };
      return serveExchange(gateway.state, exchange, reply);
    });
    done();
  });
  app.post(DEPOSIT_PATH, (request) => deposit(gateway, request.body));
  return [OPEN_PATH, WINDOW_PATH, DEPOSIT_PATH, serveGatewayScript(app, SCRIPT_PATH, "iamport")];
}

function factsOf(param: unknown) {
  return { orderNumber: textOf(param, "merchant_uid"), amount: wholeOf(param, "amount") };
}
