/** Why the window refuses an order that can be read. */
import { GATEWAY, OWN_MESSAGES, type Refusal, refuse } from "./envelope.ts";
import { type CheckedBody, toObject } from "./fields.ts";
import type { Portone } from "./operation.ts";
import { findInstalmentFault } from "./window-instalments.ts";
import type { WindowOrder } from "./window-order.ts";

type Asked = Pick<WindowOrder, "merchant" | "payMethod" | "body">;

/** The first reason not to open the window, or not to let it be paid in any more. */
export function findWindowFault(gateway: Portone, asked: Asked): Refusal | null {
  const fault =
    findChannelFault(asked.body) ??
    findContractFault(gateway, asked) ??
    findBypassFault(asked) ??
    findInstalmentFault(asked);
  return fault === null ? findOrderFault(gateway, asked) : refuse(fault);
}

function findChannelFault(body: CheckedBody): string | null {
  const [channelKey, pg] = [body.text("channelKey"), body.text("pg")];
  if (channelKey !== undefined) return null;
  if (pg === undefined) return OWN_MESSAGES.missing("channelKey");
  return /^daou(\.\w+)?$/.test(pg) ? null : OWN_MESSAGES.bad("pg", "daou");
}

function findContractFault({ state }: Portone, { payMethod, body }: Asked): string | null {
  const { digital } = state.switches.current().portone;
  const isDigital = body.any("digital") === true;
  if (digital !== "any" && isDigital !== (digital === "yes")) {
    return OWN_MESSAGES.bad("digital", `${digital === "yes"}, as the contract says`);
  }
  const isTransfer = payMethod.kind === "transfer" || payMethod.kind === "account";
  if (body.any("escrow") === true && !isTransfer) {
    return OWN_MESSAGES.bad("escrow", "only trans and vbank");
  }
  return null;
}

function findBypassFault({ payMethod, body }: Asked): string | null {
  const bypass = toObject(body.any("bypass"));
  const daou = toObject(bypass?.daou);
  if (bypass === undefined || daou === undefined) return OWN_MESSAGES.bad("bypass", "an object");
  const known = new Set(["PRODUCTCODE", "CASHRECEIPTFLAG", "DIRECT_YN", "CARDQUOTA"]);
  const stranger =
    Object.keys(bypass).find((name) => name !== "daou") ??
    Object.keys(daou).find((name) => !known.has(name));
  if (stranger !== undefined) return OWN_MESSAGES.unknownField(`bypass: ${stranger.slice(0, 60)}`);
  const { PRODUCTCODE = "", CASHRECEIPTFLAG, DIRECT_YN = "N" } = daou;
  if (typeof PRODUCTCODE !== "string") return OWN_MESSAGES.bad("PRODUCTCODE", "a text");
  const flags: readonly unknown[] = payMethod.name === "kakaopay" ? ["Y", "N"] : [0, 1];
  if (CASHRECEIPTFLAG !== undefined && !flags.includes(CASHRECEIPTFLAG)) {
    return OWN_MESSAGES.bad("CASHRECEIPTFLAG", flags.join(" or "));
  }
  return DIRECT_YN === "Y" || DIRECT_YN === "N" ? null : OWN_MESSAGES.bad("DIRECT_YN", "Y or N");
}

/** What the gateway knows of the order already. */
function findOrderFault({ state, prepared }: Portone, { merchant, body }: Asked): Refusal | null {
  const merchantUid = body.text("merchant_uid") ?? "";
  const isPaid = state.ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, merchantUid);
  const { duplicateMerchantUid } = state.switches.current().portone;
  if (isPaid && duplicateMerchantUid === "reject") return refuse(OWN_MESSAGES.alreadyPaid);
  const announced = prepared.get(merchant, merchantUid);
  const isForged = announced !== undefined && announced !== body.whole("amount");
  return isForged ? refuse(OWN_MESSAGES.forgedAmount) : null;
}
