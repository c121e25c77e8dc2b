/**
 * A small world for the rules: one invoice, one subscription, workers that freeze and die, a network
 * that delays, and a gateway whose ledger is the oracle. It draws no conclusions from the rules
 * about what may have been charged: it counts what arrived.
 */
import { recordReading } from "../../src/domain/ask-rules.ts";
import type { ChargePolicy, Recording } from "../../src/domain/charge-policy.ts";
import { claimCharge, type expireClaim } from "../../src/domain/claim-rules.ts";
import { alignInvoice } from "../../src/domain/contract-rules.ts";
import { createDecline } from "../../src/domain/decline.ts";
import { type Invoice, isInFlight } from "../../src/domain/invoice.ts";
import {
  keepLateAnswer,
  lateAnswersOf,
  recordLateApproval,
  recordRecheck,
} from "../../src/domain/late-rules.ts";
import type { ChargeOutcome } from "../../src/domain/outcome.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import { claimRefund, claimedRefund, recordRefundOutcome } from "../../src/domain/refund-rules.ts";
import {
  BILLABLE_STATES,
  type Subscription,
  endSubscription,
} from "../../src/domain/subscription.ts";
import {
  LEASE_MS,
  REFUND_POLICY,
  after,
  claimRequest,
  foundOf,
  newSubscription,
  newest,
  periodInvoice,
} from "./fixtures.ts";

/** How late an approval may appear when the gateway is asked. */
export const LAG_MS = 60_000;
/** A worker starts no call later than this after its claim. */
const LAST_START_MS = 20_000;
const CREDENTIAL_MS = 300_000;

interface Message {
  token: string;
  orderNumber: string;
  amount: number;
  credentialEndsMs: number;
}

interface Worker {
  token: string;
  orderNumber: string;
  claimedMs: number;
  message: Message | null;
  sent: boolean;
  answer: ChargeOutcome | null;
}

interface LedgerLine {
  id: string;
  orderNumber: string;
  amount: number;
  atMs: number;
  refunded: boolean;
}

export interface World {
  invoice: Invoice;
  subscription: Subscription;
  nowMs: number;
  workers: Worker[];
  network: Message[];
  approvals: LedgerLine[];
  /** Every order number that reached the gateway, as often as it did. */
  arrived: string[];
  /** Amounts at which a claim was won, with the contract's own amount and state at that moment. */
  claims: { amount: number; contractAmount: number; billable: boolean }[];
  count: number;
}

/** What a naive program would do otherwise: exchanged in the controls. */
export interface WorldRules {
  policy: ChargePolicy;
  expire: typeof expireClaim;
}

export function createWorld(): World {
  return {
    invoice: periodInvoice(),
    subscription: newSubscription(),
    nowMs: 0,
    workers: [],
    network: [],
    approvals: [],
    arrived: [],
    claims: [],
    count: 0,
  };
}

export const COMMANDS = [
  "wait",
  "waitLong",
  "waitDays",
  "claim",
  "send",
  "arriveApproved",
  "arriveDeclined",
  "answer",
  "loseAnswer",
  "giveUp",
  "die",
  "expire",
  "look",
  "lookFailed",
  "recheck",
  "align",
  "cancel",
  "reprice",
  "refund",
] as const;

export type CommandName = (typeof COMMANDS)[number];

export interface Command {
  name: CommandName;
  /** Chooses among what there is. */
  pick: number;
}

/** Does one thing, if it can be done now. */
export function perform(world: World, command: Command, rules: WorldRules): void {
  world.count += 1;
  ACTIONS[command.name](world, rules, command.pick);
}

function recordingOf(world: World): Recording {
  const id = `ref_${world.count}`;
  return { at: after(world.nowMs), actor: "charge", random: 0, refundId: id };
}

/** What the rule returns is written, unless it did not apply. */
function write(world: World, next: Invoice | null): boolean {
  if (next !== null) world.invoice = next;
  return next !== null;
}

type Action = (world: World, rules: WorldRules, pick: number) => void;

