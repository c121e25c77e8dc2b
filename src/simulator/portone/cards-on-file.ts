import type { BillingKeyAccount } from "../books.ts";
import { type TestCard, findCardById, findCardByNumber, isLuhnValid } from "../cards.ts";
import type { CardOnFile } from "../charge-decision.ts";

/**
 * The number in the vendor's own examples. Its check digit is wrong and no bank has it, yet the
 * examples must work as they stand: it behaves like the card that approves always.
 */
const EXAMPLE_NUMBER = "1234123412341234";
const EXAMPLE_STANDS_FOR = "4111111111111111";

/** Card companies by the codes of the financial clearing institute, as this gateway names them. */
const COMPANIES: Readonly<Record<string, { code: string; name: string }>> = {
  CCBC: { code: "361", name: "비씨카드" },
  CCLG: { code: "366", name: "신한카드" },
  CCKM: { code: "381", name: "국민카드" },
};

/** A card as it was sent. */
export interface SentCard {
  /** Digits alone. */
  readonly number: string;
  /** YYMM. */
  readonly expiry: string;
}

/** Reads `dddd-dddd-dddd-dddd` and `YYYY-MM`. */
export function toSentCard(cardNumber = "", expiry = ""): SentCard {
  return { number: cardNumber.replaceAll("-", ""), expiry: expiry.slice(2).replace("-", "") };
}

/** The test card with this number, or the code with which its number is refused. */
export function findTestCard({ number }: SentCard): TestCard | { readonly refusedWith: string } {
  const known = findCardByNumber(number === EXAMPLE_NUMBER ? EXAMPLE_STANDS_FOR : number);
  return known ?? { refusedWith: isLuhnValid(number) ? "1012" : "2006" };
}

/** What payments and customers print of a card; the number without its middle. */
export function printedCard(card: TestCard, { number }: SentCard): Record<string, string> {
  const company = COMPANIES[card.cardCode];
  return {
    cardCode: company?.code ?? "",
    cardName: company?.name ?? card.cardName,
    maskedNumber: maskNumber(number),
  };
}

/** A number whose 7th to 12th digits are hidden. */
export function maskNumber(number: string): string {
  return `${number.slice(0, 6)}******${number.slice(-4)}`;
}

/** The card behind a customer, with what happened to it. */
export function toCardOnFile(account: BillingKeyAccount): CardOnFile {
  const detail = account.issued.detail ?? {};
  const card = findCardById(detail.card ?? "");
  if (!card) throw new Error(`the ledger names a test card "${detail.card}" that does not exist`);
  const { paymentRequests, declinesInARow } = account;
  return { card, expiry: detail.expiry ?? "", paymentRequests, declinesInARow };
}
