import { type Effect, FORGED_FIELDS, PLAIN_EFFECTS, isNoticeEffect } from "./effects.ts";
import { parseBound } from "./korea-time.ts";
import { ControlInputError, readChoice, readObject, readText, readWhole } from "./strict-input.ts";

const RULES_PER_CALL_MAX = 1000;
const COUNT_MAX = 1_000_000_000;
const DELAY_MS_MAX = 600_000;
const MATCHED_TEXTS = [
  "gateway",
  "merchant",
  "buyerId",
  "billingKey",
  "orderNumber",
  "transactionId",
] as const;

/** The operation by which a rule names a notice; a gateway that sends none does not have it. */
export const NOTICE_OPERATION = "notice";

/** Which operations a gateway has, and what can happen to them. */
export interface OperationCatalogue {
  readonly names: readonly string[];
  /** Those that a card may decline. */
  readonly charging: readonly string[];
  /** Those whose reply is encrypted. */
  readonly sealed: readonly string[];
  /** Those that look at a token, or give one. */
  readonly tokened: readonly string[];
}

/** The catalogue of every gateway, by its name. */
export type Catalogues = ReadonlyMap<string, OperationCatalogue>;

/** When a fault happens and what it does. All that is named must hold. */
export interface FaultRule {
  readonly id: string;
  readonly match: FaultMatch;
  readonly nth?: number;
  readonly times?: number;
  readonly probability?: number;
  readonly seed: string;
  readonly effect: Effect;
  /** The effect as the caller wrote it. */
  readonly written: unknown;
}

/** The conditions of a rule; `from` is included, `until` is not. */
export interface FaultMatch {
  readonly operation?: string;
  readonly texts: Readonly<Partial<Record<(typeof MATCHED_TEXTS)[number], string>>>;
  readonly amount?: number;
  readonly from?: string;
  readonly until?: string;
}

/** Reads `{rules: [...]}` strictly; a rule without an id is named by `nextId`. */
export function parseFaultRules(
  body: unknown,
  catalogues: Catalogues,
  nextId: () => string,
): readonly FaultRule[] {
  const { rules } = readObject(body, "the body", ["rules"]);
  if (!Array.isArray(rules) || rules.length === 0 || rules.length > RULES_PER_CALL_MAX) {
    throw new ControlInputError(`rules must be a list of 1 to ${RULES_PER_CALL_MAX} rules`);
  }
  return rules.map((rule, position) =>
    parseRule(rule, `rules[${position}]`, { catalogues, nextId }),
  );
}

interface ParseContext {
  readonly catalogues: Catalogues;
  readonly nextId: () => string;
}

function parseRule(value: unknown, where: string, context: ParseContext): FaultRule {
  const known = ["id", "match", "nth", "times", "probability", "seed", "effect"];
  const rule = readObject(value, where, known);
  const effect = parseEffect(rule.effect, `${where}.effect`);
  const match = parseMatch(rule.match ?? {}, `${where}.match`, context.catalogues);
  const { operation } = match;
  const named = cataloguesOf(context.catalogues, match.texts.gateway);
  if (
    operation &&
    !named.some((one) => one.names.includes(operation) && appliesTo(effect, operation, one))
  ) {
    throw new ControlInputError(`${where}.effect cannot happen to ${operation}`);
  }
  if (rule.seed !== undefined && rule.probability === undefined) {
    throw new ControlInputError(`${where}.seed is read only together with a probability`);
  }
  return {
    id: rule.id === undefined ? context.nextId() : readText(rule.id, `${where}.id`),
    match,
    ...(rule.nth !== undefined && { nth: readWhole(rule.nth, `${where}.nth`, [1, COUNT_MAX]) }),
    ...(rule.times !== undefined && {
      times: readWhole(rule.times, `${where}.times`, [1, COUNT_MAX]),
    }),
    ...(rule.probability !== undefined && {
      probability: readProbability(rule.probability, `${where}.probability`),
    }),
    seed: readSeed(rule.seed ?? "0", `${where}.seed`),
    effect,
    written: rule.effect,
  };
}

/** The catalogue of the gateway that a rule names, or all of them. */
function cataloguesOf(
  catalogues: Catalogues,
  gateway: string | undefined,
): readonly OperationCatalogue[] {
  const one = gateway === undefined ? undefined : catalogues.get(gateway);
  return one === undefined ? [...catalogues.values()] : [one];
}

