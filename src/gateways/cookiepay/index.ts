import { addDays, isCalendarDay } from "../../domain/calendar.ts";
import type { ChargeOutcome, Evidence } from "../../domain/outcome.ts";
import type { OperationalClock } from "../../lib/clock.ts";
import {
  type ChargeRequest,
  type EvidenceContext,
  type GatewayAdapter,
  type GatewayCall,
  type GatewayCapabilities,
  type IssueBillingKeyOutcome,
  type IssueBillingKeyRequest,
  LISTED_DAYS_MAX,
  LISTED_TRANSACTIONS_MAX,
  type ListTransactionsRequest,
  type ListTransactionsResult,
  type ListedTransaction,
  type LookUpRequest,
  type LookUpResult,
  type RefundLookUpResult,
  type RefundRequest,
  type RevokeBillingKeyOutcome,
} from "../gateway.ts";
import { type CookiepayClient, type Passage, createCookiepayClient } from "./client.ts";
import type { CookiepayConfig } from "./account.ts";
import { cleanCode, toRefusedCharge, toRefusedRequest } from "./declines.ts";
import {
  toChargeCall,
  toChargeOutcome,
  toIssueBody,
  toIssueOutcome,
  toListing,
  toLookUpResult,
  toRefundBody,
  toRefundLookUp,
  toRefundOutcome,
  toSearchBody,
  toTokenBody,
  tokenLifeMs,
} from "./mapping.ts";
import {
  CANCEL_FIELDS,
  type MindedReply,
  type Opened,
  RESULT_FIELDS,
  type Reply,
  TOKEN_FIELDS,
  readOpened,
  readReply,
  textOf,
} from "./reply.ts";
import { type FetchedToken, type TokenCache, createTokenCache } from "./token-cache.ts";

const GATEWAY = "cookiepay";
const TOKEN_LIFE_MS = 3_600_000;
const TOKEN_MARGIN_MS = 60_000;
/** A sealed answer is about a hundred characters; a far longer one is none, and is not kept. */
const EVIDENCE_LENGTH_MAX = 16_384;
/** A sealed answer to a charge, and one to a charge that saves its card: there a billing key may stand. */
const EVIDENCE_KINDS = { charged: "enc_data", saved: "enc_data_saved" } as const;

const CAPABILITIES: GatewayCapabilities = {
  billingKeys: true,
  revokeBillingKey: true,
  partialRefund: true,
  lookUp: "by_date_window",
  listTransactions: true,
  repeatableFullRefund: true,
  gatewaySchedules: false,
  paysWith: ["billing_key", "card"],
  savesWithCharge: true,
  windows: "none",
  nameCharset: "utf-8",
};

export interface CookiepayDeps {
  clock: OperationalClock;
}

/** The adapter of one CookiePayments merchant account. */
export function createCookiepayAdapter(
  config: CookiepayConfig,
  { clock }: CookiepayDeps,
): GatewayAdapter {
  const client = createCookiepayClient(config, clock);
  const tokens = createTokenCache({
    fetchToken: () => fetchToken({ config, client, clock }),
    clock,
    reserveMs: config.callDeadlineMs + TOKEN_MARGIN_MS,
  });
  const context: Context = { config, client, clock, tokens };
  return {
    gateway: GATEWAY,
    account: config.account,
    capabilities: CAPABILITIES,
    callDeadlineMs: config.callDeadlineMs,
    openCredential: () => tokens.open(),
    paceOf: () => null,
    issueBillingKey: (call, request) => issueBillingKey(context, call, request),
    revokeBillingKey: (call, billingKey) => revokeBillingKey(context, call, billingKey),
    charge: (call, request) => charge(context, call, request),
    refund: (call, request) => refund(context, call, request),
    lookUpCharge: (call, request) => lookUpCharge(context, call, request),
    lookUpRefund: (call, transactionId) => lookUpRefund(context, call, transactionId),
    listTransactions: (call, request) => listTransactions(context, call, request),
    readEvidence: (call, evidence, expected) => readEvidence(context, { call, evidence }, expected),
    close: () => client.close(),
  };
}

interface Context {
  config: CookiepayConfig;
  client: CookiepayClient;
  clock: OperationalClock;
  tokens: TokenCache;
}

// ---------------------------------------------------------------- token

