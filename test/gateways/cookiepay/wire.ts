/** CookiePayments on the wire, as the documents have it, on a scripted server. */
import { systemClock } from "../../../src/lib/clock.ts";
import { createCookiepayAdapter } from "../../../src/gateways/cookiepay/index.ts";
import type { CookiepayConfig } from "../../../src/gateways/cookiepay/account.ts";
import type { GatewayAdapter, GatewayCall } from "../../../src/gateways/gateway.ts";
import {
  type ArrivedRequest,
  type Script,
  type ScriptedServer,
  answerJson,
} from "../../support/scripted-server.ts";
import type { EchoChanges } from "../contract-fixtures.ts";

export const PATHS = {
  token: "/payAuth/token",
  issue: "/Subscribe/billkeygen",
  pay: "/Subscribe/payments",
  keyIn: "/keyin/payment",
  revoke: "/Subscribe/billingkeycancel",
  cancel: "/api/cancel",
  certificate: "/api/paycert",
  search: "/api/paysearch",
  decrypt: "/EdiAuth/cookiepay_edi_decrypt",
} as const;

export const SECRET = "sandbox_L5YPjiQ8vT2m";
export const CARD_NUMBER = "4111111111111111";

/** What the gateway prints of a key that it issued. */
export const ISSUED = {
  BILLKEY: "bk77d1e0c2a94f5b6e31",
  GENDATE: "20260205175940",
  CARDCODE: "CCBC",
  CARDNAME: "BC",
};

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as the gateway makes it, living so many seconds. */
export function jwt(lifeS = 3_600, serial = 1): string {
  const iat = 1_770_280_000;
  const claims = { __ci_last_regenerate: iat, user: "sandbox", iat, exp: iat + lifeS, serial };
  return `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}.c2lnbmF0dXJl`;
}

export const TOKEN = jwt();

export function createAdapter(
  config: Partial<CookiepayConfig> & { baseUrl: string },
): GatewayAdapter {
  const full = {
    account: "main",
    apiId: "sandbox_2JdglQvKCb",
    secret: SECRET,
    // As patient as the deadline allows: a busy machine must not turn into a failed connection.
    connectTimeoutMs: Math.min(5_000, (config.callDeadlineMs ?? 10_000) - 100),
    callDeadlineMs: 10_000,
    tokenTimeoutMs: 10_000,
    ...config,
  };
  return createCookiepayAdapter(full, { clock: systemClock });
}

/** A call with the adapter's credential, allowed to leave. */
export async function openCall(adapter: GatewayAdapter): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
  return { credential: opened.credential, maySend: () => true };
}

/** Seals as a gateway might; the real cipher is nobody's business. */
export function seal(data: object): string {
  return Buffer.from(JSON.stringify(data)).toString("base64");
}

/** The reply whose data stands inside ENC_DATA. */
export function answerSealed(data: object): Script {
  return answerJson({ RESULTCODE: "0000", RESULTMSG: "성공", ENC_DATA: seal(data) });
}

const decrypt: Script = (request, response) => {
  const { ENC_DATA } = JSON.parse(request.body) as { ENC_DATA: string };
  const text = Buffer.from(ENC_DATA, "base64").toString("utf8");
  if (!text.startsWith("{")) {
    answerJson({ RESULTCODE: "E030", RESULTMSG: "실패" })(request, response);
    return;
  }
  const decryptData: unknown = JSON.parse(text);
  answerJson({ RESULTCODE: "0000", RESULTMSG: "성공", decryptData })(request, response);
};

export function approveEverything(server: ScriptedServer, echo: EchoChanges = {}): void {
  server.script(PATHS.token, answerJson({ RTN_CD: "0000", RTN_MSG: "성공", TOKEN }));
  server.script(PATHS.decrypt, decrypt);
  const approve: Script = (request, response) =>
    answerSealed({ RESULTCODE: "0000", ...approvalOf(request, echo) })(request, response);
  server.script(PATHS.pay, approve);
  server.script(PATHS.keyIn, approve);
  server.script(PATHS.issue, (request, response) =>
    answerSealed({ ...ISSUED, ...approvalOf(request, echo) })(request, response),
  );
}

/** What an approval prints about the payment that the request asks for. */
function approvalOf(request: ArrivedRequest, echo: EchoChanges): Record<string, string> {
  const { ORDERNO = "", AMOUNT = "" } = JSON.parse(request.body) as Record<string, string>;
  return {
    TID: echo.transactionId ?? "cTS26020517561297485",
    ORDERNO: echo.orderNumber ?? ORDERNO,
    AMOUNT: echo.amount ?? AMOUNT,
    ACCEPTDATE: "20260205175611",
    ACCEPTNO: "43484979",
    CARDNAME: "BC",
  };
}
