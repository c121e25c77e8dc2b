/**
 * What the crash-point matrix can cut is what passes through an injected dependency. So a use case on
 * the money path may await nothing else: no library, no global, no promise of its own making.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const FOLDER = "src/billing";
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Use cases that move no money: rehearsals of time, and questions whose answers nobody acts on. */
const OFF_THE_PATH = ["advance-clock.ts", "explain-period.ts", "tell-history.ts"];

/** The path itself: whatever else there is, these are looked at. */
const ON_THE_PATH = [
  "admit-call.ts",
  "attempt-charge.ts",
  "attempt-refund.ts",
  "reconcile-attempt.ts",
  "recheck-attempts.ts",
  "record-until-written.ts",
  "follow-up.ts",
  "heed-decline.ts",
  "pass-account.ts",
  "align-invoices.ts",
  "open-due-periods.ts",
  "sweep.ts",
  "cancel-subscription.ts",
  "request-refund.ts",
  "request-payment.ts",
  "update-document.ts",
];

/** Awaited, and neither a dependency nor a use case. Each with its reason. */
const ALSO_AWAITED: Readonly<Record<string, readonly string[]>> = {
  // A pause before the next try to write: cutting it is cutting the write that follows.
  "record-until-written.ts": ["sleep"],
  // One of the sweep's steps, each of which is looked at where it stands in the list.
  "run-steps.ts": ["step"],
  // The work of one invoice, given by another use case on the path.
  "stop-broken.ts": ["work"],
  "pass-account.ts": ["work"],
  // A write that may fail without harm, given by the same file or by pass-account.ts.
  "heed-decline.ts": ["work"],
};

interface Source {
  path: string;
  text: string;
}

const sources: readonly Source[] = readdirSync(join(ROOT, FOLDER))
  .filter((name) => name.endsWith(".ts") && !OFF_THE_PATH.includes(name))
  .map((name) => ({
    path: `${FOLDER}/${name}`,
    text: readFileSync(join(ROOT, FOLDER, name), "utf8"),
  }));

