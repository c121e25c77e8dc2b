/** Applies checks to scopes, and believes only what a second reading shows again. */
import { describeError } from "../../lib/logger.ts";
import { sleep } from "../../lib/clock.ts";
import type { Check, Finding, Moment, Text } from "./finding.ts";
import { type Collector, LISTED_MAX } from "./report.ts";

/** One collection: how it is read, what belongs to a document of it, and its checks. */
export interface Pass<Document extends { id: string }, Scope> {
  pages(): AsyncIterable<Document[]>;
  find(ids: readonly string[]): Promise<Document[]>;
  /** One scope per document, in order. */
  scopesOf(documents: readonly Document[]): Promise<Scope[]>;
  subscriptionIdOf(document: Document): string | null;
  checks: readonly Check<Scope>[];
  /** What waits for a person. */
  waiting: readonly Check<Scope>[];
}

export interface PassResult {
  findings: Collector;
  waiting: Collector;
}

/** Documents whose findings are confirmed by one reading. */
const CONFIRMED_TOGETHER = 50;

/** Returns how many documents were read. */
export async function runPass<Document extends { id: string }, Scope>(
  pass: Pass<Document, Scope>,
  moment: Moment,
  result: PassResult,
): Promise<number> {
  const suspected = new Map<string, Set<string>>();
  let count = 0;
  let unconfirmed = 0;
  for await (const documents of pass.pages()) {
    count += documents.length;
    for (const { id, findings, waiting } of await readPage(pass, documents, moment)) {
      result.waiting.add(waiting);
      if (findings.length === 0) continue;
      if (suspected.size < LISTED_MAX) suspected.set(id, new Set(findings.map(keyOf)));
      else unconfirmed += findings.length;
    }
  }
  if (suspected.size === 0) return count;
  // While a system runs, two documents that belong together are not written in one moment: what is
  // still so a moment later was not caught between two writes.
  await sleep(moment.bounds.confirmMs);
  const ids = [...suspected.keys()];
  for (let from = 0; from < ids.length; from += CONFIRMED_TOGETHER) {
    const documents = await pass.find(ids.slice(from, from + CONFIRMED_TOGETHER));
    for (const { id, findings } of await readPage(pass, documents, moment)) {
      result.findings.add(findings.filter((finding) => suspected.get(id)?.has(keyOf(finding))));
    }
  }
  result.findings.count(unconfirmed);
  return count;
}

interface Read {
  id: string;
  findings: Finding[];
  waiting: Finding[];
}

async function readPage<Document extends { id: string }, Scope>(
  pass: Pass<Document, Scope>,
  documents: readonly Document[],
  moment: Moment,
): Promise<Read[]> {
  const scopes = await pass.scopesOf(documents);
  return documents.map((document, index) => {
    const scope = scopes[index] as Scope;
    const place = { documentId: document.id, subscriptionId: pass.subscriptionIdOf(document) };
    const apply = (checks: readonly Check<Scope>[]) =>
      checks.flatMap((check) => applyCheck(check, { scope, place }, moment));
    return { id: document.id, findings: apply(pass.checks), waiting: apply(pass.waiting) };
  });
}

const UNREADABLE: { title: Text; advice: Text } = {
  title: { en: "A document cannot be read", ko: "문서를 읽을 수 없음" },
  advice: {
    en: "A field is missing or of another kind: restore the document from a backup.",
    ko: "필드가 없거나 형식이 다릅니다. 백업에서 문서를 복구하십시오.",
  },
};

function applyCheck<Scope>(
  check: Check<Scope>,
  on: { scope: Scope; place: Pick<Finding, "documentId" | "subscriptionId"> },
  moment: Moment,
): Finding[] {
  const { name, title, advice } = check;
  try {
    return check.find(on.scope, moment).map((found) => ({
      check: name,
      title,
      advice,
      ...on.place,
      since: null,
      ...found,
    }));
  } catch (error) {
    // A rule can trust its document; a verification cannot.
    const { message } = describeError(error);
    const detail = `${name}: ${message}`;
    return [{ check: "unreadable", ...UNREADABLE, ...on.place, since: null, detail }];
  }
}

function keyOf({ check, documentId, detail }: Finding): string {
  return `${check} ${documentId} ${detail}`;
}