const ACTIONS: Readonly<Record<CommandName, Action>> = {
  wait: (world, _rules, pick) => void (world.nowMs += 1000 * (1 + (pick % 15))),
  waitLong: (world, _rules, pick) => void (world.nowMs += 40_000 * (1 + (pick % 6))),
  waitDays: (world, _rules, pick) => void (world.nowMs += 86_400_000 * (1 + (pick % 2))),
  claim,
  send: (world, _rules, pick) => {
    const worker = choose(world.workers, pick);
    if (worker === undefined || worker.sent) return;
    if (world.nowMs >= worker.claimedMs + LAST_START_MS) return;
    worker.sent = true;
    worker.message = {
      token: worker.token,
      orderNumber: worker.orderNumber,
      amount: newest(world.invoice).amount,
      credentialEndsMs: worker.claimedMs + CREDENTIAL_MS,
    };
    world.network.push(worker.message);
  },
  arriveApproved: (world, _rules, pick) => arrive(world, pick, true),
  arriveDeclined: (world, _rules, pick) => arrive(world, pick, false),
  answer: (world, rules, pick) => {
    const worker = choose(world.workers, pick);
    if (worker?.answer != null) report(world, rules, worker, worker.answer);
  },
  loseAnswer: (world, rules, pick) => {
    const worker = choose(world.workers, pick);
    if (worker?.sent === true) report(world, rules, worker, { kind: "unknown", reason: "reset" });
  },
  giveUp: (world, rules, pick) => {
    const worker = choose(world.workers, pick);
    const stayed = worker !== undefined && !worker.sent;
    if (stayed) report(world, rules, worker, { kind: "not_sent", reason: "refused" });
  },
  die: (world, _rules, pick) => {
    // What it has sent is still on its way.
    const worker = choose(world.workers, pick);
    world.workers = world.workers.filter((one) => one !== worker);
  },
  expire: (world, rules) => void write(world, rules.expire(world.invoice, after(world.nowMs))),
  look,
  lookFailed: (world, rules) => {
    const token = world.invoice.claim?.token ?? "";
    const asked = { token, reading: { kind: "failed" as const, reason: "timeout" } };
    write(world, recordReading(world.invoice, asked, rules.policy, recordingOf(world)));
  },
  recheck,
  align,
  cancel: (world, _rules, pick) => {
    // Rarely: little can go wrong with what has ended.
    if (world.subscription.state === "canceled" || pick % 8 !== 0) return;
    const move = { at: after(world.nowMs), actor: "api" as const, reason: "customer asked" };
    world.subscription = endSubscription(world.subscription, "canceled", move);
    // The answer to the caller comes after the alignment.
    align(world);
  },
  reprice: (world, _rules, pick) => {
    if (pick % 4 !== 0) return;
    const { version, amount } = world.subscription;
    world.subscription = { ...world.subscription, version: version + 1, amount: amount + 1000 };
  },
  refund,
};

function choose<T>(from: readonly T[], pick: number): T | undefined {
  return from.length === 0 ? undefined : from[pick % from.length];
}

function align(world: World): void {
  const by = { at: after(world.nowMs), actor: "api" as const };
  world.invoice = alignInvoice(world.invoice, world.subscription, by);
}

function claim(world: World, rules: WorldRules): void {
  const { version, amount, state } = world.subscription;
  const billable = BILLABLE_STATES.includes(state);
  const token = `token-${world.count}`;
  const request = {
    ...claimRequest(world.nowMs, token, version),
    leaseUntil: after(world.nowMs + LEASE_MS).operational,
    credentialEndsAt: after(world.nowMs + CREDENTIAL_MS).operational,
  };
  const won = claimCharge(world.invoice, request, rules.policy);
  if (!write(world, won) || world.invoice.step !== "call") return;
  const attempt = newest(world.invoice);
  world.claims.push({ amount: attempt.amount, contractAmount: amount, billable });
  world.workers.push({
    token,
    orderNumber: attempt.orderNumber,
    claimedMs: world.nowMs,
    message: null,
    sent: false,
    answer: null,
  });
}

