/**
 * Text as the gateway's charset holds it. `iconv-lite` and not `TextDecoder`: the engine's decoder
 * is lenient in other places, and cannot encode at all.
 */
import iconv from "iconv-lite";

/** What everybody in Korea calls EUC-KR: with all 11,172 syllables, 똠 and 뷁 among them. */
const CHARSET = "cp949";

/** The bytes of a text. What the charset cannot hold must be gone before: see `names.ts`. */
export function encodeEucKr(text: string): Buffer {
  return iconv.encode(text, CHARSET);
}

/** The text of bytes that are EUC-KR throughout; undefined where a byte is anything else. */
export function decodeEucKr(bytes: Buffer): string | undefined {
  const text = iconv.decode(bytes, CHARSET);
  // A decoder replaces what it cannot read; only what gives the same bytes again was read.
  return encodeEucKr(text).equals(bytes) ? text : undefined;
}
