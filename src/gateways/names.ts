import iconv from "iconv-lite";

/** What everybody in Korea calls EUC-KR: with all 11,172 syllables, 똠 and 뷁 among them. */
const KOREAN = "cp949";

/** How a gateway takes names. */
export interface NameRules {
  /** What it can hold. */
  charset: "cp949" | "utf-8";
  /** What its lengths count: bytes of the Korean code page, or UTF-16 units. */
  unit: "bytes" | "units";
  /** Signs that would break its requests, beside the ampersand, and what reads the same. */
  lookalikes?: ReadonlyMap<string, string>;
}

/** An ampersand separates fields in forms and breaks some gateways' requests. */
const AMPERSAND: ReadonlyMap<string, string> = new Map([["&", "＆"]]);

const segmenter = new Intl.Segmenter("ko", { granularity: "grapheme" });

/** A name that the gateway takes, cut between characters as a reader counts them. */
export function toName(text: string, lengthMax: number, rules: NameRules): string {
  const clean = Array.from(text.normalize("NFC").replace(/[\s\p{Cc}\p{Cs}]+/gu, " "), (character) =>
    toSafe(character, rules),
  )
    .join("")
    .trim();
  let kept = "";
  let length = 0;
  for (const { segment } of segmenter.segment(clean)) {
    length += rules.unit === "bytes" ? iconv.encode(segment, KOREAN).length : segment.length;
    if (length > lengthMax) break;
    kept += segment;
  }
  return kept.trim();
}

/** A character as it is, else as its plain form (é as e), else not at all. */
function toSafe(character: string, { charset, lookalikes }: NameRules): string {
  const safe = AMPERSAND.get(character) ?? lookalikes?.get(character) ?? character;
  if (charset === "utf-8" || isKorean(safe)) return safe;
  return Array.from(safe.normalize("NFKD")).filter(isKorean).join("");
}

function isKorean(character: string): boolean {
  return iconv.decode(iconv.encode(character, KOREAN), KOREAN) === character;
}
