/**
 * Makes a gateway's payment window ready for an order. The order stands in our records before the
 * gateway hears of it; what it is worth is what we wrote there, whatever a browser says later.
 */
import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import {
  type PaymentWindow,
  type WindowTaking,
  keepOpened,
  openWindowInvoice,
  refuseWindow,
  windowOrderNumber,
} from "../domain/payment-window.ts";
import type { Wallet } from "../domain/wallet.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import type {
  JsonObject,
  OpenWindowOutcome,
  OpenWindowRequest,
  OpenedWindow,
  WindowFault,
} from "../gateways/window.ts";
import { newId, newToken, randomText } from "../lib/ids.ts";
import { describeError } from "../lib/logger.ts";
import { type Admission, PERSON_PATIENCE_MS, admitCall, keepPace } from "./admit-call.ts";
import { type DirectChargeDeps, assertAccountGoesOn } from "./direct-charge.ts";
import { unanswered, unreachable } from "./gateway-unreachable.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface WindowDeps extends DirectChargeDeps {
  gateways: GatewayRegistry;
  lease: { leaseMs: number; marginMs: number };
  /** Name of this process, for people who read the claim. */
  worker: string;
  windows: WindowTimes;
}

/** How long windows last, milliseconds. */
export interface WindowTimes {
  /** For the customer. */
  openMs: number;
  /** After that, for the notice of a gateway that cannot be asked. */
  tellingMs: number;
}

export interface PrepareInput {
  orderId: string;
  /** Keyed hash of the whole request. */
  requestHash: string;
  /** Won. */
  amount: number;
  productName: string;
  customerName: string;
  customerId: string;
  customerEmail: string | null;
  customerPhone: string | null;
  device: "pc" | "mobile";
  wallet: Wallet | null;
  options: JsonObject | null;
  /** Where the customer ends up; null: at a page of ours. */
  returnUrl: string | null;
  /** Where the window sends the browser, by the payment's id. */
  backUrl: (paymentId: string) => string;
  by?: string | null;
}

export type Prepared =
  | { kind: "prepared"; invoice: Invoice; opened: OpenedWindow }
  /** The gateway would refuse these options; nothing was written or sent. */
  | { kind: "faults"; faults: readonly WindowFault[] };

/**
 * Prepares an order, or gives the answer that an equal request got before. Throws ORDER_ID_REUSED
 * (another order has the number), ORDER_ENDED, WINDOW_REFUSED, GATEWAY_UNREACHABLE (nothing was sent) or
 * GATEWAY_UNANSWERED: after the last two an equal request goes on where this one ended.
 */
export async function prepareWindow(
  deps: WindowDeps,
  adapter: GatewayAdapter,
  input: PrepareInput,
): Promise<Prepared> {
  const earlier = await findEarlier(deps, input);
  if (earlier !== null) return goOn(deps, adapter, { input, invoice: earlier });
  const faults = adapter.checkWindow?.(toRequest(deps, input, null)) ?? [];
  if (faults.length > 0) return { kind: "faults", faults };
  await assertAccountGoesOn(deps, adapter);
  const invoice = await openInvoice(deps, adapter, input);
  if (await deps.invoices.insert(invoice)) return goOn(deps, adapter, { input, invoice });
  // Two requests at once: the other one was first.
  const first = await findEarlier(deps, input);
  if (first === null) throw new BillingError("CONFLICT", { id: invoice.id });
  return goOn(deps, adapter, { input, invoice: first });
}

async function findEarlier(deps: WindowDeps, input: PrepareInput): Promise<Invoice | null> {
  const { orderId } = input;
  const earlier = await deps.invoices.findByOrderId(orderId);
  if (earlier === null) return null;
  if (earlier.window?.requestHash !== input.requestHash) {
    throw new BillingError("ORDER_ID_REUSED", { orderId }, "/orderId");
  }
  return earlier;
}

interface Order {
  input: PrepareInput;
  invoice: Invoice;
}

/** Gives the kept answer, or asks the gateway for one. Asking twice moves nothing. */
async function goOn(deps: WindowDeps, adapter: GatewayAdapter, order: Order): Promise<Prepared> {
  const { invoice } = order;
  const kept = readOpened(invoice);
  if (kept !== null && invoice.state === "open") return { kind: "prepared", invoice, opened: kept };
  if (invoice.step !== "window") {
    const { state, window } = invoice;
    throw new BillingError("ORDER_ENDED", { orderId: window?.orderId ?? "", state }, "/orderId");
  }
  const admitted = await admitCall(deps, adapter, { call: "open_window" }, PERSON_PATIENCE_MS);
  if (admitted.kind !== "ready") throw unreachable(deps, adapter, admitted);
  const outcome = await ask(deps, adapter, { order, admitted });
  return keep(deps, adapter, { invoice, outcome });
}

