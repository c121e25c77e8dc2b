/** A merchant's view of KiwoomPay on one simulator, written against the wire alone. */
import iconv from "iconv-lite";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { type Answer, createClient, startSimulator } from "../support.ts";

export const ACCOUNT = { id: "CTSIM001", secret: "sim_kiwoom_key" };

/** A merchant that can be seen beside the default one. */
export const OTHER = { id: "CTSIM002", secret: "other_kiwoom_key" };

type Fields = Record<string, unknown>;

/** A simulator without a limit to calls, which tests would meet by chance. */
export async function startKiwoompay(options: Partial<SimulatorOptions> = {}) {
  const accounts = [{ gateway: "kiwoompay", ...OTHER }];
  const { client, simulator, dir } = await startSimulator({ accounts, ...options });
  const turn = (kiwoompay: Fields) => client.setSwitches({ kiwoompay });
  await turn({ callsPerSecond: 0 });
  const merchant = createMerchant(simulator.port);
  return { client, merchant, turn, port: simulator.port, dir };
}

/** Sends bytes as they are and reads the answer in the gateway's charset. */
export async function sendBytes(
  url: string,
  bytes: Buffer,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json;charset=EUC-KR", ...headers },
    body: new Uint8Array(bytes),
  });
  const text = iconv.decode(Buffer.from(await response.arrayBuffer()), "euc-kr");
  return { status: response.status, body: JSON.parse(text) as Answer["body"] };
}

/** A client of one merchant account; `recorded` spelling unless fields say otherwise. */
export function createMerchant(port: number, account = ACCOUNT) {
  const { base } = createClient(port);
  let orders = 0;
  const nextOrder = () => `ORDER-${(orders += 1)}`;

  const send = (url: string, body: unknown, headers: Record<string, string> = {}) =>
    sendBytes(url, iconv.encode(JSON.stringify(body), "euc-kr"), {
      Authorization: account.secret,
      ...headers,
    });
  const ready = (payMethod: string, fields: Fields = {}) =>
    send(`${base}/pay/ready`, { CPID: account.id, PAYMETHOD: payMethod, ...fields });
  /** Both steps. */
  const call = async (
    payMethod: string,
    body: Fields,
    readyFields: Fields = {},
  ): Promise<Answer> => {
    const { RETURNURL, TOKEN } = (await ready(payMethod, readyFields)).body;
    return send(String(RETURNURL), body, { TOKEN: String(TOKEN) });
  };
  const orderBody = (payMethod: string, fields: Fields) => ({
    CPID: account.id,
    PAYMETHOD: payMethod,
    ORDERNO: nextOrder(),
    PRODUCTTYPE: "1",
    PRODUCTCODE: "P1",
    PRODUCTNAME: "구독",
    IPADDRESS: "203.0.113.9",
    USERID: "customer-1",
    QUOTA: "00",
    TAXFREECD: "00",
    ...fields,
  });
  const cardBody = { CARDNO: "4111111111111111", EXPIREDT: "209912", CARDAUTH: "900101" };
  const bodies = {
    keygen: (fields: Fields = {}, family = "CARD") =>
      orderBody(`${family}-KEYGEN`, {
        BILLTYPE: "14",
        DIRECT_YN: "N",
        ...cardBody,
        ...(family === "CARD" && { CARDPASSWORD: "00" }),
        ...fields,
      }),
    batch: (billingKey: string, fields: Fields = {}, family = "CARD") =>
      orderBody(`${family}-BATCH`, {
        BILLTYPE: "14",
        AMOUNT: "9900",
        AUTOKEY: billingKey,
        ...fields,
      }),
    sugi: (fields: Fields = {}, family = "CARD") =>
      orderBody(`${family}-SUGI`, {
        BILLTYPE: "13",
        AMOUNT: "9900",
        ...cardBody,
        CARDPASSWORD: "00",
        ...fields,
      }),
    cancel: (payMethod: string, fields: Fields) => ({
      CPID: account.id,
      PAYMETHOD: payMethod,
      CANCELREQ: "Y",
      AMOUNT: "9900",
      CANCELREASON: "고객 요청",
      ...fields,
    }),
  };
  const keygen = (fields: Fields = {}, family = "CARD") =>
    call(`${family}-KEYGEN`, bodies.keygen(fields, family));
  return {
    base,
    account,
    send,
    ready,
    call,
    bodies,
    keygen,
    batch: (billingKey: string, fields: Fields = {}, family = "CARD") =>
      call(`${family}-BATCH`, bodies.batch(billingKey, fields, family)),
    sugi: (fields: Fields = {}, family = "CARD") =>
      call(`${family}-SUGI`, bodies.sugi(fields, family)),
    cancel: (payMethod: string, fields: Fields) =>
      call(payMethod, bodies.cancel(payMethod, fields), { CANCELREQ: "Y" }),
    /** A billing key for this card. */
    keyFor: async (cardNumber = "4111111111111111", family = "CARD"): Promise<string> =>
      String((await keygen({ CARDNO: cardNumber }, family)).body.AUTOKEY),
  };
}
