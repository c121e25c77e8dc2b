import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import {
  type Simulator,
  type SimulatorOptions,
  createSimulator,
} from "../../src/simulator/simulator.ts";

/** A reply as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A merchant's view of one simulator, written against the wire alone. */
export type Client = ReturnType<typeof createClient>;

/** A folder that is removed when the test ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "simulator-test-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A simulator in this process that stops when the test ends. */
export async function startSimulator(
  options: Partial<SimulatorOptions> = {},
): Promise<{ simulator: Simulator; client: Client; dir: string }> {
  const dir = options.dir ?? temporaryDir();
  const simulator = await createSimulator({ ...options, dir });
  onTestFinished(() => simulator.close());
  return { simulator, client: createClient(simulator.port), dir };
}

/** A client of the default merchant account. */
export function createClient(port: number, account = { id: "sim_merchant", secret: "sim_secret" }) {
  const base = `http://127.0.0.1:${port}`;
  let token = "";
  let orders = 0;

  const post = async (
    at: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await fetch(base + at, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  const get = async (at: string): Promise<Answer> => {
    const response = await fetch(base + at);
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  const call = async (at: string, body: unknown): Promise<Answer> => {
    token ||= await freshToken();
    return post(at, body, { ApiKey: account.secret, TOKEN: token });
  };
  const freshToken = async (): Promise<string> => {
    const answer = await post("/payAuth/token", { pay2_id: account.id, pay2_key: account.secret });
    return String(answer.body.TOKEN);
  };
  const nextOrder = (): string => {
    orders += 1;
    return `ORDER-${orders}`;
  };
  const issueBody = (fields: Record<string, unknown> = {}) => ({
    API_ID: account.id,
    ORDERNO: nextOrder(),
    PRODUCTNAME: "구독",
    PRODUCTCODE: "P1",
    CARDNO: "4111111111111111",
    EXPIREDT: "9912",
    CARDPWD: "00",
    CARDAUTH: "900101",
    QUOTA: "00",
    TAXFREECD: "Y",
    BUYERNAME: "홍길동",
    BUYERID: "customer-1",
    ...fields,
  });
  const payBody = (billingKey: string, fields: Record<string, unknown> = {}) => ({
    API_ID: account.id,
    BILLKEY: billingKey,
    ORDERNO: nextOrder(),
    PRODUCTNAME: "구독",
    PRODUCTCODE: "P1",
    AMOUNT: "9900",
    TAXFREECD: "Y",
    QUOTA: "00",
    BUYERNAME: "홍길동",
    BUYERID: "customer-1",
    ...fields,
  });
  const pay = (billingKey: string, fields: Record<string, unknown> = {}): Promise<Answer> =>
    call("/Subscribe/payments", payBody(billingKey, fields));
  const decrypt = (encData: unknown): Promise<Answer> =>
    post(
      "/EdiAuth/cookiepay_edi_decrypt",
      { API_ID: account.id, ENC_DATA: encData },
      { ApiKey: account.secret },
    );

  return {
    base,
    account,
    post,
    get,
    call,
    freshToken,
    issueBody,
    payBody,
    pay,
    decrypt,
    issue: (fields: Record<string, unknown> = {}) =>
      call("/Subscribe/billkeygen", issueBody(fields)),
    /** A billing key for this card, read from a plain reply. */
    billingKeyFor: async (cardNumber: string): Promise<string> => {
      const body = issueBody({ CARDNO: cardNumber, ENC_YN: "N" });
      return String((await call("/Subscribe/billkeygen", body)).body.BILLKEY);
    },
    /** Pays and decrypts: the fields of the approval. */
    approve: async (
      billingKey: string,
      fields: Record<string, unknown> = {},
    ): Promise<Record<string, string>> => {
      const paid = await pay(billingKey, fields);
      return (await decrypt(paid.body.ENC_DATA)).body.decryptData as Record<string, string>;
    },
    cancel: (fields: Record<string, unknown>) => call("/api/cancel", { reason: "test", ...fields }),
    addFault: (...rules: unknown[]) => post("/_sim/faults", { rules }),
    setSwitches: (switches: unknown) => post("/_sim/switches", switches),
    setClock: (now: string | null) => post("/_sim/clock", { now }),
    ledger: (query = "") => get(`/_sim/ledger${query}`),
  };
}
