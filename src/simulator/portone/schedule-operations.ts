/** Schedules: taken, listed and taken back, never executed. */
import type { Processed } from "../wire.ts";
import { findCustomer, saveCard } from "./customers.ts";
import {
  MESSAGES,
  OWN_MESSAGES,
  type Refusal,
  isRefusal,
  refuse,
  refuseWith,
  refusing,
  succeeding,
} from "./envelope.ts";
import {
  ANY,
  CARD_FIELDS,
  CHARGE_FIELDS,
  checkFields,
  mandatory,
  text,
  textOf,
  whole,
} from "./fields.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";
import { paymentsUnder } from "./payments.ts";
import { numberOf, oneOf, toPage } from "./queries.ts";
import { type Schedule, printSchedule } from "./schedules.ts";

const SCHEDULES_MAX = 100;
/** Three months at once; the longest three have 92 days. */
const SEARCHED_SECONDS_MAX = 92 * 86_400;
const STATUSES = ["scheduled", "executed", "revoked"];
const BUYER_TEXTS = ["buyer_name", "buyer_email", "buyer_tel", "buyer_addr", "buyer_postcode"];

const SCHEDULE_FIELDS = { ...CHARGE_FIELDS, schedule_at: mandatory(whole(1)) };

/** POST /subscribe/payments/schedule. */
export function createScheduleOperation(gateway: Portone): Operation {
  return {
    name: "schedule",
    method: "POST",
    paths: ["/subscribe/payments/schedule"],
    needsToken: true,
    fields: {
      ...CARD_FIELDS,
      customer_uid: mandatory(text(80)),
      checking_amount: whole(0),
      channel_key: text(80),
      schedules: mandatory(ANY),
    },
    facts: ({ body }) => ({ billingKey: textOf(body, "customer_uid") }),
    run(call) {
      const schedules = readSchedules(gateway, call);
      if (isRefusal(schedules)) return refusing(schedules);
      const refusal = ensureCustomer(gateway, call);
      if (refusal) return refusing(refusal);
      gateway.schedules.add(schedules);
      return succeeding(schedules.map(printSchedule));
    },
  };
}

/** POST /subscribe/payments/unschedule: those of a customer, or those with these order numbers. */
export function createUnscheduleOperation(gateway: Portone): Operation {
  return {
    name: "unschedule",
    method: "POST",
    paths: ["/subscribe/payments/unschedule"],
    needsToken: true,
    fields: { customer_uid: text(80), merchant_uid: ANY },
    facts: ({ body }) => ({ billingKey: textOf(body, "customer_uid") }),
    run({ merchant, body }) {
      const customerUid = body.text("customer_uid");
      const given = [body.any("merchant_uid") ?? []].flat();
      if (customerUid === undefined && given.length === 0) {
        return refusing(refuse(OWN_MESSAGES.missing("customer_uid")));
      }
      const revoked = gateway.schedules
        .of(merchant)
        .filter((one) => one.revokedAt === 0)
        .filter((one) => customerUid === undefined || one.customerUid === customerUid)
        .filter((one) => given.length === 0 || given.includes(one.merchantUid));
      if (revoked.length === 0) return refusing(refuse(MESSAGES.nothingToUnschedule));
      const now = Math.floor(gateway.state.clock.business().getTime() / 1000);
      for (const schedule of revoked) schedule.revokedAt = now;
      return succeeding(revoked.map(printSchedule));
    },
  };
}

/** GET /subscribe/payments/schedule/{merchant_uid}. */
export function createScheduleReadOperation(gateway: Portone): Operation {
  return {
    name: "schedule_read",
    method: "GET",
    paths: ["/subscribe/payments/schedule/:merchant_uid"],
    needsToken: true,
    facts: ({ params }) => ({ orderNumber: params.merchant_uid }),
    run({ merchant, params }) {
      const schedule = gateway.schedules.find(merchant, params.merchant_uid ?? "");
      return schedule
        ? succeeding(printSchedule(schedule))
        : refusing(refuseWith(404, OWN_MESSAGES.unknownSchedule));
    },
  };
}

/** GET /subscribe/payments/schedule: a merchant's, by the time that they wait for. */
export function createScheduleListOperation(gateway: Portone): Operation {
  return {
    name: "schedule_list",
    method: "GET",
    paths: ["/subscribe/payments/schedule"],
    needsToken: true,
    facts: () => ({}),
    run(call) {
      const names = { from: "schedule_from", to: "schedule_to", status: "schedule_status" };
      const found = search(gateway, call, names);
      return isRefusal(found) ? refusing(found) : answerPage(found, call);
    },
  };
}

