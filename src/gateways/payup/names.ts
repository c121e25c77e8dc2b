import iconv from "iconv-lite";

const segmenter = new Intl.Segmenter("ko", { granularity: "grapheme" });

/**
 * A name that the payment window can carry: it is posted as EUC-KR, where a browser would put
 * `&#128512;` for a character that the charset lacks. Cut between characters as a reader counts
 * them, by bytes of that charset, the stricter reading of the gateway's lengths.
 */
export function toName(text: string, bytesMax: number): string {
  const clean = text
    .replaceAll("&", "＆")
    .replace(/[\p{Cc}\p{Cs}]+/gu, " ")
    .trim();
  let kept = "";
  let length = 0;
  for (const { segment } of segmenter.segment(clean)) {
    const bytes = iconv.encode(segment, "cp949");
    if (iconv.decode(bytes, "cp949") !== segment) continue;
    length += bytes.length;
    if (length > bytesMax) break;
    kept += segment;
  }
  return kept.trim();
}
