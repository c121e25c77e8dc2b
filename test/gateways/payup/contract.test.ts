import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import { type ScriptedServer, answerJson } from "../../support/scripted-server.ts";
import { describeGateway } from "../contract.ts";
import {
  AUTHENTICATION,
  CERT_KEY,
  ORDR_IDXX,
  PATHS,
  type TakenOrders,
  WINDOW,
  approveEverything,
  createAdapter,
  openCall,
} from "./wire.ts";

/** The orders of every server of the suite: a payment itself names neither the amount nor any name. */
const taken = new WeakMap<ScriptedServer, TakenOrders>();

/** A charge begins in the window: what the suite asks for is ordered first, then authenticated. */
function withWindow(adapter: GatewayAdapter, windows: GatewayAdapter): GatewayAdapter {
  return {
    ...adapter,
    close() {
      adapter.close();
      windows.close();
    },
    async charge(call, request) {
      const order = { ...WINDOW, ...request };
      const opened = await windows.openWindow?.(await openCall(windows), order);
      const ordr_idxx = (opened?.kind === "opened" && opened.gatewayOrderId) || ORDR_IDXX;
      const authentication = { ...AUTHENTICATION, ordr_idxx };
      return adapter.charge(call, { ...request, source: { kind: "wallet", authentication } });
    },
  };
}

describeGateway("payup", {
  createAdapter: (options) => withWindow(createAdapter(options), createAdapter(options)),
  source: { kind: "wallet", authentication: AUTHENTICATION },
  paths: { credential: null, charge: PATHS.pay },
  approveEverything(server, echo) {
    taken.set(server, approveEverything(server, echo));
  },
  declineCharges(server, { code, message }) {
    server.script(PATHS.pay, answerJson({ responseCode: code, responseMsg: message }));
  },
  credentialRefusals: [],
  declineCodes: { hard: null, soft: "CC10", merchant: "5003", unmapped: "8837" },
  sentCharges: (server) =>
    server.bodiesAt(PATHS.pay).map(({ ordr_idxx = "" }) => {
      const order = taken.get(server)?.get(ordr_idxx) ?? {};
      return {
        orderNumber: order.orderNumber ?? "",
        amount: order.amount ?? "",
        productName: order.itemName ?? "",
        customerName: order.userName ?? "",
      };
    }),
  nameLengthMax: { productName: 50, customerName: 25 },
  secrets: [CERT_KEY, AUTHENTICATION.enc_info, AUTHENTICATION.enc_data],
});