/** Whether this effect can happen to that operation at all. */
export function appliesTo(
  effect: Effect,
  operation: string,
  catalogue: OperationCatalogue,
): boolean {
  if (isNoticeEffect(effect.kind) || operation === NOTICE_OPERATION) {
    const isSent = catalogue.names.includes(NOTICE_OPERATION);
    return isNoticeEffect(effect.kind) && operation === NOTICE_OPERATION && isSent;
  }
  if (effect.kind === "decline") return catalogue.charging.includes(operation);
  if (effect.kind === "break_enc_data" || effect.kind === "decrypt_fails") {
    return catalogue.sealed.includes(operation);
  }
  return effect.kind !== "token_refused" || catalogue.tokened.includes(operation);
}

function parseMatch(value: unknown, where: string, catalogues: Catalogues): FaultMatch {
  const known = ["operation", ...MATCHED_TEXTS, "amount", "from", "until"];
  const match = readObject(value, where, known);
  const texts: Record<string, string> = {};
  for (const field of MATCHED_TEXTS) {
    if (match[field] !== undefined) texts[field] = readText(match[field], `${where}.${field}`);
  }
  if (texts.gateway !== undefined) {
    readChoice(texts.gateway, `${where}.gateway`, [...catalogues.keys()]);
  }
  const operations = cataloguesOf(catalogues, texts.gateway).flatMap(({ names }) => names);
  return {
    texts,
    ...(match.operation !== undefined && {
      operation: readChoice(match.operation, `${where}.operation`, operations),
    }),
    ...(match.amount !== undefined && {
      amount: readWhole(match.amount, `${where}.amount`, [0, 9_999_999_999]),
    }),
    ...(match.from !== undefined && { from: readBound(match.from, `${where}.from`, "start") }),
    ...(match.until !== undefined && { until: readBound(match.until, `${where}.until`, "end") }),
  };
}

function parseEffect(value: unknown, where: string): Effect {
  if (value === "decrypt_fails") return { kind: "decrypt_fails", times: 1 };
  if (typeof value === "string") {
    return { kind: readChoice(value, where, PLAIN_EFFECTS) };
  }
  const known = [
    "delayMs",
    "replyDelayMs",
    "decline",
    "decryptFails",
    "noticeDelayMs",
    "noticeForged",
  ];
  const effect = readObject(value, where, known);
  if (Object.keys(effect).length !== 1) {
    throw new ControlInputError(`${where} must have exactly one of ${known.join(", ")}`);
  }
  for (const [name, kind] of Object.entries(WAITS)) {
    if (effect[name] === undefined) continue;
    return { kind, delayMs: readWhole(effect[name], `${where}.${name}`, [1, DELAY_MS_MAX]) };
  }
  if (effect.noticeForged !== undefined) {
    const field = readChoice(effect.noticeForged, `${where}.noticeForged`, FORGED_FIELDS);
    return { kind: "notice_forged", field };
  }
  if (effect.decryptFails !== undefined) {
    const times = readWhole(effect.decryptFails, `${where}.decryptFails`, [1, COUNT_MAX]);
    return { kind: "decrypt_fails", times };
  }
  return { kind: "decline", code: readDeclineCode(effect.decline, `${where}.decline`) };
}

/** Effects that are a wait, by the name under which a rule writes them. */
const WAITS = {
  delayMs: "delay",
  replyDelayMs: "reply_delay",
  noticeDelayMs: "notice_delay",
} as const;

function readDeclineCode(value: unknown, where: string): string {
  if (typeof value !== "string" || !/^[A-Za-z0-9]{1,10}$/.test(value) || /^0+$/.test(value)) {
    throw new ControlInputError(
      `${where} must be 1 to 10 letters or digits as a text, and not the code of success`,
    );
  }
  return value;
}

function readProbability(value: unknown, where: string): number {
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) {
    throw new ControlInputError(`${where} must be a number from 0 to 1`);
  }
  return value;
}

function readSeed(value: unknown, where: string): string {
  return typeof value === "number"
    ? `${readWhole(value, where, [0, COUNT_MAX])}`
    : readText(value, where);
}

function readBound(value: unknown, where: string, side: "start" | "end"): string {
  const bound = parseBound(readText(value, where), side);
  if (bound) return bound;
  throw new ControlInputError(
    `${where} must be a day yyyy-MM-dd or an instant such as 2026-03-01T00:00:00Z (2000 to 2099)`,
  );
}
