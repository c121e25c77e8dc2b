import type { Language } from "./language.ts";

/** What a sentence may mention, in words of its language already. */
export interface WhyWords {
  /** `9,900 won`. */
  amount: string;
  /** Won of the refund that it is about. */
  refund: string;
  /** Why it was declined. */
  decline: string;
  /** When the next thing happens: `on 18 March at 10:00`, `in a moment`. */
  next: string;
  /** ` on 3 March at 10:00` with the blank before it, or nothing: when it ended, or was refunded. */
  other: string;
  /** ` (“…”)`, or nothing: the words of a person. */
  note: string;
}

/** The sentence of a reason in both languages, without the instant before it. */
export type WhyText = Readonly<Record<Language, (words: WhyWords) => string>>;
