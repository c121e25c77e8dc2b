import { MongoError, notSupported } from "./errors.ts";

const TRANSLATED: Readonly<Record<string, string>> = {
  // MongoDB's engine lets `$` match before a last line feed and `.` match all but a line feed.
  $: "(?=\\n?(?![^]))",
  ".": "[^\\n]",
  "\\s": "[ \\t\\n\\v\\f\\r]",
  "\\S": "[^ \\t\\n\\v\\f\\r]",
};

/** Compiles a pattern so that it means here what it means to MongoDB, or refuses it. */
export function compileRegex(pattern: string, options: string): RegExp {
  if (options !== "" && options !== "i") throw notSupported(`$regex with the options '${options}'`);
  try {
    return new RegExp(translate(pattern), `u${options}`);
  } catch {
    throw new MongoError(
      "InvalidPattern",
      `Regular expression is invalid or not supported by the embedded server: ${pattern}`,
    );
  }
}

function translate(pattern: string): string {
  let out = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const escaped = pattern[i] === "\\" && i + 1 < pattern.length;
    const token = escaped ? pattern.slice(i, i + 2) : (pattern[i] as string);
    if (escaped) i += 1;
    if (inClass && (token === "\\s" || token === "\\S")) {
      throw notSupported("\\s inside a character class of $regex");
    }
    out += inClass ? token : (TRANSLATED[token] ?? token);
    if (token === "[") inClass = true;
    if (token === "]") inClass = false;
  }
  return out;
}
