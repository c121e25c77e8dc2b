/** How a window hands over what came of it: by a form to the merchant, or to the page that opened it. */
import { html } from "../../lib/html.ts";
import { scriptPath } from "./browser-scripts.ts";
import { type PageReply, both, toPage } from "./reply-page.ts";

type Fields = Readonly<Record<string, string>>;

/** A page that posts these fields to the merchant by itself, in that charset. */
export function toPostingPage(
  title: string,
  { url, fields, charset }: { url: string; fields: Fields; charset: "utf-8" | "euc-kr" },
): PageReply {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  );
  const body = html`<h1>${title}</h1>
<form method="post" action="${url}" accept-charset="${charset}">
${inputs}<button>${both("가맹점으로 돌아가기", "Back to the merchant")}</button>
</form>
<script src="${scriptPath("post-form")}"></script>`;
  return toPage(title, body, { runsScript: true });
}

/**
 * A page that tells the page around it, or the one that opened it, and closes itself where it can.
 * The message is `{from, result}`, for pages of that origin alone.
 */
export function toTellingPage(
  title: string,
  { from, origin, result }: { from: string; origin: string; result: Fields },
): PageReply {
  const body = html`<h1>${title}</h1>
<p id="told" role="status" data-from="${from}" data-origin="${origin}" data-result="${JSON.stringify(result)}">${both("이 창을 닫아도 됩니다.", "This window can be closed.")}</p>
<script src="${scriptPath("tell-opener")}"></script>`;
  return toPage(title, body, { runsScript: true });
}