/** A message reaches the gateway, which knows nothing but its own ledger and the credential. */
function arrive(world: World, pick: number, approves: boolean): void {
  const message = choose(world.network, pick);
  if (message === undefined) return;
  world.network = world.network.filter((one) => one !== message);
  const worker = world.workers.find((one) => one.message === message);
  if (world.nowMs >= message.credentialEndsMs) {
    if (worker !== undefined) worker.answer = { kind: "not_sent", reason: "credential refused" };
    return;
  }
  world.arrived.push(message.orderNumber);
  const id = `T${world.count}`;
  if (approves) {
    const { orderNumber, amount } = message;
    world.approvals.push({ id, orderNumber, amount, atMs: world.nowMs, refunded: false });
  }
  if (worker === undefined) return;
  const raw = { code: "2002", message: "잔액부족" };
  worker.answer = approves
    ? { kind: "approved", transaction: { id, approvedAt: after(world.nowMs).business } }
    : { kind: "declined", decline: createDecline("insufficient_funds", raw) };
}

/** A worker says what it knows; its call is over with that. */
function report(world: World, rules: WorldRules, worker: Worker, outcome: ChargeOutcome): void {
  world.workers = world.workers.filter((one) => one !== worker);
  world.network = world.network.filter((one) => one !== worker.message);
  const recording = recordingOf(world);
  const result = { token: worker.token, outcome };
  if (write(world, recordOutcome(world.invoice, result, rules.policy, recording))) return;
  if (outcome.kind !== "approved") return;
  const late = { orderNumber: worker.orderNumber, transaction: outcome.transaction };
  write(world, keepLateAnswer(world.invoice, late, recording.at.business));
}

/** Asks about the unknown charge; what is young may not be listed yet. */
function look(world: World, rules: WorldRules, pick: number): void {
  const { invoice } = world;
  if (invoice.step !== "ask" || invoice.claim?.kind !== "charge") return;
  const { orderNumber } = newest(invoice);
  const lagMs = pick % 2 === 0 ? LAG_MS : 0;
  const listed = world.approvals
    .filter((line) => line.orderNumber === orderNumber && line.atMs + lagMs <= world.nowMs)
    .map((line) => foundOf(line.id, { amount: line.amount, refunded: line.refunded }));
  const reading =
    listed.length === 0
      ? { kind: "not_found" as const }
      : { kind: "found" as const, transactions: listed };
  const asked = { token: invoice.claim.token, reading };
  write(world, recordReading(invoice, asked, rules.policy, recordingOf(world)));
}

/** Looks for closed attempts once more, as the sweep has it done. */
function recheck(world: World, rules: WorldRules): void {
  const now = after(world.nowMs).business;
  for (const attempt of world.invoice.attempts) {
    if (isInFlight(world.invoice) || attempt.recheckAt === null || attempt.recheckAt > now)
      continue;
    const line = world.approvals.find((one) => one.orderNumber === attempt.orderNumber);
    const [kept] = lateAnswersOf(attempt);
    const found =
      line === undefined
        ? kept
        : foundOf(line.id, { amount: line.amount, refunded: line.refunded });
    const { orderNumber } = attempt;
    const next =
      found === undefined
        ? world.invoice
        : recordLateApproval(
            world.invoice,
            { orderNumber, transaction: found },
            recordingOf(world),
          );
    write(world, next === null ? null : recordRecheck(next, orderNumber, rules.policy));
  }
}

/** Sends the next refund, which the gateway grants. */
function refund(world: World): void {
  const token = `refund-${world.count}`;
  const out = claimRefund(world.invoice, claimRequest(world.nowMs, token, 0));
  const one = out === null ? undefined : claimedRefund(out);
  if (out === null || one === undefined) return;
  const line = world.approvals.find((approval) => approval.id === one.transactionId);
  if (line !== undefined) line.refunded = true;
  const refundedAt = after(world.nowMs).business;
  const outcome = { kind: "approved" as const, refundTransactionId: `R-${one.id}`, refundedAt };
  write(world, recordRefundOutcome(out, { token, outcome }, REFUND_POLICY, recordingOf(world)));
}

/** Everything calms down: workers die, nothing arrives any more, and every question is asked. */
export function comeToRest(world: World, rules: WorldRules): void {
  world.workers = [];
  world.network = [];
  for (let round = 0; round < 12; round += 1) {
    world.nowMs += 12 * 3_600_000;
    const steps: CommandName[] = ["align", "expire", "look", "recheck", "align", "refund"];
    for (const name of steps) perform(world, { name, pick: 0 }, rules);
  }
}
