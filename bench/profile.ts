/** Reads a CPU profile: where the time of a process went, by function and by part of the program. */
import { readFileSync } from "node:fs";

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string; lineNumber: number };
  children?: number[];
}

interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

export interface ProfileLine {
  name: string;
  selfMs: number;
  inclusiveMs: number;
}

export interface ProfileSummary {
  /** Without the time in which the process waited. */
  busyMs: number;
  functions: ProfileLine[];
  parts: ProfileLine[];
}

/** Time by function and by part (package, folder of ours, or Node itself). */
export function summariseProfile(file: string): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const node of profile.nodes) {
    for (const child of node.children ?? []) parents.set(child, node.id);
  }
  const selfMs = new Map<number, number>();
  profile.samples.forEach((id, index) => {
    selfMs.set(id, (selfMs.get(id) ?? 0) + Math.max(profile.timeDeltas[index] ?? 0, 0) / 1000);
  });
  const functions = new Map<string, ProfileLine>();
  const parts = new Map<string, ProfileLine>();
  let busyMs = 0;
  for (const [id, ms] of selfMs) {
    const node = nodes.get(id);
    if (node === undefined || IDLE.has(node.callFrame.functionName)) continue;
    const stack = stackOf(id, nodes, parents);
    if (stack.some(({ callFrame }) => callFrame.url.endsWith(INSPECTOR))) continue;
    busyMs += ms;
    addTime(functions, stack.map(nameOf), ms);
    addTime(parts, stack.map(partOf), ms);
  }
  return { busyMs, functions: sorted(functions), parts: sorted(parts) };
}

const IDLE: ReadonlySet<string> = new Set(["(idle)", "(program)", "(root)"]);
/** What it costs to look is not part of what is looked at. */
const INSPECTOR = "/bench/inspector.ts";

/** The node and those that called it, innermost first. */
function stackOf(
  id: number,
  nodes: ReadonlyMap<number, ProfileNode>,
  parents: ReadonlyMap<number, number>,
): ProfileNode[] {
  const stack: ProfileNode[] = [];
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const node = nodes.get(at);
    if (node !== undefined && node.callFrame.functionName !== "(root)") stack.push(node);
  }
  return stack;
}

/** Self time to the first name, inclusive time to each once. */
function addTime(lines: Map<string, ProfileLine>, names: readonly string[], ms: number): void {
  for (const name of new Set(names)) {
    const line = lines.get(name) ?? { name, selfMs: 0, inclusiveMs: 0 };
    line.inclusiveMs += ms;
    if (name === names[0]) line.selfMs += ms;
    lines.set(name, line);
  }
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url === "" ? "" : ` ${shortUrl(url)}:${lineNumber + 1}`;
  return `${functionName === "" ? "(anonymous)" : functionName}${file}`;
}

function partOf({ callFrame: { functionName, url } }: ProfileNode): string {
  if (url === "") return functionName === "(garbage collector)" ? "garbage collector" : "V8";
  const found = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (found?.[1] !== undefined) return found[1];
  if (url.startsWith("node:")) return url.startsWith("node:internal") ? "node:internal" : url;
  return shortUrl(url).split("/").slice(0, 2).join("/");
}

function shortUrl(url: string): string {
  const root = new URL("../", import.meta.url).href;
  return url.replace(root, "").replace(/.*\/node_modules\//, "");
}

function sorted(lines: ReadonlyMap<string, ProfileLine>): ProfileLine[] {
  return [...lines.values()].toSorted((a, b) => b.selfMs - a.selfMs);
}
