/** What customers can pay with in PortOne's window over KiwoomPay, in its own words. */

/** From the customer's own bank account: at once, or into a virtual one later. */
export const TRANSFERS: readonly string[] = ["trans", "vbank"];
export const EASY_PAYS: readonly string[] = [
  "kakaopay",
  "naverpay",
  "payco",
  "samsung",
  "applepay",
];
const VOUCHERS: readonly string[] = ["cultureland", "smartculture", "booknlife"];

export const PAY_METHODS: readonly string[] = ["card", ...TRANSFERS, ...EASY_PAYS, ...VOUCHERS];

/** Whether a payment by this method can be given back only as a whole: gift vouchers cannot be parted. */
export function isVoucher(payMethod: string | undefined): boolean {
  return payMethod !== undefined && VOUCHERS.includes(payMethod);
}