/** Nothing that happens here can have moved money: every failure is `not_sent`. */
async function fetchToken({
  config,
  client,
  clock,
}: Omit<Context, "tokens">): Promise<FetchedToken> {
  const answer = await client.send("token", toTokenBody(config), {
    maySend: () => true,
    deadlineMs: clock.monotonicMs() + config.tokenTimeoutMs,
  });
  const reply = readReply(answer, TOKEN_FIELDS);
  if (reply.kind === "refused") {
    const code = cleanCode(reply.refusal.code, [config.secret]);
    return { kind: "not_sent", reason: `token: refused ${code}` };
  }
  if (reply.kind === "token_refused") return { kind: "not_sent", reason: "token: refused" };
  if (reply.kind !== "success") return { kind: "not_sent", reason: reply.reason };
  const token = textOf(reply.fields, "TOKEN");
  // What could not stand in a header would fail every call after this one.
  if (token === undefined || !/^[\x21-\x7e]{1,4096}$/.test(token)) {
    return { kind: "not_sent", reason: "token: none in the answer" };
  }
  const lifeMs = tokenLifeMs(token) ?? config.tokenLifeMs ?? TOKEN_LIFE_MS;
  return { kind: "fetched", token, lifeMs };
}

// ---------------------------------------------------------------- calls

async function charge(
  context: Context,
  call: GatewayCall,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const { client, config } = context;
  const { source } = request;
  if (source.kind === "wallet") return { kind: "not_sent", reason: "wallets are not taken" };
  const passage = startPassage(context, call);
  const inHand = source.kind === "card" ? Object.values(source.card) : [source.billingKey];
  const secrets = secretsOf(context, call, inHand);
  const { operation, body } = toChargeCall(config.apiId, request, source);
  const answer = await client.send(operation, body, passage);
  const reply = mindToken(context, call, readReply(answer, RESULT_FIELDS));
  if (reply.kind === "refused") return toRefusedCharge(reply.refusal, secrets);
  if (reply.kind !== "success") return reply;
  const sealed = textOf(reply.fields, "ENC_DATA");
  if (sealed === undefined) return { kind: "unknown", reason: "answer has no ENC_DATA" };
  const saves = source.kind === "card" && source.save;
  return openCharge(context, { sealed, passage, saves }, { ...request, secrets });
}

async function readEvidence(
  context: Context,
  { call, evidence }: { call: GatewayCall; evidence: Evidence },
  expected: EvidenceContext,
): Promise<ChargeOutcome> {
  const saves = evidence.kind === EVIDENCE_KINDS.saved;
  if (!saves && evidence.kind !== EVIDENCE_KINDS.charged) {
    return { kind: "unknown", reason: "evidence of another kind", evidence };
  }
  const source = { sealed: evidence.value, passage: startPassage(context, call), saves };
  return openCharge(context, source, { ...expected, secrets: secretsOf(context, call, []) });
}

/** Opens a sealed answer about a charge; one that stays shut is kept as evidence. */
async function openCharge(
  context: Context,
  source: { sealed: string; passage: Passage; saves: boolean },
  expected: EvidenceContext & { secrets: readonly string[] },
): Promise<ChargeOutcome> {
  const { sealed, saves } = source;
  const opened = await open(context, source);
  const receivedAt = context.clock.now();
  const outcome = toChargeOutcome(opened, { ...expected, receivedAt, saves });
  if (outcome.kind !== "unknown" || sealed.length > EVIDENCE_LENGTH_MAX) return outcome;
  const kind = saves ? EVIDENCE_KINDS.saved : EVIDENCE_KINDS.charged;
  return { ...outcome, evidence: { kind, value: sealed } };
}

/** Decrypting moves nothing: it needs time, but no lease, and the answer in hand may be the only one. */
async function open(
  { client, config }: Context,
  { sealed, passage }: { sealed: string; passage: Passage },
): Promise<Opened> {
  const body = { API_ID: config.apiId, ENC_DATA: sealed };
  return readOpened(await client.send("decrypt", body, { ...passage, maySend: () => true }));
}

async function issueBillingKey(
  context: Context,
  call: GatewayCall,
  request: IssueBillingKeyRequest,
): Promise<IssueBillingKeyOutcome> {
  const { client, config } = context;
  const passage = startPassage(context, call);
  const secrets = secretsOf(context, call, Object.values(request.card));
  const answer = await client.send("billkeygen", toIssueBody(config.apiId, request), passage);
  const reply = mindToken(context, call, readReply(answer, RESULT_FIELDS));
  if (reply.kind === "refused") return toRefusedCharge(reply.refusal, secrets);
  if (reply.kind !== "success") return reply;
  const sealed = textOf(reply.fields, "ENC_DATA");
  if (sealed === undefined) return { kind: "unknown", reason: "answer has no ENC_DATA" };
  return toIssueOutcome(await open(context, { sealed, passage }), secrets);
}

