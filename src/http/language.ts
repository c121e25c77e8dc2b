/** The two languages that people are answered in. */
export type Language = "en" | "ko";

/** A sentence in both languages. */
export interface Text {
  en: string;
  ko: string;
}

/** The reader's language by `Accept-Language`: Korean where it is preferred to English, else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wishes = readWishes(acceptLanguage ?? "");
  const korean = wishes.get("ko") ?? 0;
  const english = wishes.get("en") ?? wishes.get("*") ?? 0;
  return korean > 0 && korean >= english ? "ko" : "en";
}

/** Most entries of a header that are looked at. */
const WISHES_MAX = 20;

/** The highest weight that each language is asked for with. Of equal ones the first counts more. */
function readWishes(header: string): Map<string, number> {
  const wishes = new Map<string, number>();
  for (const [index, part] of header.slice(0, 500).split(",", WISHES_MAX).entries()) {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
    const weight = parameters.map((one) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(one)?.[1]);
    const wish = Number(weight.find((one) => one !== undefined) ?? 1);
    const ranked = wish === 0 ? 0 : wish - index / 1e6;
    const [language = ""] = range.trim().split("-");
    if (ranked > (wishes.get(language) ?? 0)) wishes.set(language, ranked);
  }
  return wishes;
}

/** A template's `{name}` places filled in; a value is never longer than 80 characters. */
export function fillIn(
  template: string,
  values: Readonly<Record<string, string | number | undefined>>,
): string {
  return template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => shorten(values[name] ?? "?"));
}

const VALUE_LENGTH_MAX = 80;

/** The value as text, cut where it is too long to be repeated. */
export function shorten(value: string | number): string {
  const text = String(value);
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX - 1)}…`;
}
