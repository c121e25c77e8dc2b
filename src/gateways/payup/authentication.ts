import { type Decline, createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { ReturnReading, ReturnedOrder } from "../window.ts";

const AUTHENTICATED = "0000";
/** Sealed fields are a few hundred characters; what is far longer came from no payment window. */
const FIELD_LENGTH_MAX = 16_384;
const SEALED = ["enc_info", "enc_data", "card_pay_method"] as const;

/** What a payment window handed back, fit to be sent; or why no money can move with it. */
export type ReadAuthentication =
  | { kind: "complete"; body: Readonly<Record<string, string>>; secrets: readonly string[] }
  | { kind: "declined"; decline: Decline };

/**
 * Reads what the customer's browser brought back. The gateway wants to be asked only where the
 * window said 0000; a refusal here is definite, since nothing has been sent.
 */
export function readAuthentication(given: Readonly<Record<string, string>>): ReadAuthentication {
  const field = (name: string): string => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return typeof value === "string" && value.length <= FIELD_LENGTH_MAX ? value.trim() : "";
  };
  const orderId = readOrderId(field);
  const secrets = [field("enc_info"), field("enc_data")];
  const res_cd = field("res_cd");
  if (res_cd !== AUTHENTICATED) {
    const code = scrub(res_cd, { secrets, lengthMax: 20 });
    return refused({ code, message: scrub(field("res_msg"), { secrets }) });
  }
  const mandatory: Record<string, string> = { ordr_idxx: orderId };
  for (const name of SEALED) mandatory[name] = field(name);
  const missing = Object.keys(mandatory).find((name) => mandatory[name] === "");
  if (missing !== undefined) return refused({ code: res_cd, message: `${missing} is missing` });
  const tran_cd = field("tran_cd");
  return { kind: "complete", body: { res_cd, ...mandatory, ...(tran_cd && { tran_cd }) }, secrets };
}

/** The specification's own forms spell it with one x, and bring back nothing that they have not. */
function readOrderId(field: (name: string) => string): string {
  return field("ordr_idxx") || field("ordr_idx");
}

/**
 * Reads what came back against the order: the gateway's number of it and its amount must be the
 * order's, since the charge names neither. A later echo could only tell after the money has moved.
 */
export function readPayupReturn(
  given: Readonly<Record<string, string>>,
  { amount, gatewayOrderId }: ReturnedOrder,
): ReturnReading {
  const field = (name: string) => (Object.hasOwn(given, name) ? (given[name] ?? "").trim() : "");
  const orderId = readOrderId(field);
  if (gatewayOrderId === null || orderId !== gatewayOrderId) {
    return { kind: "mismatch", field: "ordr_idxx" };
  }
  const said = field("good_mny");
  if (said !== "" && said !== String(amount)) return { kind: "mismatch", field: "good_mny" };
  const read = readAuthentication(given);
  if (read.kind === "complete") return { kind: "authenticated" };
  const { rawCode, rawMessage } = read.decline;
  return { kind: "given_up", reason: `${rawCode} ${rawMessage}`.trim() };
}

function refused(raw: { code: string; message: string }): ReadAuthentication {
  return { kind: "declined", decline: createDecline("authentication_failed", raw) };
}
