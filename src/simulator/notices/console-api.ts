import type { FastifyInstance } from "fastify";
import type { Dialect } from "../dialect.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import { refundDraft } from "../refund-draft.ts";
import type { SimulatorState } from "../state.ts";
import { ControlInputError, readChoice, readObject, readText, readWhole } from "../strict-input.ts";
import type { Overrides } from "./forge.ts";
import type { NoticeRecord } from "./notice-log.ts";

const NOTICES_LISTED = 100;
const NOTICES_LISTED_MAX = 1_000;
const AMOUNT_MAX = 9_999_999_999;
const TOLD_KINDS = ["approval", "refund", "virtual_account_issued"] as const;
const LISTED_BY = ["gateway", "orderNumber", "transactionId", "state"] as const;
const OVERRIDES = ["amount", "orderNumber", "merchant", "namedTransactionId"] as const;

/** Registers what steers notices, and the gateways' own consoles; returns the paths. */
export function registerNoticeApi(
  app: FastifyInstance,
  state: SimulatorState,
  dialects: readonly Dialect[],
): readonly string[] {
  const { notices } = state;
  app.get("/_sim/notice-urls", () => notices.urls.current());
  app.post("/_sim/notice-urls", (request) => notices.urls.change(request.body));

  app.get("/_sim/notices", (request) => listNotices(state, request.query));
  app.delete("/_sim/notices", () => {
    notices.log.clear();
    return { notices: [], waiting: notices.waiting() };
  });

  app.post("/_sim/console/cancel", (request) => cancelAtConsole(state, dialects, request.body));
  app.post("/_sim/console/notice", (request) => sendAgain(state, dialects, request.body));
  return ["/_sim/notice-urls", "/_sim/notices", "/_sim/console/cancel", "/_sim/console/notice"];
}

/** The latest that match, oldest first. */
function listNotices({ notices }: SimulatorState, query: unknown): object {
  const given = readObject(query, "the query", [...LISTED_BY, "limit"]);
  const wanted = LISTED_BY.flatMap((name) =>
    given[name] === undefined ? [] : [[name, readText(given[name], name)] as const],
  );
  const limit = readWhole(Number(given.limit ?? NOTICES_LISTED), "limit", [1, NOTICES_LISTED_MAX]);
  const matches = (record: NoticeRecord): boolean =>
    wanted.every(([name, value]) => record[name] === value);
  return {
    notices: notices.log.records().filter(matches).slice(-limit),
    waiting: notices.waiting(),
  };
}

/** What staff cancel by hand at the gateway: it stands in the ledger, and the gateway tells it. */
function cancelAtConsole(
  state: SimulatorState,
  dialects: readonly Dialect[],
  body: unknown,
): object {
  const given = readObject(body, "the body", ["gateway", "transactionId", "amount"]);
  const { dialect, transactionId } = readTransaction(dialects, given);
  const payment = state.ledger.books.payment(dialect.gateway, transactionId);
  if (!payment) throw new ControlInputError("transactionId names no approved payment");
  const left = (payment.approval.amount ?? 0) - payment.refundedAmount;
  if (left === 0) throw new ControlInputError("nothing of this payment is left to cancel");
  const amount = given.amount === undefined ? left : readWhole(given.amount, "amount", [1, left]);
  const at = state.clock.business();
  const detail = {
    ...dialect.newCancelDetail?.(state.ledger, at),
    reason: "console",
    via: "console",
  };
  const draft = refundDraft(payment.approval, { at, amount, fault: undefined, detail });
  const written = state.ledger.append([draft]);
  const raised = state.notices.raise(written);
  void raised.sendEarly();
  raised.send();
  return { refund: written[0] };
}

/** Sends a notice again, or a forgery of it where something else is to be said. */
function sendAgain(state: SimulatorState, dialects: readonly Dialect[], body: unknown): object {
  const given = readObject(body, "the body", ["gateway", "transactionId", "kind", ...OVERRIDES]);
  const { dialect, transactionId } = readTransaction(dialects, given);
  const kind = readChoice(given.kind ?? "approval", "kind", TOLD_KINDS);
  const isTold = (entry: LedgerEntry): boolean =>
    entry.gateway === dialect.gateway && entry.kind === kind;
  const entry = state.ledger.having("transactionId", transactionId).findLast(isTold);
  if (!entry) throw new ControlInputError(`transactionId names no ${kind}`);
  const sent = state.notices.resend(entry, readOverrides(given));
  if (sent.length > 0) return { notices: sent };
  throw new ControlInputError(
    "no notice was sent: the gateway sends none, has no address, may not call it, or has too many waiting",
  );
}

function readTransaction(
  dialects: readonly Dialect[],
  given: Readonly<Record<string, unknown>>,
): { dialect: Dialect; transactionId: string } {
  const names = dialects.map((one) => one.gateway);
  const name = readChoice(given.gateway, "gateway", names);
  const dialect = dialects.find((one) => one.gateway === name);
  if (!dialect) throw new ControlInputError(`the gateway ${name} is not simulated`);
  return { dialect, transactionId: readText(given.transactionId, "transactionId") };
}

function readOverrides(given: Readonly<Record<string, unknown>>): Overrides {
  const { amount, orderNumber, merchant, namedTransactionId } = given;
  return {
    ...(amount !== undefined && { amount: readWhole(amount, "amount", [0, AMOUNT_MAX]) }),
    ...(orderNumber !== undefined && { orderNumber: readText(orderNumber, "orderNumber") }),
    ...(merchant !== undefined && { merchant: readText(merchant, "merchant") }),
    ...(namedTransactionId !== undefined && {
      transactionId: readText(namedTransactionId, "namedTransactionId"),
    }),
  };
}
