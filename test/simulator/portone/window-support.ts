/** A browser without scripts before PortOne's payment window. */
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { fieldsOf, formOf, postForm } from "../windows/support.ts";
import { startPortone } from "./support.ts";

export type Param = Readonly<Record<string, unknown>>;

export const SHOP = "http://shop.example";
export const RETURN_URL = "http://127.0.0.1:9/payments/complete?keep=%EA%B0%80";

/** The vendor's own example. */
const PARAM: Param = {
  channelKey: "channel-key-1",
  pay_method: "card",
  merchant_uid: "W-1",
  escrow: false,
  amount: 1_004,
  name: "노스페이스 롱패딩 M",
  buyer_name: "홍길동",
  buyer_email: "hello@world.com",
  buyer_tel: "01012345678",
  digital: false,
  m_redirect_url: RETURN_URL,
  bypass: { daou: { PRODUCTCODE: "portone" } },
  app_scheme: "portoneappscheme",
};

/** What came back into the frame, or to the phone. */
export interface Shown {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  /** What the page around the window is told, and the page's origin; undefined where nobody is. */
  readonly rsp: Readonly<Record<string, unknown>> | undefined;
  readonly origin: string | undefined;
}

/** A simulator with a merchant that opens windows; stops when the test ends. */
export async function startWindows(options: Partial<SimulatorOptions> = {}) {
  const portone = await startPortone(options);
  const { base, control } = portone;
  return {
    ...portone,
    /** What the script does: posts the order into the window. */
    open: async (changes: Param = {}, device = "pc", imp_code = "imp00000000"): Promise<Shown> => {
      const param = JSON.stringify({ ...PARAM, ...changes });
      const form = { imp_code, device, origin: SHOP, param };
      return show(await postForm(`${base}/_sim/portone/request-pay`, form));
    },
    /** What the customer does: one of the buttons. */
    press: async ({ text }: Shown, act = "pay", choice: Record<string, string> = {}) =>
      show(await postForm(base + formOf(text).action, { ...fieldsOf(text), act, ...choice })),
    /** The payment that a page was told of, as the gateway shows it to the merchant. */
    paymentOf: async (rsp: Shown["rsp"]) =>
      (await portone.get(`/payments/${String(rsp?.imp_uid)}`)).response,
    deposit: (body: object) => control.post("/_sim/portone/deposit", body),
    entries: async () => (await control.ledger()).body.entries as Array<Record<string, unknown>>,
  };
}

async function show(response: Response): Promise<Shown> {
  const text = await response.text();
  const read = (name: string) =>
    new RegExp(`data-${name}="([^"]*)"`).exec(text)?.[1]?.replaceAll("&quot;", '"');
  const result = read("result");
  const { rsp } = result === undefined ? {} : (JSON.parse(result) as { rsp: string });
  return {
    status: response.status,
    text,
    location: response.headers.get("location"),
    rsp: rsp === undefined ? undefined : (JSON.parse(rsp) as Shown["rsp"]),
    origin: read("origin"),
  };
}
