/** Checks every invariant of the database, and the books against the gateways'. It never writes. */
import { dayOf } from "../../domain/calendar.ts";
import type { Instants } from "../../domain/events.ts";
import type { GatewayRegistry } from "../../gateways/registry.ts";
import type { SecretBox } from "../../lib/secret-box.ts";
import type { IndexSpec } from "../../stores/indexes.ts";
import { type Clocks, readInstants } from "../instants.ts";
import type { VerifyBounds } from "./bounds.ts";
import type { Finding } from "./finding.ts";
import { compareGateways } from "./gateway/compare-gateways.ts";
import { type DayRange, DAYS_DEFAULT, GATEWAY_ZONE, readDayRange } from "./gateway/day-range.ts";
import { billingKeyPass, invoicePass, lanePass, subscriptionPass } from "./passes.ts";
import type { VerifyReader } from "../../stores/verify-reader.ts";
import { type VerifyReport, createCollector } from "./report.ts";
import { runPass } from "./run-checks.ts";

export interface VerifyDeps extends Clocks {
  reader: VerifyReader;
  gateways: GatewayRegistry;
  secrets: SecretBox;
  orderPrefix: string;
  bounds: VerifyBounds;
  missingIndexes(): Promise<IndexSpec[]>;
}

export interface VerifyOptions {
  /** Days that are compared with the gateways' lists; the last week if absent, none if null. */
  range?: DayRange | null;
  sharedAccount?: boolean;
}

/** Verifies everything. Ages are taken from the moment at which it begins. */
export async function verify(deps: VerifyDeps, options: VerifyOptions = {}): Promise<VerifyReport> {
  const at = await readInstants(deps);
  const moment = { at, bounds: deps.bounds };
  const result = { findings: createCollector(), waiting: createCollector() };
  result.findings.add((await deps.missingIndexes()).map(toIndexFinding));
  const checked = {
    subscriptions: await runPass(subscriptionPass(deps), moment, result),
    invoices: await runPass(invoicePass(deps), moment, result),
    billingKeys: await runPass(billingKeyPass(deps), moment, result),
  };
  await runPass(lanePass(deps), moment, result);
  const range = options.range === undefined ? lastWeek(at) : options.range;
  const gateways =
    range === null
      ? null
      : await compareGateways(
          deps,
          {
            range,
            at,
            sharedAccount: options.sharedAccount ?? false,
            listingMs: deps.bounds.listingMs,
          },
          result.findings,
        );
  const { findings, waiting } = result;
  return {
    ok:
      findings.listed.length + findings.leftOff() === 0 &&
      (gateways?.notCompared.length ?? 0) === 0,
    at,
    bounds: deps.bounds,
    checked,
    findings: findings.listed,
    leftOff: findings.leftOff(),
    waiting: waiting.listed,
    waitingLeftOff: waiting.leftOff(),
    gateways,
  };
}

function lastWeek(at: Instants): DayRange | null {
  const read = readDayRange({ days: String(DAYS_DEFAULT) }, dayOf(at.business, GATEWAY_ZONE));
  return "range" in read ? read.range : null;
}

function toIndexFinding(index: IndexSpec): Finding {
  return {
    check: "index-missing",
    title: { en: "An index is missing", ko: "인덱스가 없음" },
    documentId: `${index.collection}.${index.name}`,
    subscriptionId: null,
    since: null,
    detail: index.guardsMoney ? "it keeps money from moving twice" : "it finds work",
    advice: { en: "Run: npx billing migrate", ko: "실행: npx billing migrate" },
  };
}
