/** PortOne's payment window: the order that is registered before, what the script is told, what came of it. */
import { createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { GatewayCall } from "../gateway.ts";
import type { JsonObject, OpenWindowOutcome, OpenWindowRequest, WindowReading } from "../window.ts";
import { toRefusedRequest } from "./declines.ts";
import { type Line, type PortoneContext, openLine, secretsOf } from "./line.ts";
import { type Payment, readPayment } from "./payment.ts";
import { type MindedReply, textOf, toFields, wholeOf } from "./reply.ts";
import {
  toNamedOrder,
  toPrepareRequest,
  toReadPaymentRequest,
  toReadPreparedRequest,
  toWindowChannel,
} from "./requests.ts";
import { checkWindow } from "./window-options.ts";

const SDK_URL = "https://cdn.iamport.kr/v1/iamport.js";
/** As PortOne numbers payments; nothing else is asked for. */
const TRANSACTION_ID = /^[\w-]{1,32}$/;

/** Anything that is not an opened window; it moves no money, so each may be tried again. */
type Unopened = Exclude<OpenWindowOutcome, { kind: "opened" }>;

/**
 * Registers the amount, so that no other can be paid under the order number, and tells what the
 * script needs. It moves no money.
 */
export async function openWindow(
  context: PortoneContext,
  call: GatewayCall,
  request: OpenWindowRequest,
): Promise<OpenWindowOutcome> {
  const { config } = context;
  if (!config.impCode)
    return refused("impCode", "the merchant's code (PORTONE_IMP_CODE) is not set");
  const [fault] = checkWindow(request);
  if (fault) return refused("options", `${fault.pointer}: ${fault.expected.en}`);
  const unopened = await registerAmount(
    openLine(context, call),
    request,
    secretsOf(context, call, []),
  );
  if (unopened !== null) return unopened;
  return {
    kind: "opened",
    gatewayOrderId: null,
    fields: toWindowFields(context, request),
    url: null,
    script: config.sdkUrl ?? SDK_URL,
    init: [config.impCode],
  };
}

/** Null: the amount of the order is registered, by this call or by one before it. */
async function registerAmount(
  send: Line,
  { orderNumber, amount }: OpenWindowRequest,
  secrets: readonly string[],
): Promise<Unopened | null> {
  const reply = await send(toPrepareRequest(orderNumber, amount));
  if (reply.kind === "success") {
    return echoes(reply, orderNumber, amount) ? null : unknown("prepare: echo of the order");
  }
  if (reply.kind === "not_found") return unknown("prepare: http 404");
  if (reply.kind !== "refused") return reply;
  // An order is registered once; a call before this one may have done it and lost its answer.
  const before = await send(toReadPreparedRequest(orderNumber));
  if (before.kind === "unknown" || before.kind === "not_sent") return before;
  if (before.kind !== "success") return toRefusedRequest(reply.refusal, secrets);
  if (echoes(before, orderNumber, amount)) return null;
  return refused("prepare", "the order number is registered with another amount");
}

function echoes(
  { response }: Extract<MindedReply, { kind: "success" }>,
  orderNumber: string,
  amount: number,
): boolean {
  const fields = toFields(response) ?? {};
  return textOf(fields, "merchant_uid") === orderNumber && wholeOf(fields, "amount") === amount;
}

/** The argument of `IMP.request_pay`. Where notices go is a matter of the console, not of a browser. */
function toWindowFields({ config }: PortoneContext, request: OpenWindowRequest): JsonObject {
  const { customerEmail, customerPhone, returnUrl, options } = request;
  return {
    ...toWindowChannel(config),
    ...toNamedOrder(request),
    ...(customerEmail !== null && { buyer_email: customerEmail }),
    ...(customerPhone !== null && { buyer_tel: customerPhone }),
    m_redirect_url: returnUrl,
    ...options,
  };
}

/** What the gateway tells of a payment that a browser named: the browser itself is not believed. */
export async function readWindow(
  context: PortoneContext,
  call: GatewayCall,
  transactionId: string,
): Promise<WindowReading> {
  if (!TRANSACTION_ID.test(transactionId)) return { kind: "not_found" };
  const reply = await openLine(context, call)(toReadPaymentRequest(transactionId));
  if (reply.kind === "not_found") return { kind: "not_found" };
  if (reply.kind === "refused") return failed(`payment: refused ${reply.refusal.code}`);
  if (reply.kind !== "success") return failed(reply.reason);
  const read = readPayment(reply.response);
  if (read.kind === "odd") return failed(read.problem);
  if (read.payment.id !== transactionId) return failed("echo of transaction id");
  return toReading(read.payment, secretsOf(context, call, []));
}

function toReading(payment: Payment, secrets: readonly string[]): WindowReading {
  const state = toState(payment);
  const { orderNumber, amount, failReason, virtualAccount } = payment;
  return {
    kind: "found",
    orderNumber,
    amount,
    state,
    reason: state === "failed" ? scrub(failReason ?? "", { secrets }) || null : null,
    virtualAccount: state === "pending" ? (virtualAccount ?? null) : null,
  };
}

/** A payment of which a part was given back is paid, whatever the status says. */
function toState({ status, amount, refundedAmount }: Payment) {
  if (status === "failed") return "failed";
  if (status === "ready") return "pending";
  const isPart = refundedAmount > 0 && refundedAmount < amount;
  if (isPart) return "paid";
  return status === "cancelled" || refundedAmount > 0 ? "refunded" : "paid";
}

function refused(what: string, message: string) {
  const raw = { code: what, message: scrub(message) };
  return { kind: "declined", decline: createDecline("request_refused", raw) } as const;
}

const unknown = (reason: string) => ({ kind: "unknown", reason }) as const;
const failed = (reason: string) => ({ kind: "failed", reason }) as const;
