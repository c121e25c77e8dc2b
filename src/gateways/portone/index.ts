import type { OperationalClock } from "../../lib/clock.ts";
import { createDecline } from "../../domain/decline.ts";
import type { ChargeOutcome, RefundOutcome, SavedCard } from "../../domain/outcome.ts";
import type {
  CallPace,
  ChargeRequest,
  CredentialUse,
  GatewayAdapter,
  GatewayCall,
  GatewayCapabilities,
  IssueBillingKeyOutcome,
  IssueBillingKeyRequest,
  LookUpRequest,
  LookUpResult,
  RefundRequest,
  ScheduleLookUpResult,
} from "../gateway.ts";
import type { PortoneConfig } from "./account.ts";
import { createPortoneClient } from "./client.ts";
import { type Line, type PortoneContext, openLine, secretsOf } from "./line.ts";
import { tellDelivery } from "./escrow.ts";
import { listPayments } from "./listing.ts";
import { isVoucher } from "./pay-methods.ts";
import { openWindow, readWindow } from "./window.ts";
import { checkWindow } from "./window-options.ts";
import {
  readSchedulePage,
  readWaitingSchedule,
  toChargeOutcome,
  toIssueOutcome,
  saysNothingThere,
  toLookUpResult,
  toRefundLookUp,
  toRefundOutcome,
  toRefundReadBack,
  toRevokeOutcome,
  tokenLifeMs,
} from "./mapping.ts";
import { readReply, textOf, toFields } from "./reply.ts";
import {
  toAgainRequest,
  toCustomerUid,
  toFindAllRequest,
  toFindRequest,
  toIssueRequest,
  toOnetimeRequest,
  toReadKeyRequest,
  toReadPaymentRequest,
  toRefundRequest,
  toRevokeRequest,
  toSchedulesRequest,
  toTokenRequest,
} from "./requests.ts";
import { readPortoneReturn } from "./window-return.ts";
import { type FetchedToken, createTokenCache } from "./token-cache.ts";
import { PAY_METHODS } from "./pay-methods.ts";

const GATEWAY = "portone";

const CAPABILITIES: GatewayCapabilities = {
  billingKeys: true,
  revokeBillingKey: true,
  partialRefund: true,
  lookUp: "by_order_number",
  listTransactions: true,
  repeatableFullRefund: true,
  gatewaySchedules: true,
  paysWith: ["billing_key", "card"],
  savesWithCharge: true,
  windows: "gateway",
  nameCharset: "cp949",
};

/** KiwoomPay's bound on calls without the customer, over PortOne: more of them may fail. */
const CALLS_PER_SECOND = 50;
/** The vendor's own page on tokens. */
const TOKEN_EXTENSION_MS = 300_000;

const DAY_MS = 86_400_000;
/**
 * Schedules are searched three months at once, of which the shortest have 89 days; more than a year
 * ahead covers all that are made.
 */
const SCHEDULE_SPAN_SECONDS = 84 * 86_400;
const SCHEDULE_SPANS = 5;
const SCHEDULE_PAGES_MAX = 100;

export interface PortoneDeps {
  clock: OperationalClock;
}

