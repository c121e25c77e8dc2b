import type { Approval, Book } from "./messages.ts";

/**
 * Why a round does not count; empty when it does: each due period was approved exactly once, and
 * the database says so, with the approval's own number and a next date.
 */
export function auditRound(
  charges: number,
  approvals: readonly Approval[],
  books: readonly Book[],
): string[] {
  const byCustomer = new Map<string, Approval[]>();
  for (const approval of approvals) {
    const known = byCustomer.get(approval.customerId);
    if (known === undefined) byCustomer.set(approval.customerId, [approval]);
    else known.push(approval);
  }
  const faults = {
    "never approved": 0,
    "approved more than once": 0,
    "not paid in the database": 0,
    "paid with another approval's number": 0,
    "without a next date": 0,
  };
  for (const book of books) {
    const [first, ...more] = byCustomer.get(book.customerId) ?? [];
    byCustomer.delete(book.customerId);
    if (first === undefined) faults["never approved"] += 1;
    if (more.length > 0) faults["approved more than once"] += 1;
    if (!book.paid) faults["not paid in the database"] += 1;
    else if (book.transactionId !== first?.transactionId) {
      faults["paid with another approval's number"] += 1;
    }
    if (!book.advanced) faults["without a next date"] += 1;
  }
  const found = Object.entries(faults).filter(([, count]) => count > 0);
  return [
    ...(books.length === charges ? [] : [`${books.length} periods instead of ${charges}`]),
    ...(byCustomer.size === 0 ? [] : [`${byCustomer.size} approvals of nobody's period`]),
    ...found.map(([fault, count]) => `${count} ${fault}`),
  ];
}
