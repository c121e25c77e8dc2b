import type { Effect } from "../effects.ts";
import type { RequestFacts } from "../faults.ts";
import type { SimulatorState } from "../state.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, refusal } from "./codes.ts";
import { type CheckedBody, type FieldTable, checkFields, isRefusal } from "./fields.ts";
import type { Numbers } from "./numbers.ts";
import type { Order, Orders } from "./orders.ts";
import type { WalletCards } from "./wallet-cards.ts";

/** What every operation of this gateway works with. */
export interface Payup {
  readonly state: SimulatorState;
  readonly orders: Orders;
  readonly numbers: Numbers;
  readonly cards: WalletCards;
}

/** A request as it came. */
export interface IncomingCall {
  /** From the path. */
  readonly merchant: string;
  readonly userAgent: string;
  /** As the caller named the simulator. */
  readonly baseUrl: string;
  readonly body: unknown;
  /** What a fault rule wants done while processing. */
  readonly effect: Effect | null;
}

/** A request that was let in. */
export interface AdmittedCall extends IncomingCall {
  readonly secret: string;
  readonly body: CheckedBody;
}

/** One endpoint of the gateway. */
export interface Operation {
  readonly name: string;
  /** The last part of its path. */
  readonly step: "order" | "pay" | "cancel";
  readonly fields: FieldTable;
  /** What fault rules can see of a body that was not checked yet. */
  facts(body: unknown): Partial<RequestFacts>;
  run(call: AdmittedCall): Processed;
}

/** Lets a request in: the merchant, the rate, the fields; or says why not. */
export function admit(
  { state }: Payup,
  operation: Operation,
  call: IncomingCall,
): AdmittedCall | Refusal {
  const secret = state.merchants.secretOf(GATEWAY, call.merchant);
  if (secret === undefined) return refusal(CODES.unknownMerchant);
  const { callsPerSecond } = state.switches.current().payup;
  if (!state.callRate.admits(`${GATEWAY}/${call.merchant}`, callsPerSecond)) {
    return { ...refusal(CODES.outOfOrder), status: 429 };
  }
  const body = checkFields(call.body, operation.fields);
  return isRefusal(body) ? body : { ...call, secret, body };
}

/** The reply that refuses. */
export function refusing({ state }: Payup, refused: Refusal): Processed {
  const { errorStatus } = state.switches.current().payup;
  const status = refused.status ?? (errorStatus === "http400" ? 400 : 200);
  const body = { responseCode: refused.code, responseMsg: refused.message };
  return { reply: { status, body } };
}

/** What fault rules can see of a request about an order. */
export function orderFacts(order: Order | undefined): Partial<RequestFacts> {
  return {
    merchant: order?.merchant,
    buyerId: order?.userName,
    orderNumber: order?.orderNumber,
    amount: order?.amount,
  };
}

/** Whether an order can still be paid, in real time. */
export function isAlive({ state }: Payup, order: Order): boolean {
  const { orderLifeMs } = state.switches.current().payup;
  if (orderLifeMs === 0) return true;
  return state.clock.operational.now().getTime() < order.orderedAtMs + orderLifeMs;
}

/** Whether an order was paid; known from the ledger, and so after a restart too. */
export function isPaid({ state }: Payup, { orderNumber, ordrIdxx }: Order): boolean {
  return state.ledger
    .having("orderNumber", orderNumber)
    .some(
      ({ gateway, kind, detail }) =>
        gateway === GATEWAY && kind === "approval" && detail?.ordrIdxx === ordrIdxx,
    );
}
