import { createHash } from "node:crypto";
import { type Answer, startSimulator } from "../support.ts";

type Fields = Record<string, unknown>;

/** SHA-256 of the fields, joined by a bar: written here anew, against the specification alone. */
export function sign(...fields: readonly string[]): string {
  return createHash("sha256").update(fields.join("|")).digest("hex");
}

/** A merchant's view of PayUp, written against the wire alone. */
export async function startPayup(options: Parameters<typeof startSimulator>[0] = {}) {
  const started = await startSimulator(options);
  const merchant = createMerchant(started.client, { id: "sim_payup", key: "sim_cert_key" });
  return { ...started, merchant };
}

type Client = Awaited<ReturnType<typeof startSimulator>>["client"];

/** A merchant of its own with these names. */
export function createMerchant(client: Client, { id, key }: { id: string; key: string }) {
  let orders = 0;
  const at = (step: string): string => `/ep/api/kakao/${id}/${step}`;

  const orderBody = (fields: Fields = {}): Fields => {
    orders += 1;
    const body = {
      orderNumber: `ORDER-${orders}`,
      userAgent: "WP",
      amount: "9900",
      itemName: "구독",
      userName: "홍길동",
      returnUrl: "test",
      timestamp: "20260301090000",
      ...fields,
    };
    const { orderNumber, amount, timestamp } = body;
    const signature = sign(id, orderNumber, amount, key, timestamp);
    return { ...body, signature, ...(fields.signature !== undefined && fields) };
  };
  const order = (fields: Fields = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    client.post(at("order"), orderBody(fields), headers);
  const authenticate = (fields: Fields): Promise<Answer> =>
    client.post("/_sim/payup/authenticate", fields);
  const pay = (body: unknown): Promise<Answer> => client.post(at("pay"), body);

  return {
    at,
    orderBody,
    order,
    authenticate,
    pay,
    /** An order whose customer agreed: what the window hands to the merchant. */
    agree: async (fields: Fields = {}, choice: Fields = {}): Promise<Record<string, string>> => {
      const { body } = await order(fields);
      const agreed = await authenticate({ ordr_idxx: body.ordr_idxx, ...choice });
      return agreed.body as Record<string, string>;
    },
    cancel: (transactionId: unknown, fields: Fields = {}): Promise<Answer> =>
      client.post(at("cancel"), {
        transactionId,
        cancelReason: "고객 요청",
        signature: sign(id, String(transactionId), key),
        ...fields,
      }),
  };
}
