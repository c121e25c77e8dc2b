/** Every request to PortOne, built from our words. */
import type {
  CardDetails,
  ChargeRequest,
  IssueBillingKeyRequest,
  RefundRequest,
} from "../gateway.ts";
import type { PortoneConfig } from "./account.ts";
import type { EscrowDelivery } from "../window.ts";
import type { PortoneRequest } from "./client.ts";
import { type NameRules, toName } from "../names.ts";

const PRODUCT_NAME_LENGTH_MAX = 40;
const BUYER_NAME_LENGTH_MAX = 16;
const REASON_LENGTH_MAX = 100;
/** The most that one page holds. */
const PAGE_LENGTH_MAX = 1_000;
/** The channel of KiwoomPay. */
const DEFAULT_PG = "daou";

/** KiwoomPay, behind the channel, keeps names in the Korean code page. */
const NAMES: NameRules = { charset: "cp949", unit: "units" };

type Body = NonNullable<PortoneRequest["body"]>;

/** What PortOne calls an order, in the window and on the wire. */
interface Order {
  orderNumber: string;
  amount: number;
  productName: string;
  customerName: string;
}

/** The shop chooses what a saved card is called; ours follows from the order number, so that it is ours alone. */
export function toCustomerUid(orderNumber: string): string {
  return `card-${orderNumber}`;
}

export function toTokenRequest({ impKey, impSecret }: PortoneConfig): PortoneRequest {
  const body = { imp_key: impKey, imp_secret: impSecret };
  return { operation: "getToken", method: "post", path: "/users/getToken", body };
}

export function toIssueRequest(
  config: PortoneConfig,
  request: IssueBillingKeyRequest,
): PortoneRequest {
  const customerName = toName(request.customerName, BUYER_NAME_LENGTH_MAX, NAMES);
  return {
    operation: "customers",
    method: "post",
    path: customerPath(toCustomerUid(request.orderNumber)),
    body: {
      ...toCardFields(request.card),
      ...toChannel(config),
      ...(customerName !== "" && { customer_name: customerName }),
      customer_id: request.customerId,
    },
  };
}

export function toReadKeyRequest(customerUid: string): PortoneRequest {
  return { operation: "customer", method: "get", path: customerPath(customerUid) };
}

export function toRevokeRequest(customerUid: string): PortoneRequest {
  return { operation: "customer", method: "delete", path: customerPath(customerUid) };
}

/** A billing key knows its channel, so none is named. */
export function toAgainRequest(request: ChargeRequest, customerUid: string): PortoneRequest {
  return {
    operation: "again",
    method: "post",
    path: "/subscribe/payments/again",
    body: { customer_uid: customerUid, ...toChargeFields(request) },
  };
}

export function toOnetimeRequest(
  config: PortoneConfig,
  request: ChargeRequest,
  { card, save }: { card: CardDetails; save: boolean },
): PortoneRequest {
  return {
    operation: "onetime",
    method: "post",
    path: "/subscribe/payments/onetime",
    body: {
      ...toChargeFields(request),
      ...toCardFields(card),
      ...toChannel(config),
      ...(save && { customer_uid: toCustomerUid(request.orderNumber) }),
    },
  };
}

export function toRefundRequest(request: RefundRequest): PortoneRequest {
  const body = {
    imp_uid: request.transactionId,
    // What we believe is left: where the gateway knows better it does nothing, so that no part can
    // be given back twice.
    checksum: request.leftBefore,
    reason: toName(request.reason, REASON_LENGTH_MAX, NAMES) || "refund",
    // Without an amount the gateway gives back what is left.
    ...(!request.everythingLeft && { amount: request.amount }),
  };
  return { operation: "cancel", method: "post", path: "/payments/cancel", body };
}

/** Payments over a test channel are shown only to those who ask for them. */
export function toReadPaymentRequest(transactionId: string): PortoneRequest {
  const path = `/payments/${encodeURIComponent(transactionId)}?include_sandbox=true`;
  return { operation: "payment", method: "get", path };
}

