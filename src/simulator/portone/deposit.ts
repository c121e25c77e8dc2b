/** A customer's deposit into a virtual account, which no window sees. */
import { ControlInputError, readObject, readText } from "../strict-input.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import { GATEWAY } from "./envelope.ts";
import type { Portone } from "./operation.ts";

/** Pays what is asked for into the account of a payment, named by either number; it is told. */
export function deposit({ state }: Portone, input: unknown): object {
  const given = readObject(input, "the body", ["imp_uid", "merchant_uid"]);
  const issued = findWaiting({ state }, given);
  const now = state.clock.business();
  if (now.toISOString() > (issued.detail?.vbankDate ?? "")) {
    throw new ControlInputError("the virtual account takes no deposit any more");
  }
  const { gateway, merchant, buyerId, orderNumber, transactionId, amount } = issued;
  const paid = { gateway, merchant, buyerId, orderNumber, transactionId, amount };
  const detail = { ...issued.detail, startedAt: issued.at };
  const [approval] = state.ledger.append([
    { ...paid, at: now.toISOString(), kind: "approval", detail },
  ]);
  const raised = state.notices.raise(approval ? [approval] : []);
  void raised.sendEarly();
  raised.send();
  return { approval };
}

function findWaiting(
  { state }: Pick<Portone, "state">,
  { imp_uid, merchant_uid }: Readonly<Record<string, unknown>>,
): LedgerEntry {
  const { ledger } = state;
  if ((imp_uid === undefined) === (merchant_uid === undefined)) {
    throw new ControlInputError("name the payment by imp_uid or by merchant_uid");
  }
  const named =
    imp_uid === undefined
      ? ledger.having("orderNumber", readText(merchant_uid, "merchant_uid"))
      : ledger.having("transactionId", readText(imp_uid, "imp_uid"));
  const waiting = named.findLast(
    ({ gateway, kind, transactionId }) =>
      gateway === GATEWAY &&
      kind === "virtual_account_issued" &&
      ledger.books.payment(GATEWAY, transactionId ?? "") === undefined,
  );
  if (waiting) return waiting;
  throw new ControlInputError("no virtual account of that name waits for a deposit");
}