/** GET the schedules of one customer, at either of the two documented places. */
export function createCustomerSchedulesOperation(gateway: Portone): Operation {
  return {
    name: "customer_schedules",
    method: "GET",
    paths: [
      "/subscribe/customers/:customer_uid/schedules",
      "/subscribe/payments/schedule/customers/:customer_uid",
    ],
    needsToken: true,
    facts: ({ params }) => ({ billingKey: params.customer_uid }),
    run(call) {
      const names = { from: "from", to: "to", status: "schedule-status" };
      const found = search(gateway, call, names);
      if (isRefusal(found)) return refusing(found);
      const own = found.filter(({ customerUid }) => customerUid === call.params.customer_uid);
      const isPaged = gateway.state.switches.current().portone.customerSchedules === "pages";
      return isPaged ? answerPage(own, call) : succeeding(own.map(printSchedule));
    },
  };
}

/** Every schedule, or the first reason to take none. */
function readSchedules(
  gateway: Portone,
  { merchant, body, isForm }: AdmittedCall,
): readonly Schedule[] | Refusal {
  const given = body.any("schedules");
  if (!Array.isArray(given) || given.length === 0 || given.length > SCHEDULES_MAX) {
    return refuse(OWN_MESSAGES.bad("schedules", `1 to ${SCHEDULES_MAX} schedules`));
  }
  const schedules: Schedule[] = [];
  for (const one of given as readonly unknown[]) {
    const fields = checkFields(one, SCHEDULE_FIELDS, isForm);
    if (isRefusal(fields)) return fields;
    const schedule = toSchedule(fields, merchant, body.text("customer_uid") ?? "");
    if (isUsed(gateway, schedule, schedules)) return refuse(OWN_MESSAGES.usedMerchantUid);
    schedules.push(schedule);
  }
  return schedules;
}

function toSchedule(
  fields: Exclude<ReturnType<typeof checkFields>, Refusal>,
  merchant: string,
  customerUid: string,
): Schedule {
  return {
    merchant,
    customerUid,
    merchantUid: fields.text("merchant_uid") ?? "",
    scheduleAt: fields.whole("schedule_at") ?? 0,
    amount: fields.whole("amount") ?? 0,
    name: fields.text("name"),
    buyer: Object.fromEntries(BUYER_TEXTS.map((name) => [name, fields.text(name)])),
    revokedAt: 0,
  };
}

function isUsed(
  gateway: Portone,
  { merchant, merchantUid }: Schedule,
  before: readonly Schedule[],
): boolean {
  return (
    gateway.schedules.find(merchant, merchantUid) !== undefined ||
    before.some((one) => one.merchantUid === merchantUid) ||
    paymentsUnder(gateway, merchant, merchantUid).length > 0
  );
}

/** A customer that is not there yet is made of the card that came along. */
function ensureCustomer(gateway: Portone, call: AdmittedCall): Refusal | null {
  const customerUid = call.body.text("customer_uid") ?? "";
  if (findCustomer(gateway, call.merchant, customerUid)) return null;
  if (call.body.text("card_number") !== undefined && call.body.text("expiry") !== undefined) {
    return saveCard(gateway, call, customerUid);
  }
  const code = Number(gateway.state.switches.current().portone.unknownCustomerCode);
  return refuse(MESSAGES.unknownCustomer, code);
}

function search(
  gateway: Portone,
  { merchant, query }: AdmittedCall,
  names: { from: string; to: string; status: string },
): readonly Schedule[] | Refusal {
  const [from, to] = [numberOf(query, names.from), numberOf(query, names.to)];
  if (from === undefined || from === null || to === undefined || to === null) {
    return refuseWith(400, OWN_MESSAGES.missing(`${names.from}, ${names.to}`));
  }
  if (from > to || to - from > SEARCHED_SECONDS_MAX) {
    return refuseWith(400, "최대 3개월 단위로 조회가 가능합니다.");
  }
  const status = oneOf(query, names.status);
  if (status !== undefined && !STATUSES.includes(status)) {
    return refuseWith(400, OWN_MESSAGES.bad(names.status, STATUSES.join(", ")));
  }
  return gateway.schedules
    .of(merchant)
    .filter(({ scheduleAt }) => scheduleAt >= from && scheduleAt < to)
    .filter((one) => status === undefined || printSchedule(one).schedule_status === status)
    .toSorted((one, other) => one.scheduleAt - other.scheduleAt);
}

function answerPage(schedules: readonly Schedule[], { query }: AdmittedCall): Processed {
  const page = toPage(schedules, query);
  if (isRefusal(page)) return refusing(page);
  return succeeding({ ...page, list: page.list.map(printSchedule) });
}
