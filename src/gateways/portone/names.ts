import iconv from "iconv-lite";

/** KiwoomPay, behind the channel, keeps names in the Korean code page. */
const CHARSET = "cp949";

const segmenter = new Intl.Segmenter("ko", { granularity: "grapheme" });

/** A name that the gateway takes: without what its charset cannot hold, cut as a reader counts. */
export function toName(text: string, lengthMax: number): string {
  const clean = text
    .normalize("NFC")
    // An ampersand separates fields in forms; its full-width form reads the same.
    .replaceAll("&", "＆")
    .replace(/[\p{Cc}\p{Cs}]+/gu, " ")
    .trim();
  let kept = "";
  for (const { segment } of segmenter.segment(clean)) {
    if (!isHeld(segment)) continue;
    if (kept.length + segment.length > lengthMax) break;
    kept += segment;
  }
  return kept.trim();
}

function isHeld(segment: string): boolean {
  return iconv.decode(iconv.encode(segment, CHARSET), CHARSET) === segment;
}
