import { expect } from "vitest";
import { startSimulator } from "../support.ts";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";

/** An answer in the gateway's envelope. */
export interface Enveloped {
  readonly status: number;
  readonly code: unknown;
  readonly message: unknown;
  readonly response: Readonly<Record<string, unknown>> | null;
}

/** A merchant's view of one simulator, written against the wire alone. */
export type PortoneClient = Awaited<ReturnType<typeof startPortone>>;

/** What a form says that it is. */
export const FORM = "application/x-www-form-urlencoded";

/** A simulator with a merchant of PortOne; stops when the test ends. */
export async function startPortone(options: Partial<SimulatorOptions> = {}) {
  const { client, simulator, dir } = await startSimulator(options);
  let token = "";
  let orders = 0;

  const send = async (
    method: string,
    path: string,
    how: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<Enveloped> => {
    const response = await fetch(client.base + path, {
      method,
      headers: how.headers ?? {},
      ...(how.body !== undefined && { body: how.body }),
    });
    const body = (await response.json()) as Omit<Enveloped, "status">;
    expect(Object.keys(body).sort()).toEqual(["code", "message", "response"]);
    expect(Number.isInteger(body.code)).toBe(true);
    return { status: response.status, ...body };
  };
  const getToken = (imp_key = "sim_imp_key", imp_secret = "sim_imp_secret") =>
    send("POST", "/users/getToken", {
      body: JSON.stringify({ imp_key, imp_secret }),
      headers: { "content-type": "application/json" },
    });
  const authorization = async (): Promise<{ authorization: string }> => {
    token ||= String((await getToken()).response?.access_token);
    return { authorization: `Bearer ${token}` };
  };
  const post = async (path: string, body: unknown): Promise<Enveloped> =>
    send("POST", path, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...(await authorization()) },
    });
  const card = (fields: Record<string, unknown> = {}) => ({
    card_number: "4111-1111-1111-1111",
    expiry: "2030-12",
    birth: "900101",
    pwd_2digit: "12",
    ...fields,
  });
  const order = (fields: Record<string, unknown> = {}) => {
    orders += 1;
    return { merchant_uid: `order-${orders}`, amount: 1_000, name: "구독", ...fields };
  };

  return {
    base: client.base,
    simulator,
    dir,
    control: client,
    send,
    getToken,
    post,
    card,
    order,
    get: async (path: string) => send("GET", path, { headers: await authorization() }),
    delete: async (path: string) => send("DELETE", path, { headers: await authorization() }),
    put: async (path: string, body: unknown) =>
      send("PUT", path, {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...(await authorization()) },
      }),
    postForm: async (path: string, form: string) =>
      send("POST", path, {
        body: form,
        headers: { "content-type": FORM, ...(await authorization()) },
      }),
    onetime: (fields: Record<string, unknown> = {}) =>
      post("/subscribe/payments/onetime", { ...order(), ...card(), ...fields }),
    again: (customer_uid: string, fields: Record<string, unknown> = {}) =>
      post("/subscribe/payments/again", { ...order(), customer_uid, ...fields }),
    issue: (uid: string, fields: Record<string, unknown> = {}) =>
      post(`/subscribe/customers/${uid}`, card(fields)),
    cancel: (fields: Record<string, unknown>) => post("/payments/cancel", fields),
    turn: (portone: Record<string, unknown>) => client.setSwitches({ portone }),
  };
}

/** What every payment of the schema prints, by type; a question mark allows null. */
export const PAYMENT_TYPES: Readonly<Record<string, string>> = {
  imp_uid: "string",
  merchant_uid: "string",
  pay_method: "string",
  channel: "string",
  pg_provider: "string",
  emb_pg_provider: "string?",
  pg_tid: "string?",
  pg_id: "string",
  sandbox: "boolean",
  escrow: "boolean",
  apply_num: "string?",
  bank_code: "string?",
  bank_name: "string?",
  card_code: "string?",
  card_name: "string?",
  card_issuer_code: "string?",
  card_issuer_name: "string?",
  card_publisher_code: "string?",
  card_publisher_name: "string?",
  card_quota: "integer",
  card_number: "string?",
  card_type: "integer?",
  vbank_code: "string?",
  vbank_name: "string?",
  vbank_num: "string?",
  vbank_holder: "string?",
  vbank_date: "integer",
  vbank_issued_at: "integer",
  name: "string?",
  amount: "integer",
  cancel_amount: "integer",
  currency: "string",
  buyer_name: "string?",
  buyer_email: "string?",
  buyer_tel: "string?",
  buyer_addr: "string?",
  buyer_postcode: "string?",
  custom_data: "string?",
  user_agent: "string?",
  status: "string",
  started_at: "integer",
  paid_at: "integer",
  failed_at: "integer",
  cancelled_at: "integer",
  fail_reason: "string?",
  cancel_reason: "string?",
  receipt_url: "string?",
  cancel_history: "list",
  cancel_receipt_urls: "list",
  cash_receipt_issued: "boolean",
  customer_uid: "string?",
  customer_uid_usage: "string?",
};

/** Names every field that is missing, unknown, or of another type than the table says. */
export function deviations(
  printed: Readonly<Record<string, unknown>> | null,
  types: Readonly<Record<string, string>>,
): readonly string[] {
  const given = printed ?? {};
  const names = new Set([...Object.keys(given), ...Object.keys(types)]);
  return [...names].filter((name) => !isOfType(given[name], types[name]));
}

function isOfType(value: unknown, type: string | undefined): boolean {
  if (type === undefined) return false;
  if (value === null) return type.endsWith("?");
  const plain = type.replace("?", "");
  if (plain === "list") return Array.isArray(value);
  return plain === "integer" ? Number.isInteger(value) : typeof value === plain;
}

/** The rows of a list inside an answer; none where there is no list. */
export function rowsOf(
  response: Readonly<Record<string, unknown>> | null,
  name: string,
): readonly Record<string, unknown>[] {
  const rows = response === null ? undefined : response[name];
  return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
}
