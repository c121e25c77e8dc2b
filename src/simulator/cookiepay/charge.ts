import type { TestCard } from "../cards.ts";
import type { ChargeFault } from "../charge-decision.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import { GATEWAY } from "./codes.ts";
import type { CheckedBody } from "./fields.ts";

/** The ledger's entry of an approval, with what look-ups and notices print later. */
export function approvalDraft(
  body: CheckedBody,
  card: TestCard,
  ids: Pick<EntryDraft, "at" | "merchant" | "billingKey" | "transactionId" | "cardLast4"> & {
    acceptNumber: string;
    fault: ChargeFault | null;
  },
): EntryDraft {
  const { acceptNumber, fault, ...known } = ids;
  return {
    ...known,
    gateway: GATEWAY,
    kind: "approval",
    orderNumber: body.ORDERNO,
    buyerId: body.BUYERID || undefined,
    amount: Number(body.AMOUNT),
    fault: fault?.kind,
    detail: {
      acceptNumber,
      cardCode: card.cardCode,
      cardName: card.cardName,
      productName: body.PRODUCTNAME ?? "",
      productCode: body.PRODUCTCODE ?? "",
      buyerName: body.BUYERNAME ?? "",
      buyerEmail: body.BUYEREMAIL ?? "",
      maskedNumber: `${card.number.slice(0, 6)}******${card.number.slice(-4)}`,
      quota: body.QUOTA ?? "",
      ...furtherTexts(body),
    },
  };
}

/** ETC1 to ETC5, as far as they were sent. */
function furtherTexts(body: CheckedBody): Record<string, string> {
  const sent = ["ETC1", "ETC2", "ETC3", "ETC4", "ETC5"].flatMap((name) =>
    body[name] ? [[name.toLowerCase(), body[name]] as const] : [],
  );
  return Object.fromEntries(sent);
}
