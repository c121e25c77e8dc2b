/** Card companies by `CARDCODE`: the gateway names the code alone. */
const CARD_NAMES: ReadonlyMap<string, string> = new Map([
  ["CCLG", "신한"],
  ["CCKM", "KB국민"],
  ["CCBC", "BC"],
  ["CCSS", "삼성"],
  ["CCDI", "현대"],
  ["CCLO", "롯데"],
  ["CCHN", "하나"],
  ["CCKE", "하나(외환)"],
  ["CCPH", "우리"],
  ["CCNH", "NH농협"],
  ["CCCT", "씨티"],
  ["CCKJ", "광주"],
  ["CCSU", "수협"],
  ["CCCU", "신협"],
  ["CCJB", "전북"],
  ["CCCJ", "제주"],
  ["CCMG", "새마을금고"],
  ["CCPO", "우체국"],
  ["CCHD", "현대증권"],
  ["CCSB", "저축은행"],
  ["CCKD", "KDB산업"],
  ["CCKA", "카카오뱅크"],
  ["CKBK", "케이뱅크"],
  ["CCTS", "토스뱅크"],
  ["CCAM", "아멕스"],
  ["CVSF", "해외 비자"],
  ["CMCF", "해외 마스터"],
  ["CAMF", "해외 아멕스"],
  ["CJCF", "해외 JCB"],
  ["CDIF", "해외 다이너스"],
  ["CNHS", "NH투자증권"],
]);

/** The card company's name, or nothing for a code that no list has. */
export function cardNameOf(cardCode: string): string {
  return CARD_NAMES.get(cardCode) ?? "";
}
