/** KiwoomPay on the wire, as the documents have it, on a scripted server. */
import iconv from "iconv-lite";
import type { KiwoompayConfig, KiwoompayDialect } from "../../../src/gateways/kiwoompay/account.ts";
import { createKiwoompayAdapter } from "../../../src/gateways/kiwoompay/index.ts";
import type { CredentialUse, GatewayAdapter, GatewayCall } from "../../../src/gateways/gateway.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import {
  type ArrivedRequest,
  type Script,
  type ScriptedServer,
  answerText,
} from "../../support/scripted-server.ts";
import type { EchoChanges } from "../contract-fixtures.ts";

export const READY = "/pay/ready";
export const CPID = "CTS12345";
export const LINK_KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
/** As recorded: 34 characters that look like hex digits. */
export const TOKEN = "5a1f0c9b7e3d2468ace013579bdf024680";
export const CARD_NUMBER = "4111111111111111";
const SAVED_KEY = "C2026A1B2C3D4";
export const DAOUTRX = "cTS26020517561297485";

/** Where the second step of a pay method goes, by the scripted answer to the first. */
export function returnPath(payMethod: string, cancels = false): string {
  return `/return/${payMethod}${cancels ? "/cancel" : ""}`;
}

export function createAdapter(
  config: Partial<KiwoompayConfig> & { baseUrl: string },
): GatewayAdapter {
  const full = {
    account: "main",
    cpid: CPID,
    linkKey: LINK_KEY,
    family: "CARD" as const,
    // As patient as the deadline allows: a busy machine must not turn into a failed connection.
    connectTimeoutMs: Math.min(5_000, (config.callDeadlineMs ?? 10_000) - 100),
    readyTimeoutMs: config.callDeadlineMs ?? 10_000,
    callDeadlineMs: 10_000,
    ...config,
  };
  return createKiwoompayAdapter(full, { clock: systemClock });
}

/** A call with a credential for this use, allowed to leave. */
export async function openCall(adapter: GatewayAdapter, use: CredentialUse): Promise<GatewayCall> {
  const opened = await adapter.openCredential(use);
  if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
  return { credential: opened.credential, maySend: () => true };
}

/** Answers JSON in the gateway's charset. */
export function answerEucKr(body: unknown, status = 200): Script {
  return answerText(iconv.encode(JSON.stringify(body), "cp949"), status);
}

/** A body as the gateway reads it. */
export function readBody(request: ArrivedRequest): Record<string, string> {
  return JSON.parse(iconv.decode(request.bytes, "cp949")) as Record<string, string>;
}

/** The bodies that arrived at a path. */
export function bodiesAt(server: ScriptedServer, path: string): Array<Record<string, string>> {
  return server.requests.filter((request) => request.path === path).map(readBody);
}

/** The first step, which sends each pay method to a path of its own. */
export function giveTickets(server: ScriptedServer): void {
  server.script(READY, (request, response) => {
    const { PAYMETHOD = "", CANCELREQ } = readBody(request);
    const RETURNURL = server.url + returnPath(PAYMETHOD, CANCELREQ === "Y");
    answerEucKr({ RETURNURL, TOKEN })(request, response);
  });
}

/** The fields that an approval prints, for the request at hand. */
export function approvalOf(request: ArrivedRequest, echo: EchoChanges = {}) {
  const { ORDERNO, AMOUNT, AUTOKEY, BILLKEY, PAYMETHOD } = readBody(request);
  return {
    DAOUTRX: echo.transactionId ?? DAOUTRX,
    AUTHNO: "43484979",
    AUTHDATE: "20260205175611",
    AMOUNT: echo.amount ?? AMOUNT,
    ORDERNO: echo.orderNumber ?? ORDERNO,
    ...(AUTOKEY !== undefined && { AUTOKEY }),
    ...(BILLKEY !== undefined && { BILLKEY }),
    PAYMETHOD,
    CPNAME: "시험상점",
    CPURL: "http://127.0.0.1",
    CPTELNO: "02-0000-0000",
    ...(echo.merchant !== undefined && { CPID: echo.merchant }),
    TOKEN: echo.token ?? request.headers.token,
  };
}

/** Makes the server behave as the gateway on a good day. */
export function approveEverything(
  server: ScriptedServer,
  echo: EchoChanges = {},
  dialect: KiwoompayDialect = "recorded",
): void {
  const message = dialect === "recorded" ? "ERRORMESSAGE" : "RESULTMSG";
  giveTickets(server);
  for (const payMethod of ["CARD-BATCH", "CARDK-BATCH", "CARD-SUGI", "CARDK-SUGI"]) {
    server.script(returnPath(payMethod), (request, response) => {
      const success = { RESULTCODE: "0000", [message]: "정상 처리 되었습니다." };
      answerEucKr({ ...success, ...approvalOf(request, echo) })(request, response);
    });
  }
  // A card that is saved and charged at once: the approval's fields, and the key.
  server.script(returnPath("CARD-KEYGEN"), (request, response) => {
    const success = { RESULTCODE: "0000", [message]: "정상 처리 되었습니다." };
    const key = { [dialect === "recorded" ? "AUTOKEY" : "BILLKEY"]: SAVED_KEY, CARDCODE: "CCBC" };
    answerEucKr({ ...success, ...approvalOf(request, echo), ...key })(request, response);
  });
}
