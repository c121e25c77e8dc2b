/** Wallets that can be chosen before KiwoomPay's payment window opens. */
export const WALLETS = ["kakaopay", "naverpay", "samsungpay", "payco"] as const;
export type Wallet = (typeof WALLETS)[number];
