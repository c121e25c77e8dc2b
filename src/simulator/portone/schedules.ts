/** What the gateway would charge by itself, as it was told. Kept in memory, and never executed. */

/** One charge that was announced. Instants are UNIX seconds. */
export interface Schedule {
  readonly merchant: string;
  readonly customerUid: string;
  readonly merchantUid: string;
  readonly scheduleAt: number;
  readonly amount: number;
  readonly name: string | undefined;
  readonly buyer: Readonly<Record<string, string | undefined>>;
  /** When it was taken back, or 0. */
  revokedAt: number;
}

export interface Schedules {
  add(schedules: readonly Schedule[]): void;
  of(merchant: string): readonly Schedule[];
  find(merchant: string, merchantUid: string): Schedule | undefined;
}

/** None yet. */
export function createSchedules(): Schedules {
  const all: Schedule[] = [];
  return {
    add: (schedules) => {
      all.push(...schedules);
    },
    of: (merchant) => all.filter((one) => one.merchant === merchant),
    find: (merchant, merchantUid) =>
      all.find((one) => one.merchant === merchant && one.merchantUid === merchantUid),
  };
}

/** A schedule as the gateway prints it. */
export function printSchedule(schedule: Schedule): Readonly<Record<string, unknown>> {
  const { buyer } = schedule;
  return {
    customer_uid: schedule.customerUid,
    merchant_uid: schedule.merchantUid,
    imp_uid: null,
    schedule_at: schedule.scheduleAt,
    executed_at: 0,
    revoked_at: schedule.revokedAt,
    amount: schedule.amount,
    currency: "KRW",
    name: schedule.name ?? null,
    buyer_name: buyer.buyer_name ?? null,
    buyer_email: buyer.buyer_email ?? null,
    buyer_tel: buyer.buyer_tel ?? null,
    buyer_addr: buyer.buyer_addr ?? null,
    buyer_postcode: buyer.buyer_postcode ?? null,
    custom_data: null,
    schedule_status: schedule.revokedAt === 0 ? "scheduled" : "revoked",
    payment_status: null,
    fail_reason: null,
  };
}
