/**
 * Order numbers: our unique reference at a gateway, one per attempt.
 *
 * They derive from committed state only (the invoice's number and the attempt's), so that a lost or
 * flushed queue can never hand out the same one twice, and fit every gateway: at most 20 characters
 * of `[A-Z0-9-]`.
 */
const ORDER_NUMBER = /^[A-Z0-9-]{1,20}$/;

/** Prefix of at most 4, number of 12, attempt of at most 2 characters. */
export function orderNumberOf(prefix: string, invoiceNumber: string, attempt: number): string {
  const orderNumber = `${prefix}-${invoiceNumber}-${attempt.toString(36).toUpperCase()}`;
  if (!ORDER_NUMBER.test(orderNumber)) {
    throw new Error(`order number ${orderNumber} must be 1 to 20 characters of A-Z, 0-9 and -`);
  }
  return orderNumber;
}
