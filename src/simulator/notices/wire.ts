/** What more than one gateway's notices have in common on the wire. */
import type { NoticeMessage } from "./gateway-notices.ts";

/** A POST in UTF-8, as JSON or as a form. */
export function writeUtf8(
  fields: Readonly<Record<string, string>>,
  form: "json" | "form",
): NoticeMessage {
  const [type, text] =
    form === "form"
      ? ["application/x-www-form-urlencoded", new URLSearchParams(fields).toString()]
      : ["application/json", JSON.stringify(fields)];
  return { method: "POST", contentType: `${type}; charset=utf-8`, charset: "utf-8", text };
}

/** Whether the merchant's page says that it took the notice. */
export function saysSuccess(page: string): boolean {
  return page.includes("<RESULT>SUCCESS</RESULT>");
}
