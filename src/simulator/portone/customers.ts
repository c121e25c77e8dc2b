/** Customers: cards that were saved under a name of the shop's choice. */
import type { BillingKeyAccount } from "../books.ts";
import { declineText } from "../cards.ts";
import { declineFault, isExpired } from "../charge-decision.ts";
import { isReplyEffect } from "../effects.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import { type SentCard, findTestCard, printedCard, toSentCard } from "./cards-on-file.ts";
import {
  GATEWAY,
  MESSAGES,
  OWN_MESSAGES,
  type Refusal,
  refuse,
  refuseWith,
  refusing,
  succeeding,
} from "./envelope.ts";
import { ANY, CARD_FIELDS, mandatory, text } from "./fields.ts";
import type { AdmittedCall, Incoming, Operation, Portone } from "./operation.ts";
import { printCard } from "./payments.ts";
import { listOf } from "./queries.ts";
import { toSeconds } from "./seconds.ts";

const CUSTOMER_TEXTS = [
  "customer_id",
  "customer_name",
  "customer_tel",
  "customer_email",
  "customer_addr",
  "customer_postcode",
] as const;

const ISSUE_FIELDS = {
  ...CARD_FIELDS,
  card_number: mandatory(CARD_FIELDS.card_number ?? text(19)),
  expiry: mandatory(CARD_FIELDS.expiry ?? text(7)),
  // Documented as mandatory, and missing in the guide's own example.
  channel_key: text(80),
  // The vendor's Python client repeats it in the body.
  customer_uid: text(80),
  customer_id: text(80),
  customer_name: text(16, { isName: true }),
  customer_tel: text(20),
  customer_email: text(64),
  customer_addr: text(128, { isName: true }),
  customer_postcode: text(8),
  currency: text(3),
  bypass: ANY,
};

const PATH = "/subscribe/customers/:customer_uid";
const facts = ({ params }: Incoming) => ({ billingKey: params.customer_uid });

/** The saved card of a merchant's customer, unless it was deleted. */
export function findCustomer(
  { state }: Portone,
  merchant: string,
  customerUid: string,
): BillingKeyAccount | undefined {
  const account = state.ledger.books.billingKey(GATEWAY, customerUid);
  return account?.issued.merchant === merchant && !account.revoked ? account : undefined;
}

/** Whether another merchant's customer has this name: the books keep one of each name. */
export function isForeign({ state }: Portone, merchant: string, customerUid: string): boolean {
  const account = state.ledger.books.billingKey(GATEWAY, customerUid);
  return account !== undefined && account.issued.merchant !== merchant;
}

/** POST: saves a card under the name, in the place of the one that was there. */
export function createCustomerIssueOperation(gateway: Portone): Operation {
  return {
    name: "customer_issue",
    method: "POST",
    paths: [PATH],
    needsToken: true,
    isPaced: true,
    fields: ISSUE_FIELDS,
    facts,
    run(call) {
      const customerUid = call.params.customer_uid ?? "";
      const refusal = saveCard(gateway, call, customerUid);
      return refusal ? refusing(refusal) : answerCustomer(gateway, customerUid);
    },
  };
}

/** GET: what is known of the card. */
export function createCustomerReadOperation(gateway: Portone): Operation {
  return {
    name: "customer_read",
    method: "GET",
    paths: [PATH],
    needsToken: true,
    facts,
    run: ({ merchant, params }) => {
      const customerUid = params.customer_uid ?? "";
      return findCustomer(gateway, merchant, customerUid)
        ? answerCustomer(gateway, customerUid)
        : refusing(refuseWith(404, MESSAGES.customerNotFound(customerUid)));
    },
  };
}

/** DELETE: forgets the card for good. */
export function createCustomerRevokeOperation(gateway: Portone): Operation {
  return {
    name: "customer_revoke",
    method: "DELETE",
    paths: [PATH],
    needsToken: true,
    isPaced: true,
    facts,
    run({ merchant, params }) {
      const customerUid = params.customer_uid ?? "";
      const account = findCustomer(gateway, merchant, customerUid);
      if (!account) return refusing(refuseWith(404, MESSAGES.customerNotFound(customerUid)));
      const { ledger, clock } = gateway.state;
      const answer = answerCustomer(gateway, customerUid);
      const { billingKey, cardLast4 } = account.issued;
      const at = clock.business().toISOString();
      const kind = "billing_key_revoked";
      ledger.append([{ at, gateway: GATEWAY, merchant, kind, billingKey, cardLast4 }]);
      return answer;
    },
  };
}

