/** A notice as it came in, packed to be sealed. */

/** What came in. */
export interface SentNotice {
  gateway: string;
  method: string;
  /** Without the question mark, as it was sent. */
  query: string;
  /** Bounded, and without what is nobody's business (http/routes/notices.ts). */
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  address: string;
}

/** The part of it that is sealed. */
export type RawNotice = Pick<SentNotice, "query" | "headers" | "body">;

/** The bytes are packed as they came: a charset is only ever guessed when they are read. */
export function packRaw({ query, headers, body }: RawNotice): string {
  return JSON.stringify({ query, headers, body: body.toString("base64") });
}

export function unpackRaw(text: string): RawNotice {
  const packed = JSON.parse(text) as Omit<RawNotice, "body"> & { body: string };
  return { ...packed, body: Buffer.from(packed.body, "base64") };
}