/** The adapter of one PortOne merchant account. */
export function createPortoneAdapter(
  config: PortoneConfig,
  { clock }: PortoneDeps,
): GatewayAdapter {
  const client = createPortoneClient(config, clock);
  const tokens = createTokenCache({
    fetchToken: () => fetchToken({ config, client, clock }),
    clock,
    extensionMs: config.tokenExtensionMs ?? TOKEN_EXTENSION_MS,
  });
  const perSecond = config.callsPerSecond ?? CALLS_PER_SECOND;
  const context: PortoneContext = { config, client, clock, tokens };
  return {
    gateway: GATEWAY,
    account: config.account,
    capabilities: CAPABILITIES,
    callDeadlineMs: config.callDeadlineMs,
    openCredential: () => tokens.open(),
    paceOf: (use) => paceOf(use, perSecond),
    issueBillingKey: (call, request) => issueBillingKey(context, call, request),
    revokeBillingKey: async (call, billingKey) =>
      toRevokeOutcome(
        await openLine(context, call)(toRevokeRequest(billingKey)),
        secretsOf(context, call, [billingKey]),
      ),
    charge: (call, request) => charge(context, call, request),
    refund: (call, request) => refund(context, call, request),
    lookUpCharge: (call, request) => lookUpCharge(context, call, request),
    lookUpRefund: async (call, transactionId) =>
      toRefundLookUp(
        await openLine(context, call)(toReadPaymentRequest(transactionId)),
        transactionId,
      ),
    lookUpSchedule: (call, billingKey) => lookUpSchedule(context, call, billingKey),
    openWindow: (call, request) => openWindow(context, call, request),
    checkWindow,
    readWindow: (call, transactionId) => readWindow(context, call, transactionId),
    tellDelivery: (call, told) => tellDelivery(context, call, told),
    listTransactions: (call, request) =>
      listPayments({ send: openLine(context, call), now: clock.now() }, request),
    // No answer of this gateway is sealed, so there is never any.
    readEvidence: (_call, evidence) =>
      Promise.resolve({ kind: "unknown", reason: "evidence of another kind", evidence }),
    windowMethods: PAY_METHODS,
    readReturn: readPortoneReturn,
    close: () => client.close(),
  };
}

function paceOf({ call }: CredentialUse, perSecond: number): CallPace | null {
  return call === "read" || call === "open_window" ? null : { bucket: "calls", perSecond };
}

// ---------------------------------------------------------------- token

/** Nothing that happens here can have moved money: every failure is `not_sent`. */
async function fetchToken({
  config,
  client,
  clock,
}: Omit<PortoneContext, "tokens">): Promise<FetchedToken> {
  const answer = await client.send(toTokenRequest(config), {
    maySend: () => true,
    deadlineMs: clock.monotonicMs() + config.tokenTimeoutMs,
  });
  const reply = readReply(answer);
  if (reply.kind === "not_sent" || reply.kind === "unknown") {
    return { kind: "not_sent", reason: reply.reason };
  }
  if (reply.kind !== "success") return { kind: "not_sent", reason: "token: refused" };
  const response = toFields(reply.response) ?? {};
  const token = textOf(response, "access_token");
  // What could not stand in a header would fail every call after this one.
  if (token === undefined || !/^[\x21-\x7e]{1,4096}$/.test(token)) {
    return { kind: "not_sent", reason: "token: none in the answer" };
  }
  return { kind: "fetched", token, lifeMs: tokenLifeMs(response) };
}

// ---------------------------------------------------------------- calls

async function charge(
  context: PortoneContext,
  call: GatewayCall,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const { source } = request;
  if (source.kind === "wallet") return { kind: "not_sent", reason: "wallets are not taken" };
  const inHand =
    source.kind === "card" ? secretsOfCard(source.card.number, source.card) : [source.billingKey];
  const sent =
    source.kind === "card"
      ? toOnetimeRequest(context.config, request, source)
      : toAgainRequest(request, source.billingKey);
  const send = openLine(context, call);
  const savedAs =
    source.kind === "card" && source.save ? toCustomerUid(request.orderNumber) : undefined;
  const outcome = toChargeOutcome(await send(sent), {
    orderNumber: request.orderNumber,
    amount: request.amount,
    receivedAt: context.clock.now(),
    secrets: secretsOf(context, call, inHand),
    ...(savedAs !== undefined && { customerUid: savedAs }),
  });
  if (outcome.kind !== "approved" || savedAs === undefined || outcome.savedCard) return outcome;
  const savedCard = await readSavedCard(send, savedAs);
  return savedCard === undefined ? outcome : { ...outcome, savedCard };
}

/** The money has moved; where the answer did not name the saved card, the gateway is asked for it. */
async function readSavedCard(send: Line, customerUid: string): Promise<SavedCard | undefined> {
  const reply = await send(toReadKeyRequest(customerUid), "anyway");
  const found = toIssueOutcome(reply, customerUid, []);
  if (found.kind !== "issued") return undefined;
  return { billingKey: found.billingKey, cardName: found.cardName };
}

/**
 * The name of the key is ours and used for this card alone: where the answer was lost, asking for it
 * tells whether the card was saved. Asking saves nothing, so it needs no lease.
 */