/** Registers what an order is to cost, before its window opens: another amount is then refused in it. */
export function toPrepareRequest(orderNumber: string, amount: number): PortoneRequest {
  const body = { merchant_uid: orderNumber, amount };
  return { operation: "prepare", method: "post", path: "/payments/prepare", body };
}

/** What was registered for an order. */
export function toReadPreparedRequest(orderNumber: string): PortoneRequest {
  const path = `/payments/prepare/${encodeURIComponent(orderNumber)}`;
  return { operation: "prepare", method: "get", path };
}

/** How goods paid for in escrow are delivered. Refusals come as HTTP statuses of their own. */
export function toDeliveryRequest(
  transactionId: string,
  { sender, receiver, logis }: EscrowDelivery,
  isChange: boolean,
): PortoneRequest {
  return {
    operation: "escrows/logis",
    method: isChange ? "put" : "post",
    path: `/escrows/logis/${encodeURIComponent(transactionId)}`,
    body: { sender, receiver, logis },
    refusedBy: [400, 405, 409],
  };
}

/** The newest payment under an order number. */
export function toFindRequest(orderNumber: string): PortoneRequest {
  const path = `/payments/find/${encodeURIComponent(orderNumber)}`;
  return { operation: "find", method: "get", path };
}

/** All payments under an order number. */
export function toFindAllRequest(orderNumber: string): PortoneRequest {
  const path = `/payments/findAll/${encodeURIComponent(orderNumber)}?limit=${PAGE_LENGTH_MAX}`;
  return { operation: "findAll", method: "get", path };
}

/** Seconds of UNIX time, both included. */
export interface Span {
  from: number;
  to: number;
}

/** One page of the payments that came into a status within a span; the oldest come first. */
export function toStatusRequest(
  status: "paid" | "cancelled",
  { from, to }: Span,
  page: number,
): PortoneRequest {
  const query = `from=${from}&to=${to}&page=${page}&limit=${PAGE_LENGTH_MAX}&sorting=started`;
  const path = `/payments/status/${status}?${query}`;
  return { operation: `status/${status}`, method: "get", path, isListing: true };
}

/** One page of what the gateway itself is about to charge; `to` is not included. */
export function toSchedulesRequest(
  customerUid: string,
  { from, to }: Span,
  page: number,
): PortoneRequest {
  const query = `from=${from}&to=${to}&page=${page}&schedule-status=scheduled`;
  const path = `${customerPath(customerUid)}/schedules?${query}`;
  return { operation: "schedules", method: "get", path };
}

function customerPath(customerUid: string): string {
  return `/subscribe/customers/${encodeURIComponent(customerUid)}`;
}

/** An order with names that KiwoomPay can hold. */
export function toNamedOrder(order: Order): Body {
  const buyerName = toName(order.customerName, BUYER_NAME_LENGTH_MAX, NAMES);
  return {
    merchant_uid: order.orderNumber,
    amount: order.amount,
    name: toName(order.productName, PRODUCT_NAME_LENGTH_MAX, NAMES) || order.orderNumber,
    ...(buyerName !== "" && { buyer_name: buyerName }),
  };
}

function toChargeFields(request: ChargeRequest): Body {
  return {
    ...toNamedOrder(request),
    // Shown at the console beside the payment, and echoed: whoever looks there finds the customer.
    custom_data: request.customerId,
  };
}

function toCardFields(card: CardDetails): Body {
  return {
    card_number: card.number.replaceAll(/(\d{4})(?=\d)/g, "$1-"),
    expiry: `20${card.expiry.slice(0, 2)}-${card.expiry.slice(2)}`,
    birth: card.holderId,
    pwd_2digit: card.password,
  };
}

function toChannel({ channelKey, pg }: PortoneConfig): Body {
  return channelKey === undefined ? { pg: pg ?? DEFAULT_PG } : { channel_key: channelKey };
}

/** The channel as the window spells it. */
export function toWindowChannel({ channelKey, pg }: PortoneConfig): Body {
  return channelKey === undefined ? { pg: pg ?? DEFAULT_PG } : { channelKey };
}