interface Asking {
  order: Order;
  admitted: Extract<Admission, { kind: "ready" }>;
}

async function ask(
  deps: WindowDeps,
  adapter: GatewayAdapter,
  { order, admitted }: Asking,
): Promise<OpenWindowOutcome> {
  const { credential, pace } = admitted;
  if (adapter.openWindow === undefined) return { kind: "not_sent", reason: "no windows" };
  if (!(await keepPace(deps, adapter, pace))) return { kind: "not_sent", reason: "no slot" };
  const request = toRequest(deps, order.input, order.invoice);
  try {
    return await adapter.openWindow({ credential, maySend: () => true }, request);
  } catch (error) {
    const err = describeError(error);
    deps.log.error({ paymentId: order.invoice.id, err }, "gateway adapter failed");
    return { kind: "unknown", reason: "adapter failed" };
  }
}

async function keep(
  deps: WindowDeps,
  adapter: GatewayAdapter,
  { invoice, outcome }: { invoice: Invoice; outcome: OpenWindowOutcome },
): Promise<Prepared> {
  const { gateway } = adapter;
  if (outcome.kind === "declined") {
    const { code, rawCode, rawMessage } = outcome.decline;
    const reason = `${rawCode} ${rawMessage}`.trim();
    const cause = { at: await readInstants(deps), actor: "api" as const };
    await updateDocument(deps.invoices, invoice.id, (read) => refuseWindow(read, reason, cause));
    deps.log.warn({ paymentId: invoice.id, gateway, code, rawCode }, "a window was refused");
    throw new BillingError("WINDOW_REFUSED", { gateway, reason });
  }
  if (outcome.kind !== "opened") {
    deps.log.warn({ paymentId: invoice.id, gateway, reason: outcome.reason }, "no window yet");
    throw unanswered(gateway, outcome.kind);
  }
  const { kind: _kind, ...opened } = outcome;
  const { gatewayOrderId } = opened;
  const text = JSON.stringify(opened);
  const { document, changed } = await updateDocument(deps.invoices, invoice.id, (read) =>
    keepOpened(read, { text, gatewayOrderId }),
  );
  if (changed) deps.log.info({ paymentId: document.id, gateway }, "a payment window is ready");
  // Another request may have been first: its answer is the one that counts.
  return { kind: "prepared", invoice: document, opened: readOpened(document) ?? opened };
}

/** What a page needs to open the order's window; null while there is none. */
export function readOpened({ window }: Invoice): OpenedWindow | null {
  return window?.opened == null ? null : (JSON.parse(window.opened) as OpenedWindow);
}

async function openInvoice(
  deps: WindowDeps,
  adapter: GatewayAdapter,
  input: PrepareInput,
): Promise<Invoice> {
  const at = await readInstants(deps);
  const isOurs = adapter.capabilities.windows === "merchant";
  const askable = adapter.capabilities.lookUp !== "none";
  const endsAt = new Date(at.operational.getTime() + deps.windows.openMs);
  const tellingMs = isOurs || askable ? 0 : deps.windows.tellingMs;
  const taking: WindowTaking = isOurs
    ? { by: "merchant" }
    : {
        by: "gateway",
        token: newToken(),
        worker: deps.worker,
        orderPrefix: deps.policy.orderPrefix,
      };
  const { customerId, customerName, productName, amount } = input;
  return openWindowInvoice(
    {
      id: newId("pay"),
      number: randomText(12),
      amount,
      productName,
      gateway: adapter.gateway,
      account: adapter.account,
      billingKeyId: null,
      customerId,
      customerName,
      dueAt: at.business,
      at,
      by: input.by ?? null,
    },
    {
      window: newWindow(input, { endsAt, askable }),
      taking,
      closesAt: new Date(endsAt.getTime() + tellingMs),
    },
  );
}

function newWindow(
  { orderId, requestHash, device, wallet, options, returnUrl }: PrepareInput,
  times: Pick<PaymentWindow, "endsAt" | "askable">,
): PaymentWindow {
  return {
    ...times,
    orderId,
    requestHash,
    device,
    wallet,
    escrow: options?.["escrow"] === true,
    returnUrl,
    gatewayOrderId: null,
    opened: null,
    returnedAt: null,
    failure: null,
    virtualAccount: null,
  };
}

/** Without an invoice it is only checked. */
function toRequest(
  deps: WindowDeps,
  input: PrepareInput,
  invoice: Invoice | null,
): OpenWindowRequest {
  const { amount, productName, customerName, customerEmail, customerPhone } = input;
  const { device, wallet, options } = input;
  return {
    orderNumber: invoice === null ? "" : windowOrderNumber(invoice, deps.policy.orderPrefix),
    amount,
    productName,
    customerName,
    customerEmail,
    customerPhone,
    returnUrl: input.backUrl(invoice?.id ?? ""),
    device,
    wallet,
    options,
  };
}
