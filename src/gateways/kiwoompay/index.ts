import type { ChargeOutcome, RefundOutcome } from "../../domain/outcome.ts";
import type { OperationalClock } from "../../lib/clock.ts";
import type {
  CallPace,
  ChargeRequest,
  Credential,
  CredentialResult,
  CredentialUse,
  GatewayAdapter,
  GatewayCall,
  GatewayCapabilities,
  IssueBillingKeyOutcome,
  IssueBillingKeyRequest,
  RefundRequest,
} from "../gateway.ts";
import type { OpenWindowOutcome, OpenWindowRequest } from "../window.ts";
import type { KiwoompayConfig } from "./account.ts";
import { type KiwoompayClient, createKiwoompayClient } from "./client.ts";
import { cleanCode } from "./declines.ts";
import {
  toCardSecrets,
  toChargeBody,
  toChargeOutcome,
  toIssueBody,
  toIssueOutcome,
  toReadyBody,
  refuseNamelessRefund,
  toRefundBody,
  toRefundOutcome,
} from "./mapping.ts";
import { type Reply, readReady, readReply } from "./reply.ts";
import { toReturnUrl } from "./return-url.ts";
import { type Route, isNameless, packTicket, toRoute, unpackTicket } from "./ticket.ts";
import { refuseUnfit, toHashBody, toOpenWindowOutcome } from "./window.ts";

const GATEWAY = "kiwoompay";
/** Nothing documents it; short enough that hardly any gateway ends it sooner. */
const TOKEN_LIFE_MS = 5 * 60_000;
/** Of every merchant and pay method; three are recommended. */
const CALLS_PER_SECOND = 5;

const CAPABILITIES: GatewayCapabilities = {
  billingKeys: true,
  revokeBillingKey: false,
  partialRefund: true,
  lookUp: "none",
  listTransactions: false,
  repeatableFullRefund: true,
  gatewaySchedules: false,
  paysWith: ["billing_key", "card"],
  savesWithCharge: true,
  windows: "gateway",
  nameCharset: "cp949",
};

/** Said wherever the gateway has no such operation. */
const NO_OPERATION = "kiwoompay has no such operation";

export interface KiwoompayDeps {
  clock: OperationalClock;
}

/** The adapter of one KiwoomPay merchant account. */
export function createKiwoompayAdapter(
  config: KiwoompayConfig,
  { clock }: KiwoompayDeps,
): GatewayAdapter {
  const context: Context = { config, clock, client: createKiwoompayClient(config, clock) };
  return {
    gateway: GATEWAY,
    account: config.account,
    capabilities: CAPABILITIES,
    callDeadlineMs: config.callDeadlineMs,
    openCredential: (use) => openCredential(context, use),
    paceOf: (use) => paceOf(config, use),
    issueBillingKey: (call, request) => issueBillingKey(context, call, request),
    revokeBillingKey: () => Promise.resolve({ kind: "not_sent", reason: NO_OPERATION }),
    charge: (call, request) => charge(context, call, request),
    refund: (call, request) => refund(context, call, request),
    openWindow: (call, request) => openWindow(context, call, request),
    lookUpCharge: () => Promise.resolve({ kind: "failed", reason: NO_OPERATION }),
    lookUpRefund: () => Promise.resolve({ kind: "failed", reason: NO_OPERATION }),
    listTransactions: () => Promise.resolve({ kind: "failed", reason: NO_OPERATION }),
    readEvidence: (_call, evidence) =>
      Promise.resolve({ kind: "unknown", reason: NO_OPERATION, evidence }),
    close: () => context.client.close(),
  };
}

interface Context {
  config: KiwoompayConfig;
  client: KiwoompayClient;
  clock: OperationalClock;
}

// ---------------------------------------------------------------- step 1

/**
 * Asks where one call may be sent, and for the token that lets it in. Never kept for another call.
 * Nothing that happens here can have moved money: every failure is `not_sent`.
 */
async function openCredential(context: Context, use: CredentialUse): Promise<CredentialResult> {
  const { config, client, clock } = context;
  // A hash wants no token, and what is never sent wants nothing.
  if (use.call === "read" || use.call === "revoke" || use.call === "open_window") {
    return ready(context, "");
  }
  // It will be refused without a request: see `refund`.
  if (isNameless(use)) return ready(context, "");
  const route = toRoute(use, config.family);
  if (route === undefined) return { kind: "not_sent", reason: NO_OPERATION };
  const errand = { step: "ready", url: new URL(`${basePath(config)}/pay/ready`) };
  const answer = await client.send(errand, toReadyBody(config, route), {
    maySend: () => true,
    deadlineMs: clock.monotonicMs() + config.readyTimeoutMs,
  });
  const reply = readReady(answer);
  if (reply.kind === "failed") return { kind: "not_sent", reason: reply.reason };
  if (reply.kind === "refused") {
    const code = cleanCode(reply.code, [config.linkKey]);
    return { kind: "not_sent", reason: `ready: refused ${code}` };
  }
  const url = toReturnUrl(reply.url, config);
  if (url === undefined) return { kind: "not_sent", reason: "ready: RETURNURL is not allowed" };
  // What could not stand in a header would fail the call after this one.
  if (reply.token === undefined || !/^[\x21-\x7e]{1,4096}$/.test(reply.token)) {
    return { kind: "not_sent", reason: "ready: no token in the answer" };
  }
  return ready(context, packTicket({ ...route, url: url.href, token: reply.token }));
}

