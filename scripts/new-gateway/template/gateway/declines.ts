import type { DeclineCode } from "../../../../src/domain/decline.ts";

/** Acmepay's codes in our words, each with the document that it stands in. */
export const ACMEPAY_DECLINES: Readonly<Record<string, { means: DeclineCode; source: string }>> =
  {};
