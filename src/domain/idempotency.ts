/** The key of the request that made a document or a part of it, so that a replay finds it. */
export interface IdempotencyMark {
  key: string;
  /** Keyed hash of the body; the body itself is not kept. */
  bodyHash: string;
}

/** The mark of a request that changed a document, with the invoice that its answer shows. */
export interface ChangeMark extends IdempotencyMark {
  invoiceId: string | null;
}

/** Marks that one document keeps; older ones have long been answered. */
const MARKS_MAX = 100;

/** The marks with one more; the oldest goes. */
export function withMark(marks: readonly ChangeMark[], mark: ChangeMark | null): ChangeMark[] {
  return mark === null ? [...marks] : [...marks, mark].slice(-MARKS_MAX);
}