async function revokeBillingKey(
  context: Context,
  call: GatewayCall,
  billingKey: string,
): Promise<RevokeBillingKeyOutcome> {
  const { client, config } = context;
  const body = { API_ID: config.apiId, BILLKEY: billingKey };
  const answer = await client.send("billingkeycancel", body, startPassage(context, call));
  const reply = mindToken(context, call, readReply(answer, RESULT_FIELDS));
  if (reply.kind === "success") return { kind: "revoked" };
  if (reply.kind !== "refused") return reply;
  return toRefusedRequest(reply.refusal, secretsOf(context, call, [billingKey]));
}

async function refund(context: Context, call: GatewayCall, request: RefundRequest) {
  const passage = startPassage(context, call);
  const answer = await context.client.send("cancel", toRefundBody(request), passage);
  const reply = mindToken(context, call, readReply(answer, CANCEL_FIELDS));
  const secrets = secretsOf(context, call, []);
  return toRefundOutcome(reply, request, { receivedAt: context.clock.now(), secrets });
}

async function lookUpCharge(
  context: Context,
  call: GatewayCall,
  request: LookUpRequest,
): Promise<LookUpResult> {
  const found = await search(context, { call, passage: startPassage(context, call) }, request);
  return found.kind === "read" ? toLookUpResult(found.body, request) : found;
}

/** The gateway lists without pages, so every day is a page; one deadline holds for all of them. */
async function listTransactions(
  context: Context,
  call: GatewayCall,
  request: ListTransactionsRequest,
): Promise<ListTransactionsResult> {
  const days = daysOf(request);
  if (days === null) return { kind: "failed", reason: `from 1 to ${LISTED_DAYS_MAX} days` };
  const passage = startPassage(context, call);
  let transactions: readonly ListedTransaction[] = [];
  for (const on of days) {
    const found = await search(context, { call, passage }, { fromOn: on, untilOn: on });
    const page = found.kind === "read" ? toListing(found.body, on) : found;
    if (page.kind === "failed") return { kind: "failed", reason: `${on}: ${page.reason}` };
    transactions = [...transactions, ...page.transactions];
    if (transactions.length > LISTED_TRANSACTIONS_MAX) {
      return { kind: "failed", reason: `${on}: more than ${LISTED_TRANSACTIONS_MAX} transactions` };
    }
  }
  return { kind: "listed", transactions };
}

/** Null where there is no such range, or too long a one. */
function daysOf({ fromOn, untilOn }: ListTransactionsRequest): string[] | null {
  if (!isCalendarDay(fromOn) || !isCalendarDay(untilOn) || fromOn > untilOn) return null;
  const days: string[] = [];
  for (let on = fromOn; on <= untilOn; on = addDays(on, 1)) {
    days.push(on);
    if (days.length > LISTED_DAYS_MAX) return null;
  }
  return days;
}

async function search(
  context: Context,
  { call, passage }: { call: GatewayCall; passage: Passage },
  days: ListTransactionsRequest,
): Promise<{ kind: "read"; body: unknown } | { kind: "failed"; reason: string }> {
  const body = toSearchBody(context.config.apiId, days);
  const answer = await context.client.send("paysearch", body, passage);
  if (answer.kind !== "read") return { kind: "failed", reason: answer.reason };
  const reply = mindToken(context, call, readReply(answer, RESULT_FIELDS));
  if (reply.kind === "not_sent") return { kind: "failed", reason: reply.reason };
  if (answer.status !== 200) return { kind: "failed", reason: `http ${answer.status}` };
  return { kind: "read", body: answer.body };
}

async function lookUpRefund(
  context: Context,
  call: GatewayCall,
  transactionId: string,
): Promise<RefundLookUpResult> {
  const passage = startPassage(context, call);
  const answer = await context.client.send("paycert", { tid: transactionId }, passage);
  const reply = mindToken(context, call, readReply(answer, RESULT_FIELDS));
  return toRefundLookUp(reply, transactionId);
}

// ---------------------------------------------------------------- what every call shares

function startPassage({ clock, config }: Context, call: GatewayCall): Passage {
  return {
    credential: call.credential,
    maySend: () => call.maySend(),
    deadlineMs: clock.monotonicMs() + config.callDeadlineMs,
  };
}

/**
 * A refused token means that the request was not carried out. The token is dropped, so that the
 * next credential is a new one; it is never renewed inside a call, whose lease knows only this one.
 */
function mindToken({ tokens }: Context, call: GatewayCall, reply: Reply): MindedReply {
  if (reply.kind !== "token_refused") return reply;
  tokens.drop(call.credential.value);
  return { kind: "not_sent", reason: "token refused" };
}

function secretsOf(
  { config }: Context,
  call: GatewayCall,
  ofCall: readonly string[],
): readonly string[] {
  return [config.secret, call.credential.value, ...ofCall];
}
