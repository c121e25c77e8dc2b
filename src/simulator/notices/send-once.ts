import iconv from "iconv-lite";
import type { NoticeAnswer, NoticeMessage } from "./gateway-notices.ts";

const BODY_BYTES_MAX = 64 * 1024;

/** Sends a notice once. Throws where no answer came in time; follows no redirect. */
export async function sendOnce(
  url: string,
  message: NoticeMessage,
  { timeoutMs, closing }: { readonly timeoutMs: number; readonly closing: AbortSignal },
): Promise<NoticeAnswer> {
  // By hand: the signals that AbortSignal.any makes of one that lives long are kept as long.
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort();
  const timer = setTimeout(() => giveUp.abort(new NoAnswerError()), timeoutMs);
  closing.addEventListener("abort", stop);
  try {
    const response = await fetch(addressOf(url, message), {
      ...requestOf(message),
      redirect: "manual",
      signal: giveUp.signal,
    });
    return { status: response.status, body: await readStart(response) };
  } finally {
    clearTimeout(timer);
    closing.removeEventListener("abort", stop);
  }
}

/** Raised when the time for an answer is over. */
class NoAnswerError extends Error {
  override readonly message = "no answer in time";
}

/** Why a try failed, in a few words. */
export function describeFailure(error: unknown): string {
  const { cause, message } = error as Error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : message.slice(0, 200);
}

/** The text is appended as it is: its escapes are of bytes in another charset than a URL's. */
function addressOf(url: string, { method, text }: NoticeMessage): string {
  return method === "GET" ? `${url}${url.includes("?") ? "&" : "?"}${text}` : url;
}

function requestOf(message: NoticeMessage): RequestInit {
  if (message.method === "GET") return { method: "GET" };
  const body = new Uint8Array(iconv.encode(message.text, message.charset));
  return { method: "POST", headers: { "content-type": message.contentType }, body };
}

async function readStart({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (body !== null) {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= BODY_BYTES_MAX) break;
    }
  }
  return Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX).toString("utf8");
}
