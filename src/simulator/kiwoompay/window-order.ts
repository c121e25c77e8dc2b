import type { CheckedBody } from "./fields.ts";

/** What an open window is about. */
export interface WindowOrder {
  readonly merchant: string;
  /** As it was hashed: TOTAL leaves the choice to the customer. */
  readonly payMethod: string;
  readonly fields: CheckedBody;
}
