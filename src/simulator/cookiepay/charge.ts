import type { TestCard } from "../cards.ts";
import type { ChargeFault } from "../charge-decision.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import { GATEWAY } from "./codes.ts";
import type { CheckedBody } from "./fields.ts";

/** The ledger's entry of an approval, with what look-ups print later. */
export function approvalDraft(
  body: CheckedBody,
  card: Pick<TestCard, "cardCode" | "cardName">,
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
    },
  };
}
