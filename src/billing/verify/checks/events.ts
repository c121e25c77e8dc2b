/** Checks of the numbers of events, and of what waits for endpoints. */
import { type Check, type LaneScope, type SubscriptionScope, isOlder, when } from "../finding.ts";

/** Receivers see what they have missed by these numbers. */
export const EVENT_NUMBERS: Check<SubscriptionScope> = {
  name: "event-numbers",
  title: { en: "The numbers of events have a gap", ko: "이벤트 번호가 이어지지 않음" },
  advice: {
    en: "Receivers may have missed an event: restore the events from a backup.",
    ko: "수신 서버가 이벤트를 놓쳤을 수 있습니다. 백업에서 이벤트를 복구하십시오.",
  },
  find({ sequences }) {
    const wrong = sequences.findIndex((sequence, index) => sequence !== index + 1);
    return when(wrong !== -1, `number ${sequences[wrong]} in the place of ${wrong + 1}`);
  },
};

const stuck: Check<LaneScope> = {
  name: "delivery-stuck",
  title: {
    en: "Events for an endpoint are not delivered",
    ko: "이벤트가 엔드포인트로 전달되지 않음",
  },
  advice: {
    en: "See that a worker process runs the event worker, and read its log.",
    ko: "event 워커의 실행 여부와 로그를 확인하십시오.",
  },
  find({ lane, endpoint }, moment) {
    if (endpoint?.state !== "enabled") return [];
    const isStuck = isOlder(lane.nextTryAt, moment.bounds.sweepMs, moment);
    return when(isStuck, `due at ${lane.endpointId}`, lane.nextTryAt);
  },
};

const overdue: Check<LaneScope> = {
  name: "delivery-overdue",
  title: { en: "An event is tried for too long", ko: "이벤트 재시도 기한 초과" },
  advice: {
    en: "It should have been set aside: read the log of the event worker.",
    ko: "이미 보류되었어야 합니다. event 워커의 로그를 확인하십시오.",
  },
  find({ head, endpoint }, moment) {
    if (endpoint?.state !== "enabled" || !head?.firstTriedAt) return [];
    const { firstTriedAt } = head;
    const since = firstTriedAt > endpoint.enabledAt ? firstTriedAt : endpoint.enabledAt;
    return when(isOlder(since, moment.bounds.deliveryMs, moment), head.eventId, since);
  },
};

export const DELIVERY_CHECKS: readonly Check<LaneScope>[] = [stuck, overdue];
