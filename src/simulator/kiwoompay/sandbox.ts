import { toKoreaDay } from "../korea-time.ts";
import { refundDraft } from "../refund-draft.ts";
import type { SimulatorState } from "../state.ts";
import { GATEWAY } from "./codes.ts";
import { newTransactionId } from "./numbers.ts";

const DAY_MS = 86_400_000;

/**
 * What the real sandbox does every evening: it cancels the day's approvals at 20:00 in Korea. Done
 * when somebody calls the next time, with the hour at which it should have been.
 */
export function cancelAtEvening({ ledger, clock }: SimulatorState): void {
  const now = clock.business();
  const approvals = ledger
    .all()
    .filter(({ gateway, kind }) => gateway === GATEWAY && kind === "approval");
  for (const approval of approvals) {
    const evening = nextEvening(new Date(approval.at));
    const payment = ledger.books.payment(GATEWAY, approval.transactionId ?? "");
    const left = (approval.amount ?? 0) - (payment?.refundedAmount ?? 0);
    if (left === 0 || evening > now) continue;
    const cancelTransactionId = newTransactionId(ledger, evening);
    const detail = { cancelTransactionId, reason: "sandbox 20:00" };
    ledger.append([refundDraft(approval, { at: evening, amount: left, fault: undefined, detail })]);
  }
}

/** The first 20:00 in Korea after this instant. */
function nextEvening(at: Date): Date {
  const sameDay = new Date(`${toKoreaDay(at)}T20:00:00+09:00`);
  return sameDay > at ? sameDay : new Date(sameDay.getTime() + DAY_MS);
}
