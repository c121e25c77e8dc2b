/** Old periods without an approval: the clock must not run away from those that are worked on. */
import type { Composition } from "../../compose.ts";
import { BILLABLE_STATES } from "../../domain/subscription.ts";
import { isDatabaseUnavailable } from "../../stores/connection.ts";
import type { StormCalendar, StormSubscription } from "./calendar.ts";
import type { Tally } from "./tally.ts";

export interface Stragglers {
  /** Subscriptions that ended with a final decline: nothing of theirs is due any more. */
  readonly ended: ReadonlySet<StormSubscription>;
  /** Whether somebody works, at this business time, on a period that was due before that instant. */
  exist(dueBefore: Date, now: Date): Promise<boolean>;
}

export interface StragglersDeps {
  composition: Pick<Composition, "invoices" | "subscriptions">;
  calendar: StormCalendar;
  tally: Tally;
}

interface UnpaidPeriod {
  subscription: StormSubscription;
  month: number;
}

export function createStragglers(deps: StragglersDeps): Stragglers {
  const { calendar, tally } = deps;
  const ended = new Set<StormSubscription>();
  const isUnpaid = ({ subscription, month }: UnpaidPeriod) =>
    !ended.has(subscription) &&
    subscription.firstMonth <= month &&
    tally.approvals(subscription, month) === 0;
  // In the order of due instants; what lies before this place is settled for good.
  let settled = 0;
  const periodAt = (place: number): UnpaidPeriod | null => {
    const subscription = calendar.subscriptions[place % calendar.subscriptions.length];
    const month = Math.floor(place / calendar.subscriptions.length);
    return subscription === undefined || month >= calendar.months ? null : { subscription, month };
  };
  function listUnpaid(dueBefore: Date): UnpaidPeriod[] {
    const unpaid: UnpaidPeriod[] = [];
    for (let place = settled; ; place += 1) {
      const period = periodAt(place);
      if (period === null || calendar.dueAt(period.subscription, period.month) > dueBefore) break;
      if (isUnpaid(period)) unpaid.push(period);
      else if (unpaid.length === 0) settled = place + 1;
    }
    return unpaid;
  }

  return {
    ended,
    async exist(dueBefore, now) {
      try {
        for (const period of listUnpaid(dueBefore)) {
          const state = await stateOf(deps, period, now);
          if (state === "under way") return true;
          if (state === "ended") ended.add(period.subscription);
        }
        return false;
      } catch (error) {
        // While the database is away nobody can say.
        if (isDatabaseUnavailable(error)) return true;
        throw error;
      }
    },
  };
}

/** It may also wait for a later try, or for a person: whether that is right is for the audit to say. */
async function stateOf(
  { composition, calendar }: StragglersDeps,
  { subscription, month }: UnpaidPeriod,
  now: Date,
): Promise<"under way" | "ended" | "waiting"> {
  const { customerId } = subscription;
  const [found] = await composition.subscriptions.list({ customerId }, 1);
  if (found === undefined) return "ended";
  const open = await composition.invoices.listOpenOfSubscription(found.id);
  const startsOn = calendar.startsOn(subscription, month);
  const invoice = open.find(({ periodStartOn }) => periodStartOn === startsOn);
  if (invoice !== undefined && invoice.held === null) {
    const isLater = invoice.step === "charge" && invoice.dueAt > now;
    return isLater ? "waiting" : "under way";
  }
  if (!BILLABLE_STATES.includes(found.state)) return "ended";
  const isToBeOpened = found.nextPeriodAt !== null && found.nextPeriodAt <= now;
  return invoice === undefined && isToBeOpened ? "under way" : "waiting";
}
