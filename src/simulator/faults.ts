import { createHash } from "node:crypto";
import type { Effect } from "./effects.ts";
import { appliesTo, parseFaultRules } from "./fault-rules.ts";
import type { Catalogues, FaultMatch, FaultRule } from "./fault-rules.ts";
import { ControlInputError } from "./strict-input.ts";

const RULES_MAX = 100_000;

/** What a rule can look at in one request. */
export interface RequestFacts {
  readonly gateway: string;
  readonly operation: string;
  readonly merchant?: string | undefined;
  readonly buyerId?: string | undefined;
  readonly billingKey?: string | undefined;
  readonly orderNumber?: string | undefined;
  readonly transactionId?: string | undefined;
  readonly amount?: number | undefined;
}

/** What the rules decided for one request: waits add up, the first other effect counts. */
interface FaultDecision {
  readonly delayMs: number;
  readonly replyDelayMs: number;
  readonly effect: Effect | null;
}

/** The rules in force. They live in memory: a restart has none. */
export interface Faults {
  add(body: unknown): void;
  clear(): void;
  /** Every rule with how many requests matched it and how many times it struck. */
  list(): readonly object[];
  /** Asks every rule once, at this business instant. */
  decide(facts: RequestFacts, businessNow: Date): FaultDecision;
}

interface CountedRule extends FaultRule {
  position: number;
  matched: number;
  struck: number;
}

const NO_FAULT: FaultDecision = { delayMs: 0, replyDelayMs: 0, effect: null };

/** No rules yet. */
export function createFaults(catalogues: Catalogues): Faults {
  let rules: CountedRule[] = [];
  // Thousands of rules for one buyer each are ordinary: only that buyer's are looked at.
  let rulesByBuyer = new Map<string | undefined, CountedRule[]>();
  let named = 0;

  const candidates = (facts: RequestFacts): readonly CountedRule[] => {
    const general = rulesByBuyer.get(undefined) ?? [];
    const own = facts.buyerId === undefined ? [] : (rulesByBuyer.get(facts.buyerId) ?? []);
    if (own.length === 0 || general.length === 0) return own.length === 0 ? general : own;
    return [...general, ...own].sort((one, other) => one.position - other.position);
  };

  const nextId = (): string => {
    named += 1;
    return `rule-${named}`;
  };

  return {
    add(body) {
      const added = parseFaultRules(body, catalogues, nextId);
      const counted = added.map((rule, index) => ({
        ...rule,
        position: rules.length + index,
        matched: 0,
        struck: 0,
      }));
      const all = [...rules, ...counted];
      assertDistinct(all);
      rules = all;
      rulesByBuyer = groupByBuyer(all);
    },
    clear: () => {
      rules = [];
      rulesByBuyer = new Map();
    },
    list: () => rules.map(toListed),
    decide(facts, businessNow) {
      if (rules.length === 0) return NO_FAULT;
      const catalogue = catalogues.get(facts.gateway);
      if (catalogue === undefined) return NO_FAULT;
      const now = businessNow.toISOString();
      const decision = { delayMs: 0, replyDelayMs: 0, effect: null as Effect | null };
      for (const rule of candidates(facts)) {
        const { effect } = rule;
        if (!appliesTo(effect, facts.operation, catalogue)) continue;
        if (!matches(rule.match, facts, now)) continue;
        // Counted even where an earlier rule strikes: "the second request" must mean the second.
        rule.matched += 1;
        if ((!("delayMs" in effect) && decision.effect) || !strikes(rule, facts)) continue;
        if (!("delayMs" in effect)) decision.effect = effect;
        else if (effect.kind === "reply_delay") decision.replyDelayMs += effect.delayMs;
        else decision.delayMs += effect.delayMs;
      }
      return decision;
    },
  };
}

function groupByBuyer(rules: readonly CountedRule[]): Map<string | undefined, CountedRule[]> {
  const grouped = new Map<string | undefined, CountedRule[]>();
  for (const rule of rules) {
    const { buyerId } = rule.match.texts;
    const same = grouped.get(buyerId) ?? [];
    same.push(rule);
    grouped.set(buyerId, same);
  }
  return grouped;
}

function assertDistinct(rules: readonly FaultRule[]): void {
  if (rules.length > RULES_MAX) {
    throw new ControlInputError(`there can be at most ${RULES_MAX} rules; DELETE clears them`);
  }
  const seen = new Set<string>();
  for (const { id } of rules) {
    if (seen.has(id)) throw new ControlInputError(`the rule id "${id}" is in use already`);
    seen.add(id);
  }
}

function matches(match: FaultMatch, facts: RequestFacts, now: string): boolean {
  if (match.operation !== undefined && match.operation !== facts.operation) return false;
  if (match.amount !== undefined && match.amount !== facts.amount) return false;
  if (match.from !== undefined && now < match.from) return false;
  if (match.until !== undefined && now >= match.until) return false;
  const texts = Object.entries(match.texts) as [keyof RequestFacts, string][];
  return texts.every(([field, value]) => facts[field] === value);
}

/** Whether a rule that matches strikes this time. */
function strikes(rule: CountedRule, facts: RequestFacts): boolean {
  if (rule.nth !== undefined && rule.matched !== rule.nth) return false;
  if (rule.times !== undefined && rule.struck >= rule.times) return false;
  if (rule.probability !== undefined && !isDrawn(rule, facts)) return false;
  rule.struck += 1;
  return true;
}

/** Decided by seed and order number alone, so that the same seed repeats the same faults. */
function isDrawn(rule: CountedRule, facts: RequestFacts): boolean {
  const subject = facts.orderNumber ?? facts.transactionId ?? `request ${rule.matched}`;
  const digest = createHash("sha256").update(`${rule.seed}\n${subject}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < (rule.probability ?? 0);
}

function toListed(rule: CountedRule): object {
  const { texts, ...conditions } = rule.match;
  return {
    id: rule.id,
    match: { ...conditions, ...texts },
    ...(rule.nth !== undefined && { nth: rule.nth }),
    ...(rule.times !== undefined && { times: rule.times }),
    ...(rule.probability !== undefined && { probability: rule.probability, seed: rule.seed }),
    effect: rule.written,
    matched: rule.matched,
    hits: rule.struck,
  };
}
