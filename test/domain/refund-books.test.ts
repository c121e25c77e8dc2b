import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expireClaim } from "../../src/domain/claim-rules.ts";
import { createDecline } from "../../src/domain/decline.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { RefundOutcome } from "../../src/domain/outcome.ts";
import {
  type RefundPolicy,
  claimRefund,
  claimedRefund,
  recordRefundOutcome,
  recordRefundReading,
} from "../../src/domain/refund-rules.ts";
import { reserveRefund } from "../../src/domain/settle-rules.ts";
import {
  AMOUNT,
  REFUND_POLICY,
  after,
  approved,
  claimRequest,
  claimed,
  periodInvoice,
  recorded,
  recordingAt,
} from "./fixtures.ts";

/** A refund on its way to a gateway that bounds the sum and nothing else. */
interface Message {
  refundId: string;
  amount: number;
  credentialEndsMs: number;
}

interface Books {
  invoice: Invoice;
  nowMs: number;
  /** The call that is out; null once its worker has said that it ended. */
  call: { token: string; message: Message; arrived: boolean } | null;
  network: Message[];
  /** What the gateway has given back, by refund. */
  given: { refundId: string; amount: number }[];
  count: number;
}

const STEPS = [
  "request",
  "request",
  "claim",
  "claim",
  "arrive",
  "approve",
  "refuse",
  "giveUp",
  "lose",
  "lose",
  "die",
  "expire",
  "read",
  "read",
  "wait",
  "waitLong",
] as const;

type Step = (typeof STEPS)[number];

function openBooks(): Books {
  const invoice = recorded(claimed(periodInvoice()), approved("T1"));
  return { invoice, nowMs: 2000, call: null, network: [], given: [], count: 0 };
}

function givenBack(books: Books): number {
  return books.given.reduce((sum, one) => sum + one.amount, 0);
}

function arrive(books: Books, message: Message): void {
  books.network = books.network.filter((one) => one !== message);
  if (books.nowMs >= message.credentialEndsMs) return;
  if (givenBack(books) + message.amount > AMOUNT) return;
  books.given.push({ refundId: message.refundId, amount: message.amount });
  if (books.call?.message === message) books.call.arrived = true;
}

function record(books: Books, policy: RefundPolicy, outcome: RefundOutcome): void {
  const { call } = books;
  if (call === null) return;
  books.call = null;
  books.network = books.network.filter((one) => one !== call.message);
  const result = { token: call.token, outcome };
  const next = recordRefundOutcome(books.invoice, result, policy, recordingAt(books.nowMs));
  books.invoice = next ?? books.invoice;
}

function read(books: Books, policy: RefundPolicy, pick: number): void {
  const reading =
    pick % 4 === 0
      ? { kind: "failed" as const, reason: "timeout" }
      : { kind: "found" as const, refunded: books.given.length > 0 };
  const asked = { token: books.invoice.claim?.token ?? "", reading };
  const next = recordRefundReading(books.invoice, asked, policy, recordingAt(books.nowMs));
  books.invoice = next ?? books.invoice;
}

function claim(books: Books): void {
  const token = `token-${books.count}`;
  const request = claimRequest(books.nowMs, token, 0);
  const next = claimRefund(books.invoice, request);
  const refund = next === null ? undefined : claimedRefund(next);
  if (next === null || refund === undefined) return;
  const credentialEndsMs = request.credentialEndsAt.getTime() - after(0).operational.getTime();
  const message = { refundId: refund.id, amount: refund.amount, credentialEndsMs };
  books.invoice = next;
  books.call = { token, message, arrived: false };
  books.network.push(message);
}

function ask(books: Books, pick: number): void {
  const { refundable } = books.invoice;
  const amount = pick % 3 === 0 ? refundable : 1 + (pick % AMOUNT);
  const asked = {
    id: `ref_${books.count}`,
    amount,
    reason: "return",
    at: after(books.nowMs),
    actor: "api" as const,
  };
  if (amount < 1 || amount > refundable) {
    return;
  }
  books.invoice = reserveRefund(books.invoice, asked);
}

