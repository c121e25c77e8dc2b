/** Everything that is known about declines, as an operator reads it. */
import { DECLINES, type DeclineCode } from "../domain/decline-codes.ts";
import { type DeclineKind, type DeclineMap, factsOf, isDeclineCode } from "../domain/decline.ts";
import type { AccountPause } from "../domain/account-pause.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { DeclineCount, DeclineCountStore } from "../stores/decline-counts.ts";
import type { Language } from "./texts/language.ts";

/** One of our codes. */
export interface DeclineRow {
  code: DeclineCode;
  kind: DeclineKind;
  /** Whether it stops the whole account. */
  stopsAccount: boolean;
  customer: string;
  operator: string;
  since: string;
  grounds: string;
  /** How often any gateway has sent it. */
  count: number;
}

/** A code that no map knows. Times are ISO instants of business time. */
export interface UnrecognizedRow {
  gateway: string;
  rawCode: string;
  count: number;
  firstSeenAt: string;
  lastSeenAt: string;
  orderNumber: string;
}

/** One of a gateway's own codes. */
export interface MappedRow {
  rawCode: string;
  means: DeclineCode;
  source: string;
}

/** An account that is stopped. Times are ISO instants of operational time. */
export interface PausedRow {
  account: string;
  queue: AccountPause["queue"];
  code: DeclineCode;
  rawCode: string;
  rawMessage: string;
  orderNumber: string;
  since: string;
  pausedUntil: string | null;
}

export interface DeclineOverview {
  paused: PausedRow[];
  unrecognized: UnrecognizedRow[];
  codes: DeclineRow[];
  maps: { gateway: string; codes: MappedRow[] }[];
}

export interface ListDeclinesDeps {
  pauses: Pick<AccountPauseStore, "listPaused">;
  declines: Pick<DeclineCountStore, "listAll">;
  declineMaps: readonly DeclineMap[];
}

/** Stopped accounts, codes that nobody knows by how often they came, our table, each gateway's map. */
export async function listDeclines(
  deps: ListDeclinesDeps,
  language: Language,
): Promise<DeclineOverview> {
  const [pauses, counts] = await Promise.all([deps.pauses.listPaused(), deps.declines.listAll()]);
  return {
    paused: pauses.map(toPausedRow),
    unrecognized: counts.flatMap(toUnrecognizedRow),
    codes: Object.keys(DECLINES)
      .filter(isDeclineCode)
      .map((code) => toDeclineRow(code, counts, language)),
    maps: deps.declineMaps.map(({ gateway, codes }) => ({
      gateway,
      codes: Object.entries(codes).map(([rawCode, mapped]) => ({ rawCode, ...mapped })),
    })),
  };
}

function toPausedRow(pause: AccountPause): PausedRow {
  const { gateway, account, queue, code, rawCode, rawMessage, orderNumber } = pause;
  return {
    account: `${gateway}/${account}`,
    queue,
    code,
    rawCode,
    rawMessage,
    orderNumber,
    since: pause.since.toISOString(),
    pausedUntil: pause.pausedUntil?.toISOString() ?? null,
  };
}

function toUnrecognizedRow(one: DeclineCount): UnrecognizedRow[] {
  const { gateway, rawCode, count, orderNumber } = one;
  if (rawCode === null) return [];
  const firstSeenAt = one.firstSeenAt.toISOString();
  return [
    { gateway, rawCode, count, firstSeenAt, lastSeenAt: one.lastSeenAt.toISOString(), orderNumber },
  ];
}

function toDeclineRow(
  code: DeclineCode,
  counts: readonly DeclineCount[],
  language: Language,
): DeclineRow {
  const facts = factsOf(code);
  const counted = counts.filter((one) => one.code === code);
  return {
    code,
    kind: facts.kind,
    stopsAccount: facts.stopsAccount === true,
    customer: facts.customer[language],
    operator: facts.operator[language],
    since: facts.since,
    grounds: facts.grounds,
    count: counted.reduce((sum, one) => sum + one.count, 0),
  };
}
