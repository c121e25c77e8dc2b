/**
 * Text as the gateway's charset holds it. `iconv-lite` and not `TextDecoder`: the engine's decoder
 * is lenient in other places, and cannot encode at all.
 */
import iconv from "iconv-lite";

/** What everybody in Korea calls EUC-KR: with all 11,172 syllables, 똠 and 뷁 among them. */
const CHARSET = "cp949";

/** The bytes of a text. What the charset cannot hold must be gone before: see `toName`. */
export function encodeEucKr(text: string): Buffer {
  return iconv.encode(text, CHARSET);
}

/** The text of bytes that are EUC-KR throughout; undefined where a byte is anything else. */
export function decodeEucKr(bytes: Buffer): string | undefined {
  const text = iconv.decode(bytes, CHARSET);
  // A decoder replaces what it cannot read; only what gives the same bytes again was read.
  return encodeEucKr(text).equals(bytes) ? text : undefined;
}

/** Signs that would break a field or the contract, and what reads the same. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ["|", "｜"],
  ["&", "＆"],
  ["^", "＾"],
  ["[", "［"],
  ["]", "］"],
  ["–", "-"],
  ["—", "-"],
]);

const segmenter = new Intl.Segmenter("ko", { granularity: "grapheme" });

/** A text that the gateway takes, cut between characters so that it has at most so many bytes. */
export function toName(text: string, bytesMax: number): string {
  const clean = toRepresentable(text.normalize("NFC").replace(/[\s\p{Cc}\p{Cs}]+/gu, " ")).trim();
  let kept = "";
  let bytes = 0;
  for (const { segment } of segmenter.segment(clean)) {
    bytes += encodeEucKr(segment).length;
    if (bytes > bytesMax) break;
    kept += segment;
  }
  return kept.trim();
}

/** Every character as it is, else as its plain form (é as e), else not at all. */
function toRepresentable(text: string): string {
  return Array.from(text, (character) => {
    const safe = LOOKALIKES.get(character) ?? character;
    if (isRepresentable(safe)) return safe;
    return Array.from(safe.normalize("NFKD")).filter(isRepresentable).join("");
  }).join("");
}

function isRepresentable(character: string): boolean {
  return iconv.decode(encodeEucKr(character), CHARSET) === character;
}
