import { Type } from "typebox";

/** Parts of the documentation that many routes share. */

const problem = {
  "application/problem+json": { schema: Type.Ref("Problem") },
};

/** What every route may answer besides its success. */
export const problemAnswers = {
  "4xx": { description: "The request was not accepted.", content: problem },
  "5xx": { description: "Something that the request needs is not there now.", content: problem },
};

/** Routes that ask for an API key. */
export const keyed = [{ apiKey: [] }];

/** Documented only: the header is checked where it is read. */
export const WriteHeaders = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({
      description:
        "1 to 255 visible ASCII characters. The same key and body run once and answer the present state.",
      examples: ["6f2f4a52-4d0a-4c1a-9d6e-0b1c6f0f3a11"],
    }),
  ),
});

/** Of routes whose answer can be held until the outcome is known. */
export const WaitHeaders = Type.Object({
  ...WriteHeaders.properties,
  prefer: Type.Optional(
    Type.String({
      description:
        "wait=N holds the answer until it is settled or N seconds (1 to 30) have passed.",
      examples: ["wait=10"],
    }),
  ),
});