function perform(books: Books, policy: RefundPolicy, step: { name: Step; pick: number }): void {
  const { pick } = step;
  const { call } = books;
  books.count += 1;
  const refundedAt = after(books.nowMs).business;
  const done = { kind: "approved" as const, refundTransactionId: `R${books.count}`, refundedAt };
  const refusal = createDecline("request_refused", { code: "3001", message: "취소 불가" });
  const waiting = books.network[pick % Math.max(books.network.length, 1)];
  const actions: Readonly<Record<Step, () => void>> = {
    request: () => ask(books, pick),
    claim: () => claim(books),
    arrive: () => (waiting === undefined ? undefined : arrive(books, waiting)),
    // The gateway answers what it did: nothing else is definite.
    approve: () => {
      const already = books.given.some((one) => one.refundId === call?.message.refundId);
      if (call !== null && (call.arrived || already)) record(books, policy, done);
    },
    refuse: () => {
      const known = books.given.some((one) => one.refundId === call?.message.refundId);
      if (call?.arrived === false && !known) {
        record(books, policy, { kind: "declined", decline: refusal });
      }
    },
    giveUp: () => {
      if (call?.arrived === false) record(books, policy, { kind: "not_sent", reason: "refused" });
    },
    lose: () => record(books, policy, { kind: "unknown", reason: "timeout" }),
    die: () => void (books.call = null),
    expire: () => {
      books.invoice = expireClaim(books.invoice, after(books.nowMs)) ?? books.invoice;
    },
    read: () => read(books, policy, pick),
    wait: () => void (books.nowMs += 1000 * (1 + (pick % 60))),
    waitLong: () => void (books.nowMs += 60_000 * (1 + (pick % 20))),
  };
  actions[step.name]();
}

function sumOf(invoice: Invoice, states: readonly string[]): number {
  return invoice.refunds
    .filter((refund) => states.includes(refund.state))
    .reduce((sum, refund) => sum + refund.amount, 0);
}

/** As `expect`, but cheap: it is asked a million times. */
function must(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}

function checkReservation({ invoice }: Books): void {
  const reserved = sumOf(invoice, ["queued", "initiated", "unknown"]);
  const refunded = sumOf(invoice, ["done"]);
  must(refunded + reserved <= AMOUNT, "more is reserved than was captured");
  must(invoice.refundable + reserved + refunded === AMOUNT, "the books do not agree");
}

function checkGateway(books: Books, policy: RefundPolicy): void {
  const ids = new Set(books.given.map((one) => one.refundId));
  must(ids.size === books.given.length, "a refund went out twice");
  // A whole refund that is repeated may be refused while its first sending is still on its way.
  if (policy.repeatableFullRefund) return;
  const asked = sumOf(books.invoice, ["queued", "initiated", "unknown", "done"]);
  must(givenBack(books) <= asked, "more was given back than is on the books");
}

const script = fc.array(fc.record({ name: fc.constantFrom(...STEPS), pick: fc.nat(20_000) }), {
  minLength: 10,
  maxLength: 80,
  size: "max",
});

function search(policy: RefundPolicy, seen: { done: number; asked: number }) {
  const property = fc.property(script, (steps) => {
    const books = openBooks();
    for (const step of steps) {
      perform(books, policy, step);
      checkReservation(books);
      checkGateway(books, policy);
      if (books.invoice.step === "ask") seen.asked += 1;
    }
    seen.done += books.invoice.refunds.filter((refund) => refund.state === "done").length;
  });
  const found = fc.check(property, { numRuns: 1500, seed: 42, endOnFailure: true });
  return found.errorInstance instanceof Error ? found.errorInstance.message : "nothing";
}

describe("refunds in whatever order", () => {
  test.each([true, false])(
    "never pass what was captured, and none goes out twice (whole ones repeatable: %s)",
    (repeatableFullRefund) => {
      const seen = { done: 0, asked: 0 };
      expect(search({ ...REFUND_POLICY, repeatableFullRefund }, seen)).toBe("nothing");
      expect(seen.done).toBeGreaterThan(100);
      expect(seen.asked).toBeGreaterThan(500);
    },
  );

  test("are found going out twice where an answer counts at once", () => {
    const policy = { ...REFUND_POLICY, settleDelayMs: -3_600_000 };
    expect(search(policy, { done: 0, asked: 0 })).toBe("a refund went out twice");
  });
});
