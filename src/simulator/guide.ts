import { DECLINE_TEXTS, TEST_CARDS } from "./cards.ts";
import { EFFECT_GUIDE } from "./effects.ts";

/** A table that both the front page and the documentation show. */
export interface GuideTable {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Every test card. */
export const CARD_TABLE: GuideTable = {
  headings: ["Card number 카드번호", "Card 카드사", "What it does", "동작"],
  rows: TEST_CARDS.map((card) => [
    card.number.replaceAll(/(\d{4})(?=\d)/g, "$1 "),
    card.cardName,
    card.english,
    card.korean,
  ]),
};

/** Every decline code that a card gives. */
export const DECLINE_TABLE: GuideTable = {
  headings: ["Code 코드", "Message 메시지"],
  rows: Object.entries(DECLINE_TEXTS),
};

/** Every effect that a fault rule can have. */
export const EFFECT_TABLE: GuideTable = {
  headings: ["Effect 장애", "What it does 동작"],
  rows: EFFECT_GUIDE,
};

/** The table as Markdown. */
export function toMarkdown({ headings, rows }: GuideTable): string {
  const lines = [headings, headings.map(() => "---"), ...rows.map(asCode)];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function asCode([first, ...others]: readonly string[]): readonly string[] {
  return [`\`${first}\``, ...others];
}