async function issueBillingKey(
  context: PortoneContext,
  call: GatewayCall,
  request: IssueBillingKeyRequest,
): Promise<IssueBillingKeyOutcome> {
  const customerUid = toCustomerUid(request.orderNumber);
  const secrets = secretsOf(context, call, secretsOfCard(request.card.number, request.card));
  const send = openLine(context, call);
  const outcome = toIssueOutcome(
    await send(toIssueRequest(context.config, request)),
    customerUid,
    secrets,
  );
  if (outcome.kind !== "unknown") return outcome;
  const found = toIssueOutcome(
    await send(toReadKeyRequest(customerUid), "anyway"),
    customerUid,
    secrets,
  );
  return found.kind === "issued" ? found : outcome;
}

/**
 * A refund of everything may be a repeated one whose first answer was lost. What the gateway says
 * then is not settled, so the payment itself is asked before a refusal is believed.
 */
async function refund(
  context: PortoneContext,
  call: GatewayCall,
  request: RefundRequest,
): Promise<RefundOutcome> {
  if (isVoucher(request.payMethod) && !request.everythingLeft) return VOUCHER_IN_PARTS;
  const send = openLine(context, call);
  const reply = await send(toRefundRequest(request));
  const secrets = secretsOf(context, call, []);
  const outcome = toRefundOutcome(reply, request, { receivedAt: context.clock.now(), secrets });
  if (outcome.kind !== "declined" || !request.everythingLeft) return outcome;
  const readBack = await send(toReadPaymentRequest(request.transactionId), "anyway");
  return toRefundReadBack(readBack, request, context.clock.now()) ?? outcome;
}

/** KiwoomPay takes vouchers back whole; of it in parts the gateway is not even asked. */
const VOUCHER_IN_PARTS: RefundOutcome = {
  kind: "declined",
  decline: createDecline("request_refused", {
    code: "voucher",
    message:
      "a payment by voucher can only be refunded as a whole (상품권 결제는 전액 취소만 가능)",
  }),
};

/** "Not there" lets a new charge follow, so both of the gateway's look-ups must say it. */
async function lookUpCharge(
  context: PortoneContext,
  call: GatewayCall,
  request: LookUpRequest,
): Promise<LookUpResult> {
  const send = openLine(context, call);
  const all = await send(toFindAllRequest(request.orderNumber));
  if (!saysNothingThere(all)) return toLookUpResult(all, request, context.clock.now());
  const newest = await send(toFindRequest(request.orderNumber));
  if (newest.kind === "not_found") return { kind: "not_found" };
  return { kind: "failed", reason: "the look-ups do not agree" };
}

async function lookUpSchedule(
  context: PortoneContext,
  call: GatewayCall,
  billingKey: string,
): Promise<ScheduleLookUpResult> {
  const send = openLine(context, call);
  const waiting = new Set<string>();
  // A day back: one whose time has come may still wait for its turn.
  const start = Math.floor((context.clock.now().getTime() - DAY_MS) / 1000);
  for (let index = 0; index < SCHEDULE_SPANS; index += 1) {
    const from = start + index * SCHEDULE_SPAN_SECONDS;
    const span = { from, to: from + SCHEDULE_SPAN_SECONDS };
    for (let page = 1; page !== 0; ) {
      const read = readSchedulePage(await send(toSchedulesRequest(billingKey, span, page)));
      if (read.kind === "failed") return read;
      for (const row of read.rows) {
        const orderNumber = readWaitingSchedule(row, billingKey);
        if (orderNumber === undefined) return { kind: "failed", reason: "unreadable schedule" };
        if (orderNumber !== null) waiting.add(orderNumber);
      }
      if (read.next > SCHEDULE_PAGES_MAX) return { kind: "failed", reason: "too many schedules" };
      page = read.next > page ? read.next : 0;
    }
  }
  return waiting.size === 0 ? { kind: "none" } : { kind: "scheduled", count: waiting.size };
}

/** What of a card a gateway might repeat: its number is sent in groups. */
function secretsOfCard(number: string, card: object): readonly string[] {
  return [number.replaceAll(/(\d{4})(?=\d)/g, "$1-"), ...Object.values(card).map(String)];
}