/** Counted from the receipt, hence never before the gateway's own end of the same span. */
function ready({ clock, config }: Context, value: string): CredentialResult {
  const lifeMs = config.tokenLifeMs ?? TOKEN_LIFE_MS;
  const endsAt = new Date(clock.now().getTime() + lifeMs);
  return { kind: "ready", credential: { value, endsAt } };
}

function basePath({ baseUrl }: KiwoompayConfig): string {
  return baseUrl.replace(/\/+$/, "");
}

function paceOf(config: KiwoompayConfig, use: CredentialUse): CallPace | null {
  const route = toRoute(use, config.family);
  const perSecond = config.callsPerSecond ?? CALLS_PER_SECOND;
  return route === undefined ? null : { bucket: route.payMethod, perSecond };
}

// ---------------------------------------------------------------- step 2

async function charge(
  context: Context,
  call: GatewayCall,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const { config } = context;
  const { source } = request;
  if (source.kind === "wallet") return { kind: "not_sent", reason: NO_OPERATION };
  const save = source.kind === "card" && source.save;
  const sent = await send(context, call, {
    use: { call: "charge", paidWith: source.kind, save },
    toBody: (route) => toChargeBody(config, route, { ...request, source }),
  });
  const inHand = source.kind === "card" ? toCardSecrets(source.card) : [source.billingKey];
  const secrets = [...sent.secrets, ...inHand];
  const receivedAt = context.clock.now();
  const { orderNumber } = request;
  return toChargeOutcome(sent.reply, request, { config, orderNumber, receivedAt, secrets });
}

async function issueBillingKey(
  context: Context,
  call: GatewayCall,
  request: IssueBillingKeyRequest,
): Promise<IssueBillingKeyOutcome> {
  const { config } = context;
  const sent = await send(context, call, {
    use: { call: "issue" },
    toBody: (route) => toIssueBody(config, route, request),
  });
  const secrets = [...sent.secrets, ...toCardSecrets(request.card)];
  return toIssueOutcome(sent.reply, { config, orderNumber: request.orderNumber, secrets });
}

async function refund(
  context: Context,
  call: GatewayCall,
  request: RefundRequest,
): Promise<RefundOutcome> {
  const { config } = context;
  const { paidWith, payMethod } = request;
  const use = {
    call: "refund",
    paidWith,
    ...(payMethod !== undefined && { payMethod }),
  } as const;
  if (isNameless(use)) return refuseNamelessRefund();
  const sent = await send(context, call, {
    use,
    toBody: (route) => toRefundBody(config, route, request),
  });
  const receivedAt = context.clock.now();
  return toRefundOutcome(sent.reply, request, { ...sent, cpid: config.cpid, receivedAt });
}

/** One request, which moves nothing: whoever has no answer to it can open no window. */
async function openWindow(
  { config, client, clock }: Context,
  call: GatewayCall,
  request: OpenWindowRequest,
): Promise<OpenWindowOutcome> {
  const unfit = refuseUnfit(request);
  if (unfit !== null) return unfit;
  const errand = { step: "hash", url: new URL(`${basePath(config)}/pay/hash`) };
  const answer = await client.send(errand, toHashBody(config, request), {
    maySend: () => call.maySend(),
    deadlineMs: clock.monotonicMs() + config.readyTimeoutMs,
  });
  return toOpenWindowOutcome(answer, request, config);
}

interface Sent {
  reply: Reply;
  /** What the gateway's words might repeat. */
  secrets: readonly string[];
}

async function send(
  context: Context,
  call: GatewayCall,
  errand: { use: CredentialUse; toBody(route: Route): Readonly<Record<string, string>> },
): Promise<Sent> {
  const { config, client, clock } = context;
  const ticket = unpackTicket(call.credential.value);
  const route = toRoute(errand.use, config.family);
  const secrets = [config.linkKey, ...(ticket === undefined ? [] : [ticket.token])];
  const unsent = (reason: string): Sent => ({ reply: { kind: "not_sent", reason }, secrets });
  if (route === undefined) return unsent(NO_OPERATION);
  if (ticket?.payMethod !== route.payMethod || ticket.cancels !== route.cancels) {
    return unsent(`${route.payMethod}: the credential is for another call`);
  }
  // Once more: between the steps a process may have been configured anew.
  const url = toReturnUrl(ticket.url, config);
  if (url === undefined) return unsent(`${route.payMethod}: RETURNURL is not allowed`);
  const answer = await client.send(
    { step: route.payMethod, url, token: ticket.token },
    errand.toBody(route),
    {
      maySend: () => isAlive(call.credential, clock) && call.maySend(),
      deadlineMs: clock.monotonicMs() + config.callDeadlineMs,
    },
  );
  return { reply: readReply(answer, ticket.token), secrets };
}

/** Reconciliation relies on it that nobody sends with a credential after its end. */
function isAlive({ endsAt }: Credential, clock: OperationalClock): boolean {
  return clock.now() < endsAt;
}
