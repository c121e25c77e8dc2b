/** A browser without scripts: reads a page's form, and posts it as a browser would. */
import iconv from "iconv-lite";

type Fields = Readonly<Record<string, string>>;
type Charset = "utf-8" | "euc-kr";

/** The hidden fields of a page's form. */
export function fieldsOf(page: string): Record<string, string> {
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries(
    [...inputs].map(([, name = "", value = ""]) => [unescape(name), unescape(value)]),
  );
}

/** Where a page's form goes, and in which charset. */
export function formOf(page: string): { action: string; charset: string } {
  const [, attributes = ""] = /<form ([^>]*)>/.exec(page) ?? [];
  const read = (name: string) =>
    unescape(new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
  return { action: read("action"), charset: read("accept-charset") };
}

/** Posts fields as a browser's form does; follows no redirect. */
export function postForm(url: string, fields: Fields, charset: Charset = "utf-8") {
  const escape = (text: string) =>
    [...iconv.encode(text, charset)]
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
      .join("");
  const body = Object.entries(fields)
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .join("&");
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return fetch(url, { method: "POST", headers, body, redirect: "manual" });
}

function unescape(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
