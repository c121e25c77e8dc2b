/** Deliveries of goods that are paid for in escrow. What is told of them is not checked. */
import type { Processed } from "../wire.ts";
import type { Delivery } from "./deliveries.ts";
import {
  MESSAGES,
  OWN_MESSAGES,
  type Refusal,
  isRefusal,
  refuseWith,
  refusing,
  succeeding,
} from "./envelope.ts";
import { ANY, textOf, toObject, wholeOf } from "./fields.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";
import { paymentFacts } from "./payment-facts.ts";
import { findPayment } from "./payments.ts";

const PATH = "/escrows/logis/:imp_uid";
const FIELDS = { sender: ANY, receiver: ANY, logis: ANY };

/** POST: tells a delivery, once. */
export function createEscrowTellOperation(gateway: Portone): Operation {
  return {
    ...common(gateway),
    name: "escrow_tell",
    method: "POST",
    fields: FIELDS,
    run(call) {
      const fault = findEscrowFault(gateway, call);
      if (fault) return refusing(fault);
      if (gateway.deliveries.get(impUidOf(call)) === undefined) return write(gateway, call);
      return refusing(refuseWith(409, OWN_MESSAGES.deliveryRegistered));
    },
  };
}

/** PUT: changes what was told. */
export function createEscrowChangeOperation(gateway: Portone): Operation {
  return {
    ...common(gateway),
    name: "escrow_change",
    method: "PUT",
    fields: FIELDS,
    run(call) {
      const fault = findEscrowFault(gateway, call);
      if (fault) return refusing(fault);
      if (gateway.deliveries.get(impUidOf(call)) !== undefined) return write(gateway, call);
      return refusing(refuseWith(409, OWN_MESSAGES.noDelivery));
    },
  };
}

/** GET: what was told. */
export function createEscrowReadOperation(gateway: Portone): Operation {
  return {
    ...common(gateway),
    name: "escrow_read",
    method: "GET",
    run(call) {
      if (findPayment(gateway, call.merchant, impUidOf(call)) === undefined)
        return refusing(UNKNOWN);
      const delivery = gateway.deliveries.get(impUidOf(call));
      return delivery
        ? succeeding(printDelivery(delivery))
        : refusing(refuseWith(409, OWN_MESSAGES.noDelivery));
    },
  };
}

const UNKNOWN = refuseWith(404, MESSAGES.unknownPayment);

function common(gateway: Portone): Pick<Operation, "paths" | "needsToken" | "facts"> {
  return {
    paths: [PATH],
    needsToken: true,
    facts: ({ params }) => paymentFacts(gateway, params.imp_uid),
  };
}

function impUidOf({ params }: AdmittedCall): string {
  return params.imp_uid ?? "";
}

/** Only what was paid in escrow, and not given back, is delivered. */
function findEscrowFault(gateway: Portone, call: AdmittedCall): Refusal | null {
  const record = findPayment(gateway, call.merchant, impUidOf(call));
  if (record === undefined) return UNKNOWN;
  const isEscrow = record.entry.detail?.escrow === "yes" && record.status === "paid";
  return isEscrow ? null : refuseWith(409, OWN_MESSAGES.noEscrow);
}

function write(gateway: Portone, call: AdmittedCall): Processed {
  const delivery = readDelivery(gateway, call);
  if (isRefusal(delivery)) return refusing(delivery);
  gateway.deliveries.set(impUidOf(call), delivery);
  return succeeding(printDelivery(delivery));
}

function readDelivery({ state }: Portone, { body }: AdmittedCall): Delivery | Refusal {
  const missing = ["sender", "receiver", "logis"].find((name) => !isFilled(body.any(name)));
  if (missing !== undefined) return refuseWith(400, OWN_MESSAGES.missing(missing));
  const logis = body.any("logis");
  const [company, invoice] = [textOf(logis, "company"), textOf(logis, "invoice")];
  const sentAt = wholeOf(logis, "sent_at");
  const isDated =
    sentAt !== undefined || state.switches.current().portone.escrowSentAt === "optional";
  if (company === undefined || invoice === undefined || !isDated) {
    return refuseWith(400, OWN_MESSAGES.missing("logis: company, invoice, sent_at"));
  }
  const appliedAt = Math.floor(state.clock.business().getTime() / 1000);
  return { company, invoice, sentAt: sentAt ?? appliedAt, appliedAt };
}

function isFilled(value: unknown): boolean {
  const object = value === undefined || value === null ? undefined : toObject(value);
  return object !== undefined && Object.keys(object).length > 0;
}

function printDelivery({ company, invoice, sentAt, appliedAt }: Delivery): object {
  return { company, invoice, sent_at: sentAt, applied_at: appliedAt };
}
