import type { ChargeOutcome, RefundOutcome } from "../../domain/outcome.ts";
import type { OperationalClock } from "../../lib/clock.ts";
import type {
  ChargeRequest,
  Credential,
  GatewayAdapter,
  GatewayCall,
  GatewayCapabilities,
  RefundRequest,
} from "../gateway.ts";
import type { OpenWindowOutcome, OpenWindowRequest } from "../window.ts";
import type { PayupConfig } from "./account.ts";
import { readAuthentication, readPayupReturn } from "./authentication.ts";
import { type PayupClient, createPayupClient } from "./client.ts";
import { refusePartRefund, toCancelBody, toChargeOutcome, toRefundOutcome } from "./mapping.ts";
import { readReply } from "./reply.ts";
import { MOBILE_USER_AGENT, refuseUnfit, toOpenWindowOutcome, toOrderBody } from "./window.ts";

const GATEWAY = "payup";

const CAPABILITIES: GatewayCapabilities = {
  billingKeys: false,
  revokeBillingKey: false,
  partialRefund: false,
  lookUp: "none",
  listTransactions: false,
  repeatableFullRefund: true,
  gatewaySchedules: false,
  paysWith: ["wallet"],
  savesWithCharge: false,
  windows: "merchant",
  nameCharset: "cp949",
};

/** Requests are signed one by one: there is nothing to fetch before, and nothing that ends. */
const NO_CREDENTIAL: Credential = { value: "", endsAt: new Date("9999-12-31T00:00:00Z") };
const NO_BILLING_KEYS = { kind: "not_sent", reason: "PayUp has no billing keys" } as const;
const NO_LOOK_UP = { kind: "failed", reason: "PayUp has no look-up" } as const;

export interface PayupDeps {
  clock: OperationalClock;
}

/** The adapter of one PayUp merchant account: KakaoPay through KCP, one payment at a time. */
export function createPayupAdapter(config: PayupConfig, { clock }: PayupDeps): GatewayAdapter {
  const context: Context = { config, clock, client: createPayupClient(config) };
  return {
    gateway: GATEWAY,
    account: config.account,
    capabilities: CAPABILITIES,
    callDeadlineMs: config.callDeadlineMs,
    openCredential: () => Promise.resolve({ kind: "ready", credential: NO_CREDENTIAL }),
    paceOf: () => null,
    issueBillingKey: () => Promise.resolve(NO_BILLING_KEYS),
    revokeBillingKey: () => Promise.resolve(NO_BILLING_KEYS),
    openWindow: (call, request) => openWindow(context, call, request),
    readReturn: readPayupReturn,
    charge: (call, request) => charge(context, call, request),
    refund: (call, request) => refund(context, call, request),
    lookUpCharge: () => Promise.resolve(NO_LOOK_UP),
    lookUpRefund: () => Promise.resolve(NO_LOOK_UP),
    listTransactions: () => Promise.resolve(NO_LOOK_UP),
    readEvidence: (_call, evidence) =>
      Promise.resolve({ kind: "unknown", reason: "PayUp leaves no evidence", evidence }),
    close: () => context.client.close(),
  };
}

interface Context {
  config: PayupConfig;
  client: PayupClient;
  clock: OperationalClock;
}

async function openWindow(
  { config, client, clock }: Context,
  call: GatewayCall,
  request: OpenWindowRequest,
): Promise<OpenWindowOutcome> {
  const unfit = refuseUnfit(request);
  if (unfit !== null) return { kind: "declined", decline: unfit };
  const answer = await client.send("order", {
    body: toOrderBody(config, request, clock.now()),
    maySend: () => call.maySend(),
    ...(request.device === "mobile" && { userAgent: MOBILE_USER_AGENT }),
  });
  return toOpenWindowOutcome(readReply(answer), request, config);
}

async function charge(
  { config, client, clock }: Context,
  call: GatewayCall,
  { source, orderNumber, amount }: ChargeRequest,
): Promise<ChargeOutcome> {
  if (source.kind !== "wallet") return { kind: "not_sent", reason: "only wallets are taken" };
  const authentication = readAuthentication(source.authentication);
  if (authentication.kind === "declined") return authentication;
  const { body } = authentication;
  const answer = await client.send("pay", { body, maySend: () => call.maySend() });
  const secrets = [config.apiCertKey, ...authentication.secrets];
  const receivedAt = clock.now();
  return toChargeOutcome(readReply(answer), { orderNumber, amount, receivedAt, secrets });
}

async function refund(
  { config, client, clock }: Context,
  call: GatewayCall,
  request: RefundRequest,
): Promise<RefundOutcome> {
  if (!request.everythingLeft) return refusePartRefund();
  const body = toCancelBody(config, request);
  const answer = await client.send("cancel", { body, maySend: () => call.maySend() });
  const secrets = [config.apiCertKey];
  return toRefundOutcome(readReply(answer), request, { receivedAt: clock.now(), secrets });
}
