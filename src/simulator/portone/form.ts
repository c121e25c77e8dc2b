/** Bodies as `application/x-www-form-urlencoded`, with PHP's brackets for lists and objects. */

const PARTS_MAX = 1_000;
const DEPTH_MAX = 4;

interface Branch {
  [key: string]: string | Branch;
}

/** The fields of a form; `a[]=1`, `a[0][b]=1` and `a[b]=1` become lists and objects. */
export function parseForm(text: string): Readonly<Record<string, unknown>> {
  const root: Branch = Object.create(null) as Branch;
  const parts = [...new URLSearchParams(text)].slice(0, PARTS_MAX);
  for (const [name, value] of parts) place(root, toPath(name), value);
  return { ...(toValue(root) as Record<string, unknown>) };
}

function toPath(name: string): string[] {
  const [head, ...rest] = name.split("[");
  return [head ?? "", ...rest.map((part) => part.replace(/\]$/, ""))].slice(0, DEPTH_MAX);
}

function place(branch: Branch, [first, ...rest]: readonly string[], value: string): void {
  const key = first === "" || first === undefined ? `${Object.keys(branch).length}` : first;
  if (rest.length === 0) {
    branch[key] = value;
    return;
  }
  const next = branch[key];
  const child = typeof next === "object" ? next : (Object.create(null) as Branch);
  branch[key] = child;
  place(child, rest, value);
}

/** A branch whose keys are 0, 1, 2 … is a list. */
function toValue(node: string | Branch): unknown {
  if (typeof node === "string") return node;
  const entries = Object.entries(node);
  const isList = entries.length > 0 && entries.every(([key], index) => key === `${index}`);
  if (isList) return entries.map(([, child]) => toValue(child));
  return Object.fromEntries(entries.map(([key, child]) => [key, toValue(child)]));
}
