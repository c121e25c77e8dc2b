/** The key of the request that made a document or a part of it, so that a replay finds it. */
export interface IdempotencyMark {
  key: string;
  /** Keyed hash of the body; the body itself is not kept. */
  bodyHash: string;
}