/** GET with customer_uid[]: several at once. */
export function createCustomerListOperation(gateway: Portone): Operation {
  return {
    name: "customer_list",
    method: "GET",
    paths: ["/subscribe/customers"],
    needsToken: true,
    facts: () => ({}),
    run({ merchant, query }) {
      const found = listOf(query, "customer_uid").filter((uid) =>
        findCustomer(gateway, merchant, uid),
      );
      return succeeding(found.map((uid) => printCustomer(gateway, uid)));
    },
  };
}

/** Saves the card of a request, or says why not. */
export function saveCard(
  gateway: Portone,
  call: AdmittedCall,
  customerUid: string,
): Refusal | null {
  const { merchant, body } = call;
  if (isForeign(gateway, merchant, customerUid)) return refuse(OWN_MESSAGES.foreignCustomer);
  const sent = toSentCard(body.text("card_number"), body.text("expiry"));
  const refused = refuseCard(gateway, call, sent);
  if (refused) return declineCard(gateway, call, { sent, ...refused });
  const draft = issueDraft(gateway, call, { customerUid, sent });
  gateway.state.ledger.append([draft]);
  return null;
}

/** The ledger's entry of a saved card. The card must be a test card. */
export function issueDraft(
  { state }: Portone,
  { merchant, body, effect }: AdmittedCall,
  { customerUid, sent }: { customerUid: string; sent: SentCard },
): EntryDraft {
  const card = findTestCard(sent);
  if ("refusedWith" in card) throw new Error("a refused card cannot be saved");
  const kept = CUSTOMER_TEXTS.flatMap((name) => {
    const value = body.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    at: state.clock.business().toISOString(),
    gateway: GATEWAY,
    merchant,
    kind: "billing_key_issued",
    billingKey: customerUid,
    orderNumber: body.text("merchant_uid"),
    buyerId: body.text("customer_id"),
    cardLast4: sent.number.slice(-4),
    fault: effect && isReplyEffect(effect.kind) ? effect.kind : undefined,
    detail: {
      ...Object.fromEntries(kept),
      ...printedCard(card, sent),
      card: card.id,
      expiry: sent.expiry,
    },
  };
}

interface CardRefusal {
  readonly code: string;
  readonly decidedBy: "card" | "expiry" | "rule";
}

function refuseCard(
  { state }: Portone,
  { effect }: AdmittedCall,
  sent: SentCard,
): CardRefusal | null {
  const card = findTestCard(sent);
  if ("refusedWith" in card) return { code: card.refusedWith, decidedBy: "card" };
  if (effect?.kind === "decline") return { code: effect.code, decidedBy: "rule" };
  const isOver = isExpired(card, sent.expiry, state.clock.business());
  return isOver ? { code: "2015", decidedBy: "expiry" } : null;
}

function declineCard(
  { state }: Portone,
  { merchant, effect }: AdmittedCall,
  { sent, code, decidedBy }: CardRefusal & { sent: SentCard },
): Refusal {
  state.ledger.append([
    {
      at: state.clock.business().toISOString(),
      gateway: GATEWAY,
      merchant,
      kind: "decline",
      code,
      cardLast4: sent.number.slice(-4),
      fault: declineFault(effect, decidedBy),
      detail: { operation: "customer_issue", decidedBy },
    },
  ]);
  return refuse(`${MESSAGES.keyRefused} [${code}] ${declineText(code)}`, -1);
}

function answerCustomer(gateway: Portone, customerUid: string): Processed {
  return succeeding(printCustomer(gateway, customerUid));
}

function printCustomer({ state }: Portone, customerUid: string): Readonly<Record<string, unknown>> {
  const issued = state.ledger.books.billingKey(GATEWAY, customerUid)?.issued;
  const detail = issued?.detail ?? {};
  const { card_quota: _quota, ...card } = printCard(detail);
  return {
    customer_uid: customerUid,
    pg_provider: "daou",
    pg_id: "sim_daou",
    sandbox: true,
    ...card,
    ...Object.fromEntries(CUSTOMER_TEXTS.map((name) => [name, detail[name] ?? null])),
    inserted: toSeconds(firstIssuedAt(state.ledger.having("billingKey", customerUid))),
    updated: toSeconds(issued?.at),
  };
}

/** A new card under an old name keeps the day of the first one, until it is deleted. */
function firstIssuedAt(entries: readonly { kind: string; at: string }[]): string | undefined {
  const lastEnd = entries.findLastIndex(({ kind }) => kind === "billing_key_revoked");
  return entries.slice(lastEnd + 1).find(({ kind }) => kind === "billing_key_issued")?.at;
}