/** What the money path may take from elsewhere as more than a type. */
const MODULES = /^(\.\/|\.\.\/domain\/|\.\.\/lib\/(clock|ids|logger)\.ts$)/;
/** Ways to wait for something that no dependency stands for. */
const FOREIGN =
  /\b(fetch|setTimeout|setInterval|setImmediate|queueMicrotask|process|globalThis|require)\b|\bimport\s*\(|\bnew\s+Promise\b|\.(then|catch|finally)\s*\(/;
const TYPED = /\b(\w+)\s*:\s*(?:Pick<|Readonly<)?\s*\w*(?:Deps|Store|Adapter|Clocks|Registry)\b/g;
const TAKEN = /\bconst\s+(\w+)\s*=\s*(?:deps\.gateways\.(?:get|find)|findAdapter)\(/g;
const LOCAL =
  /\b(?:async\s+)?function\s+(\w+)|\bconst\s+(\w+)\s*=\s*(?:async\s*)?\([^)]*\)[^=\n]*=>/g;

/** `path:line: what` for everything that a use case awaits and may not. */
function findStrangers({ path, text }: Source): string[] {
  const code = withoutWords(text);
  const name = path.split("/").at(-1) ?? "";
  const functions = new Set([
    ...[...code.matchAll(LOCAL)].map((match) => match[1] ?? match[2] ?? ""),
    ...importsOf(text)
      .filter(({ from }) => from.startsWith("./"))
      .flatMap(({ names }) => names),
    ...(ALSO_AWAITED[name] ?? []),
  ]);
  const injected = new Set([
    ...[...code.matchAll(TYPED)].map((match) => match[1] ?? ""),
    ...[...code.matchAll(TAKEN)].map((match) => match[1] ?? ""),
  ]);
  const isKnown = (callee: string) =>
    callee.includes(".") ? injected.has(callee.split(".")[0] ?? "") : functions.has(callee);
  return [
    ...strangeImports(text),
    ...linesWith(code, FOREIGN),
    ...strangeAwaits(code, isKnown),
  ].map((finding) => `${path}:${finding}`);
}

function strangeAwaits(code: string, isKnown: (callee: string) => boolean): string[] {
  return [...code.matchAll(/\bawait\b/g)].flatMap(({ index }) => {
    const awaited = code.slice(index + "await".length);
    const strange = calleesOf(awaited).filter((callee) => !isKnown(callee));
    return strange.map((callee) => `${lineAt(code, index)}: awaits ${callee}`);
  });
}

/** The functions whose promises an expression waits for; one that is no call stands for itself. */
function calleesOf(awaited: string): string[] {
  const expression = awaited.trimStart();
  const all = /^Promise\.(?:all|allSettled|race|any)\(/.exec(expression);
  if (all === null) {
    const call = /^([A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*)\s*(?:<[^()]*>)?\(/.exec(expression);
    return [call?.[1]?.replaceAll("?.", ".") ?? firstLine(expression)];
  }
  const inside = balanced(expression.slice(all[0].length - 1)).trim();
  if (inside.startsWith("[")) return topLevel(balanced(inside)).flatMap(calleesOf);
  const mapped = /\.map\(\s*(?:async\s*)?\(?[\w\s,]*\)?\s*=>\s*([\s\S]*)$/.exec(inside);
  return mapped?.[1] === undefined ? [firstLine(inside)] : calleesOf(mapped[1]);
}

/** What stands between the bracket at the beginning and its counterpart. */
function balanced(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ("([{".includes(text[at] ?? "")) depth += 1;
    if (")]}".includes(text[at] ?? "")) depth -= 1;
    if (depth === 0) return text.slice(1, at);
  }
  return text.slice(1);
}

/** The parts of a list, separated by its own commas. */
function topLevel(list: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of list) {
    if ("([{".includes(letter)) depth += 1;
    if (")]}".includes(letter)) depth -= 1;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

interface Import {
  names: string[];
  from: string;
  line: number;
}

/** Imports of more than types. */
function importsOf(text: string): Import[] {
  const found = [
    ...text.matchAll(/^import\s+(type\s+)?([^;]*?)\s*(?:from\s+)?["']([^"']+)["'];/gm),
  ];
  return found
    .filter(([, isType]) => isType === undefined)
    .map((match) => {
      const names = (match[2] ?? "")
        .replace(/[{}]/g, "")
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== "" && !one.startsWith("type "))
        .map((one) => one.split(/\s+as\s+/).at(-1) ?? one);
      return { names, from: match[3] ?? "", line: lineAt(text, match.index) };
    })
    .filter(({ names, from }) => names.length > 0 || !from.startsWith("."));
}

function strangeImports(text: string): string[] {
  return importsOf(text)
    .filter(({ from }) => !MODULES.test(from))
    .map(({ from, line }) => `${line}: imports ${from}`);
}

function linesWith(code: string, pattern: RegExp): string[] {
  return code.split("\n").flatMap((line, index) => {
    const found = pattern.exec(line);
    return found === null ? [] : [`${index + 1}: uses ${found[0]}`];
  });
}

/** Comments and texts are blanked: what is only said there is not done. Lines stay where they are. */
function withoutWords(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, " ");
  return text
    .replace(/\/\*[\s\S]*?\*\//g, blank)
    .replace(/(^|\s)\/\/.*$/gm, blank)
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, (part) => `"${blank(part).slice(2)}"`);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").trim().slice(0, 60);
}

describe("the use cases on the money path", () => {
  test("are all looked at", () => {
    const names = sources.map(({ path }) => path.slice(FOLDER.length + 1));
    expect(names).toEqual(expect.arrayContaining(ON_THE_PATH));
    const awaits = sources.flatMap(({ text }) => text.match(/\bawait\b/g) ?? []);
    expect(awaits.length).toBeGreaterThan(80);
  });

  test("await injected dependencies and each other, nothing else", () => {
    expect(sources.flatMap(findStrangers)).toEqual([]);
  });
});

describe("the search itself", () => {
  const PLANTED = "src/billing/planted.ts";
  const HEAD = 'import { followUp } from "./follow-up.ts";\nasync function own(deps: OwnDeps) {';
  const search = (line: string) => findStrangers({ path: PLANTED, text: `${HEAD}\n${line}\n}` });

  test.each([
    "await fetch(url);",
    "const answer = await someLibrary();",
    "const answer = (await axios.post(url)).data;",
    "await client.query<Row>(text);",
    "const module = await import(name);",
    "await Promise.all([deps.invoices.find(id), fetch(url)]);",
    "await Promise.all([deps.invoices.find(id), other(id)]);",
    "await Promise.all(ids.map((id) => redis.get(id)));",
    "await Promise.race(promises);",
    "await pending;",
    "await new Promise((resolve) => later(resolve));",
    "for await (const one of cursor) own(deps);",
    "const text = `${await someLibrary()}`;",
    "return deps.invoices.find(id).then(own);",
    "void fetch(url);",
    "setTimeout(() => own(deps), 10);",
  ])("finds %s in its line", (line) => {
    const found = search(line);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/^src\/billing\/planted\.ts:3: /);
  });

  test.each([
    "const found = await deps.invoices.find(id);",
    "if ((await deps.invoices.find(id)) === null) return;",
    "await followUp(deps, invoice);",
    "return { invoice: await own(deps) };",
    "await Promise.all([deps.invoices.find(id), own(deps)]);",
    "await Promise.all(ids.map((id) => own(deps, id)));",
    'deps.log.info({}, "await fetch(url)");',
    "// await fetch(url)",
  ])("leaves %s alone", (line) => {
    expect(search(line)).toEqual([]);
  });

  test.each([
    'import axios from "axios";',
    'import { setTimeout } from "node:timers/promises";',
    'import { createRedis } from "../queues/connection.ts";',
    'import "axios";',
  ])("finds %s", (line) => {
    expect(findStrangers({ path: PLANTED, text: `${line}\n` })[0]).toMatch(/:1: imports/);
  });

  test("finds what is planted into the charge itself", () => {
    const charge = sources.find(({ path }) => path.endsWith("/attempt-charge.ts"));
    const text = charge?.text ?? "";
    const place = /^.*await admitCall\(.*\);$/m.exec(text);
    expect(place).not.toBeNull();
    const at = (place?.index ?? 0) + (place?.[0].length ?? 0);
    const planted = `${text.slice(0, at)}\n  await notifySlack(found);${text.slice(at)}`;
    const line = lineAt(text, at) + 1;
    expect(findStrangers({ path: "src/billing/attempt-charge.ts", text: planted })).toEqual([
      `src/billing/attempt-charge.ts:${line}: awaits notifySlack`,
    ]);
  });
});
