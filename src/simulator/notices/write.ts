import type { SimulatorState } from "../state.ts";
import type { Courier, Delivery } from "./deliver.ts";
import type { GatewayNotices, Told } from "./gateway-notices.ts";
import type { NewNotice, NoticeLog, NoticeRecord } from "./notice-log.ts";
import type { NoticeUrls } from "./notice-urls.ts";

/** What the log says of a notice beside the notice itself. */
export interface Writing {
  readonly isForged: boolean;
  readonly fault?: string | undefined;
}

/** Writes notices, and remembers those that go nowhere. */
export interface NoticeWriter {
  /** Where this would be told. */
  targetsOf(told: Told, gateway: GatewayNotices): readonly string[];
  /** One delivery for each address that may be called. */
  write(told: Told, gateway: GatewayNotices, writing: Writing): readonly Delivery[];
}

/** A writer for these addresses. */
export function createNoticeWriter({
  state: { clock, switches },
  courier,
  log,
  urls,
}: {
  readonly state: Pick<SimulatorState, "clock" | "switches">;
  readonly courier: Courier;
  readonly log: NoticeLog;
  readonly urls: NoticeUrls;
}): NoticeWriter {
  const targetsOf: NoticeWriter["targetsOf"] = (told, gateway) => {
    const asked = gateway.askedUrls?.(told) ?? [];
    const registered = urls.current()[told.entry.gateway];
    if (asked.length > 0) return asked;
    return registered === undefined ? [] : [registered];
  };
  const stateOf = (url: string, { fault }: Writing): NoticeRecord["state"] => {
    if (fault === "notice_lost") return "lost";
    if (!urls.isAllowed(url)) return "refused";
    return courier.hasRoom() ? "waiting" : "dropped";
  };
  return {
    targetsOf,
    write(told, gateway, writing) {
      const now = switches.current();
      const message = gateway.write(told, now);
      return targetsOf(told, gateway).flatMap((url) => {
        const { entry } = told;
        const notice: NewNotice = {
          realAt: clock.operational.now().toISOString(),
          gateway: entry.gateway,
          kind: entry.kind,
          orderNumber: entry.orderNumber ?? "",
          transactionId: entry.transactionId ?? "",
          url,
          method: message.method,
          ...(message.method === "POST" && { contentType: message.contentType }),
          sent: message.text,
          isForged: writing.isForged,
          ...(writing.fault !== undefined && { fault: writing.fault }),
        };
        const record = log.add(notice, stateOf(url, writing));
        return record.state === "waiting" ? [{ record, message, gateway, switches: now }] : [];
      });
    },
  };
}
