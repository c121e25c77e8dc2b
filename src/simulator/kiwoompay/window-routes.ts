import type { FastifyInstance } from "fastify";
import type { Effect } from "../effects.ts";
import { serveExchange } from "../wire.ts";
import { serveGatewayScript } from "../windows/browser-scripts.ts";
import { readBodiesAsForms } from "../windows/form-bodies.ts";
import { createOpenWindows } from "../windows/open-windows.ts";
import { sendPage } from "../windows/reply-page.ts";
import { readWindowChoice } from "../windows/window-page.ts";
import { GATEWAY } from "./codes.ts";
import { amountOf, textOf } from "./fields.ts";
import type { Kiwoompay } from "./operation.ts";
import { LINK_PATH } from "./window-fields.ts";
import type { WindowOrder } from "./window-order.ts";
import { WINDOW_PATH, actInWindow, closeWindow, openWindow } from "./window.ts";

/** The path of the real one. */
const SCRIPT_PATH = "/sdk/v1/latest/kiwoompayEnc.js";

/** Registers the payment window and the script that opens it; returns their paths. */
export function registerWindow(app: FastifyInstance, gateway: Kiwoompay): readonly string[] {
  const windows = createOpenWindows<WindowOrder>();
  void app.register((scope, _options, done) => {
    readBodiesAsForms(scope, "euc-kr");
    scope.post(LINK_PATH, (request, reply) => {
      const { body } = request;
      const exchange = {
        facts: { ...factsOf(body), gateway: GATEWAY, operation: "window_open" },
        process: () => openWindow(gateway, (order) => windows.open(order), body),
      };
      return serveExchange(gateway.state, exchange, reply);
    });
    scope.post<{ Body: Record<string, string> | undefined }>(WINDOW_PATH, (request, reply) => {
      const choice = readWindowChoice(request.body ?? {});
      const facts = factsOf(windows.peek(choice.windowId)?.fields);
      // Who closes the window pays nothing: no rule about payments counts it.
      if (choice.act === "close") {
        return sendPage(reply, closeWindow(windows.take(choice.windowId)));
      }
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
  return [LINK_PATH, WINDOW_PATH, serveGatewayScript(app, SCRIPT_PATH, "kiwoompay-enc")];
}

function factsOf(form: unknown) {
  return {
    merchant: textOf(form, "CPID"),
    orderNumber: textOf(form, "ORDERNO"),
    buyerId: textOf(form, "USERID"),
    amount: amountOf(form, "AMOUNT"),
  };
}
