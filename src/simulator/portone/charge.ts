/** What both ways to charge share: the checks before the card, the approval, the failure. */
import { declineText } from "../cards.ts";
import { type ChargeDecision, declineFault } from "../charge-decision.ts";
import { type Effect, isReplyEffect } from "../effects.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import { GATEWAY, OWN_MESSAGES, type Refusal, refuse, refusing, succeeding } from "./envelope.ts";
import type { CheckedBody } from "./fields.ts";
import { keepNoticeUrls } from "./notices.ts";
import { newApplyNum, newImpUid, newPgTid } from "./numbers.ts";
import type { AdmittedCall, Portone } from "./operation.ts";
import { findPayment, printPayment } from "./payments.ts";

/** What becomes of a charge that the card does not refuse. */
export type Approval = Extract<ChargeDecision, { kind: "approve" }>;
/** What becomes of one that it refuses. */
export type Decline = Extract<ChargeDecision, { kind: "decline" }>;

const INSTALMENTS_FROM = 50_000;
const KEPT_TEXTS = [
  "name",
  "buyer_name",
  "buyer_email",
  "buyer_tel",
  "buyer_addr",
  "buyer_postcode",
] as const;

/** A charge on its way to the ledger. */
export interface Charge {
  readonly operation: "onetime" | "again" | "window_pay";
  readonly merchant: string;
  readonly body: CheckedBody;
  readonly effect: Effect | null;
  /** Whose card it is, as the payment prints it. */
  readonly customerUid?: string | undefined;
  readonly usage?: "issue" | "payment" | undefined;
  readonly cardLast4?: string | undefined;
  /** What the payment prints of the card, and of whatever else it is paid with. */
  readonly printed: Readonly<Record<string, string>>;
}

/** A request that was accepted and stays without an answer. */
export const UNANSWERED: Processed = { reply: { status: 200, body: {} }, effect: "hang" };

/** Why a charge never reaches the card, if so. */
export function refuseCharge(gateway: Portone, { merchant, body }: AdmittedCall): Refusal | null {
  const { ledger, switches } = gateway.state;
  const quota = body.whole("card_quota") ?? 0;
  if (quota === 1 || (quota > 1 && (body.whole("amount") ?? 0) < INSTALMENTS_FROM)) {
    return refuse(OWN_MESSAGES.bad("card_quota", "0, or from 2 with 50,000 won and more"));
  }
  if (switches.current().portone.duplicateMerchantUid === "accept") return null;
  const merchantUid = body.text("merchant_uid") ?? "";
  const isPaid = ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, merchantUid);
  return isPaid ? refuse(OWN_MESSAGES.alreadyPaid) : null;
}

/** Writes a refusal that made no payment, and answers it. */
export function answerRefused(
  { state }: Portone,
  charge: Charge,
  { refusal, decidedBy }: { refusal: Refusal; decidedBy: string },
): Processed {
  state.ledger.append([
    {
      ...commonDraft(charge, state.clock.business()),
      kind: "decline",
      code: `${refusal.code}`,
      fault: charge.effect && isReplyEffect(charge.effect.kind) ? charge.effect.kind : undefined,
      detail: { operation: charge.operation, decidedBy },
    },
  ]);
  return refusing(refusal);
}

/** Writes an approval, with the saved card before it if there is one, and answers with the payment. */
export function answerApproved(
  gateway: Portone,
  charge: Charge,
  approved: { decision: Approval; issued?: EntryDraft },
): Processed {
  const impUid = writeApproval(gateway, charge, approved);
  return withFaults(answerPayment(gateway, charge.merchant, impUid), approved.decision);
}

/** An answer as the approval's own fault leaves it. */
export function withFaults(answer: Processed, { fault, replyDelayMs }: Approval): Processed {
  const kind = fault?.kind;
  const effect = kind !== undefined && isReplyEffect(kind) ? kind : undefined;
  return { ...answer, replyDelayMs, effect };
}

/** Writes an approval, with the saved card before it if there is one; returns its number. */
export function writeApproval(
  { state }: Portone,
  charge: Charge,
  { decision, issued }: { decision: Approval; issued?: EntryDraft },
): string {
  const { ledger, clock } = state;
  const at = clock.business();
  const impUid = newImpUid(ledger);
  const fault = decision.fault?.kind;
  // Key and charge go into the ledger together: a kill between them must not leave one alone.
  ledger.append([
    ...(issued ? [issued] : []),
    {
      ...commonDraft(charge, at),
      kind: "approval",
      transactionId: impUid,
      billingKey: charge.customerUid,
      fault,
      detail: {
        ...detailOf(charge),
        pgTid: newPgTid(ledger, at),
        applyNum: newApplyNum(ledger),
      },
    },
  ]);
  return impUid;
}

/** Writes a failure at the card, and answers with the failed payment. */
export function answerFailed(gateway: Portone, charge: Charge, decline: Decline): Processed {
  return answerPayment(gateway, charge.merchant, writeFailure(gateway, charge, decline));
}

/** Writes a failure at the card; returns its number. */
export function writeFailure(
  { state }: Portone,
  charge: Charge,
  { code, decidedBy }: Decline,
): string {
  const { ledger, clock } = state;
  const impUid = newImpUid(ledger);
  ledger.append([
    {
      ...commonDraft(charge, clock.business()),
      kind: "decline",
      transactionId: impUid,
      // A card that was not saved has no key whose declines could be counted.
      billingKey: charge.operation === "again" ? charge.customerUid : undefined,
      code,
      fault: declineFault(charge.effect, decidedBy),
      detail: {
        ...detailOf(charge),
        operation: charge.operation,
        decidedBy,
        failReason: `[${code}] ${declineText(code)}`,
      },
    },
  ]);
  return impUid;
}

/** Writes a virtual account that waits for its deposit; returns the number of the payment to come. */
export function writeVirtualAccount({ state }: Portone, charge: Charge): string {
  const { ledger, clock } = state;
  const at = clock.business();
  const impUid = newImpUid(ledger);
  const detail = { ...detailOf(charge), pgTid: newPgTid(ledger, at) };
  const draft = { ...commonDraft(charge, at), kind: "virtual_account_issued" as const };
  ledger.append([{ ...draft, transactionId: impUid, detail }]);
  return impUid;
}

function answerPayment(gateway: Portone, merchant: string, impUid: string): Processed {
  const record = findPayment(gateway, merchant, impUid);
  if (!record) throw new Error(`the ledger lost ${impUid}`);
  return succeeding(printPayment(gateway, record));
}

function commonDraft(charge: Charge, at: Date): Omit<EntryDraft, "kind"> {
  return {
    at: at.toISOString(),
    gateway: GATEWAY,
    merchant: charge.merchant,
    orderNumber: charge.body.text("merchant_uid"),
    buyerId: charge.body.text("custom_data"),
    amount: charge.body.whole("amount"),
    cardLast4: charge.cardLast4,
  };
}

function detailOf({ body, customerUid, usage, printed }: Charge): Record<string, string> {
  const kept = KEPT_TEXTS.flatMap((name) => {
    const value = body.text(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const customData = body.any("custom_data");
  const noticeUrls = keepNoticeUrls(body.any("notice_url"));
  return {
    ...Object.fromEntries(kept),
    quota: `${body.whole("card_quota") ?? 0}`,
    ...printed,
    ...(customerUid !== undefined && { customerUid }),
    ...(usage !== undefined && { usage }),
    ...(noticeUrls !== undefined && { noticeUrls }),
    ...(customData !== undefined && customData !== null && { customData: toData(customData) }),
  };
}

/** Data of the shop's own is kept as a text; an object as its JSON. */
function toData(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
